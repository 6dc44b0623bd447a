// Values of a scenario's keys: reads, validates and writes them as JSON and as command-line
// arguments. All of it follows from the declarations of the keys (scenario.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "harness/scenario/scenario.h"
#include "nemesis/plan/phases.h"

namespace capsize::harness {

/// Sets the members for which the object has keys; the others keep their values. Returns the first
/// invalid value, with its place in the object; members before it have been set.
[[nodiscard]] std::optional<nemesis::InvalidValue> set_members(Scenario& scenario,
                                                               const base::Json& object);
/// Sets one member. The text of an invalid value: "found …, expected …".
[[nodiscard]] std::optional<nemesis::InvalidValue> set_member(Scenario& scenario,
                                                              const Key<Scenario>& key,
                                                              const base::Json& value);
/// Null if the member has no value, such as a seed that is yet to be drawn.
[[nodiscard]] base::Json value_of(const Scenario& scenario, const Key<Scenario>& key);

/// "1 to 15", "a duration such as 500ms or 20s, 1ms to 168h", "one of: a, b".
[[nodiscard]] std::string expected(const Key<Scenario>& key);
[[nodiscard]] base::Json schema_of(const Key<Scenario>& key);
[[nodiscard]] base::Json schema_of(const Key<Expectations>& key);

/// The type of a flag's value, for --help; kNone: the key has no flag.
enum class FlagType : std::uint8_t { kNone, kText, kCount, kNumber, kDuration, kList, kRepeated };
[[nodiscard]] FlagType flag_type(const Key<Scenario>& key);

/// Returns the arguments of `capsize run` that produce this scenario: the flags of all keys whose
/// value is not the default. Nothing if flags cannot express a value; a scenario file can.
[[nodiscard]] std::optional<std::vector<std::string>> arguments_of(const Scenario& scenario);

/// Joins words into a line, quoted so that a shell reads back the same words.
[[nodiscard]] std::string shell_line(const std::vector<std::string>& words);

}  // namespace capsize::harness
