// What the values of a scenario's keys may be where more than a bound decides: names that are
// registered, rules for texts, grammars of their own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace capsize::harness {

/// Seconds. Far above any run, and far below where a clock's nanoseconds overflow.
inline constexpr double kDurationMax = 7.0 * 24 * 3600;

[[nodiscard]] std::vector<std::string> workload_names();
/// Strategies, kinds of faults, and the mixture of all.
[[nodiscard]] std::vector<std::string> nemesis_names();
[[nodiscard]] std::vector<std::string> default_nemesis();
[[nodiscard]] std::vector<std::string> read_levels();

// Rules: what is expected, or empty if the text is that.

/// A scenario's name is a directory of the store and a word of the reproduce line: ASCII letters,
/// digits, '.', '_' and '-' only. "latest" is the store's own link.
[[nodiscard]] std::string name_rule(std::string_view name);
/// What an argument of a process can be: UTF-8 without NUL, and not too long.
[[nodiscard]] std::string argument_rule(std::string_view text);
/// A name that fits name_rule(), as like `text` as it can be.
[[nodiscard]] std::string safe_name(std::string_view text);

[[nodiscard]] base::Json phases_of_scenario();
[[nodiscard]] base::Json expectations_schema();

}  // namespace capsize::harness
