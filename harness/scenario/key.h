// One key of a scenario: declared once (scenario.h), and from the declaration come its flag and
// its place in --help, the reader of scenario files with its errors, the bounds, the JSON Schema,
// its line in scenario.json and its flag in the line that reproduces a run.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace capsize::harness {

struct Expectations;

/// A heading of --help.
enum class KeyGroup : std::uint8_t { kSystem, kLoad, kFaults, kChecks };

/// A key of the struct `Owner`. The type of the key is that of the member, its default what the
/// member has in Owner{}.
template <class Owner>
struct Key {
  using Counts = std::map<std::string, std::uint64_t>;
  using Member =
      std::variant<std::string Owner::*, std::vector<std::string> Owner::*, std::uint64_t Owner::*,
                   std::optional<std::uint64_t> Owner::*, double Owner::*, base::Duration Owner::*,
                   Counts Owner::*, base::Json Owner::*, std::optional<Expectations> Owner::*>;
  std::string_view name;  // in a file; on the command line with "--"
  Member member;
  std::string_view help;
  KeyGroup group = KeyGroup::kSystem;
  std::string_view unit = {};          // of a number
  std::string_view default_text = {};  // for --help, where the default is not a plain value
  // Both included: of a number; of a duration, in seconds; of a list, how many items.
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  /// The words that a text, or each item of a list, may be. Null: any.
  std::vector<std::string> (*words)() = nullptr;
  /// What else a text, or each item of a list, must be: what is expected, or empty if it is that.
  std::string (*rule)(std::string_view text) = nullptr;
  /// Of a list that one flag takes with commas: what "default" stands for, and a scenario without
  /// the key has. Null: the flag is repeated, an item each.
  std::vector<std::string> (*defaults)() = nullptr;
  /// Of a key that is an object or an array of its own: no flag can express it.
  base::Json (*schema)() = nullptr;
};

}  // namespace capsize::harness
