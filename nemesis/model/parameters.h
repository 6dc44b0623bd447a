// The parameters of a fault, an anchor or an action. Each is declared once; its default, its
// validation, its line in `capsize list` and its entry in the JSON Schema follow from the
// declaration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include "base/json.h"

#include "base/result.h"
#include "base/time.h"

namespace capsize::nemesis {

struct Parameter {
  enum class Type : std::uint8_t {
    kDuration,     // "20ms", up to an hour; "-50ms" parses too
    kProbability,  // 0 to 1
    kNumber,       // any number from `min` to `max`
    kCount,        // a whole number from `min` to `max`
    kChoice,       // one of `choices`; any text where `choices` is empty
    kFlag,         // true or false
    kNode,         // "n3"; plan/conflicts.h checks that the cluster has such a node
  };
  std::string_view name;
  Type type = Type::kChoice;
  base::Json default_value = {};  // null: there is no default, and absence has a meaning of its own
  std::string_view summary = {};
  std::vector<std::string_view> choices = {};
  double min = 0;
  double max = 1e9;
};
using Declared = std::vector<Parameter>;

/// Declares "probability", which many faults on links have.
[[nodiscard]] inline Parameter probability(double default_value, std::string_view summary) {
  return {.name = "probability",
          .type = Parameter::Type::kProbability,
          .default_value = default_value,
          .summary = summary};
}

/// Whether every given parameter is declared and has its type. Error: the key, what was found and
/// what was expected.
[[nodiscard]] base::Status check(const Declared& declared, const base::Json& given);
/// Returns `given` with the defaults filled in. Precondition: check() succeeds.
[[nodiscard]] base::Json with_defaults(const Declared& declared, const base::Json& given);
/// "share of the messages: a number from 0 to 1 [0.2]", for `capsize list`.
[[nodiscard]] std::string describe(const Parameter& parameter);

/// Returns a duration parameter; negative for "-50ms". Precondition: check() succeeds.
[[nodiscard]] base::Duration duration_of(const base::Json& parameters, const char* name);

}  // namespace capsize::nemesis
