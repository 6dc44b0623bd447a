// The parameters of a fault, an anchor or an action: declared once, and from the declaration come
// their defaults, their validation, their line in `capsize list` and their entry in the JSON
// Schema.
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
    kDuration,     // "20ms", up to an hour; signed where it may be ("-50ms")
    kProbability,  // 0 to 1
    kNumber,       // any number between `least` and `most`
    kCount,        // a whole number between `least` and `most`
    kWord,         // one of `words`; any text where `words` is empty
    kFlag,         // true or false
    kNode,         // "n3"; whether there is such a node, conflicts.h says
  };
  std::string_view name;
  Type type = Type::kWord;
  base::Json otherwise = {};  // the default; null: there is none, and absence means something
  std::string_view summary = {};
  std::vector<std::string_view> words = {};
  double least = 0;
  double most = 1e9;
};
using Declared = std::vector<Parameter>;

/// "probability", as many faults on links have it.
[[nodiscard]] inline Parameter probability(double otherwise, std::string_view summary) {
  return {.name = "probability",
          .type = Parameter::Type::kProbability,
          .otherwise = otherwise,
          .summary = summary};
}

/// Whether every given parameter is declared and of its type. The error names key, found, expected.
[[nodiscard]] base::Status check(const Declared& declared, const base::Json& given);
/// The given ones with the defaults filled in. Precondition: check() holds.
[[nodiscard]] base::Json with_defaults(const Declared& declared, const base::Json& given);
/// "share of each message: a number from 0 to 1 [0.2]", for lists.
[[nodiscard]] std::string describe(const Parameter& parameter);

/// A checked duration parameter, "-50ms" included.
[[nodiscard]] base::Duration duration_of(const base::Json& parameters, const char* name);

}  // namespace capsize::nemesis
