// A key of a scenario. Each is declared once (scenario.h); its flag and place in --help, the reader
// of scenario files with its errors, the bounds, the JSON Schema, its line in scenario.json and its
// flag in the line that reproduces a run follow from the declaration.
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

/// A key of the struct `Owner`. Its type is the member's, its default the member's value in
/// Owner{}.
template <class Owner>
struct Key {
  using Counts = std::map<std::string, std::uint64_t>;
  using Member =
      std::variant<std::string Owner::*, std::vector<std::string> Owner::*, std::uint64_t Owner::*,
                   std::optional<std::uint64_t> Owner::*, double Owner::*, base::Duration Owner::*,
                   Counts Owner::*, base::Json Owner::*, std::optional<Expectations> Owner::*>;
  std::string_view name;  // in a file; with "--" on the command line
  Member member;
  std::string_view help;
  KeyGroup group = KeyGroup::kSystem;
  std::string_view unit = {};          // of a number
  std::string_view default_text = {};  // for --help, if the default is not a plain value
  // Inclusive bounds: of a number; of a duration, in seconds; of the number of items of a list.
  double min = 0;
  double max = std::numeric_limits<double>::infinity();
  /// The allowed values of a text, or of each item of a list. Null: any.
  std::vector<std::string> (*choices)() = nullptr;
  /// Validates a text, or each item of a list: returns what is expected, or empty if it is valid.
  std::string (*rule)(std::string_view text) = nullptr;
  /// For a list whose flag takes items separated by commas: the value of "default", and of a
  /// scenario without the key. Null: the flag is repeated, with one item each.
  std::vector<std::string> (*defaults)() = nullptr;
  /// The schema of a key whose value is an object or an array; no flag can express it.
  base::Json (*schema)() = nullptr;
};

}  // namespace capsize::harness
