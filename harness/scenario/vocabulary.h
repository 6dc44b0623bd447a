// Allowed values of a scenario's keys that are more than bounds: registered names, rules for texts,
// and grammars.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace capsize::harness {

/// Seconds. Far above any run, and far below an overflow of nanoseconds.
inline constexpr double kDurationMax = 7.0 * 24 * 3600;

[[nodiscard]] std::vector<std::string> workload_names();
/// Strategies, kinds of faults, and "all".
[[nodiscard]] std::vector<std::string> nemesis_names();
[[nodiscard]] std::vector<std::string> default_nemesis();
[[nodiscard]] std::vector<std::string> read_levels();

// Rules return what is expected, or empty if the text is valid.

/// A scenario's name is a directory of the store and a word of the reproduce line: only ASCII
/// letters, digits, '.', '_' and '-'. "latest" is reserved for the store's link.
[[nodiscard]] std::string name_rule(std::string_view name);
/// An argument of a process: UTF-8 without NUL, of bounded length.
[[nodiscard]] std::string argument_rule(std::string_view text);
/// Converts `text` to a name that satisfies name_rule(), with as few changes as possible.
[[nodiscard]] std::string safe_name(std::string_view text);

[[nodiscard]] base::Json phases_of_scenario();
[[nodiscard]] base::Json expectations_schema();

}  // namespace capsize::harness
