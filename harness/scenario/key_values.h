// Values of a scenario's keys: as JSON, as arguments of the command line, and what they may be. All
// of it follows from the keys' declarations (scenario.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "harness/scenario/scenario.h"
#include "nemesis/plan/phases.h"

namespace capsize::harness {

/// Sets the members that an object has keys for; the rest stays. What does not fit is named by its
/// place within the object, and may have been set in part.
[[nodiscard]] std::optional<nemesis::InvalidValue> set_members(Scenario& scenario,
                                                               const base::Json& object);
/// One key. The misfit's text: "found …, expected …".
[[nodiscard]] std::optional<nemesis::InvalidValue> set_member(Scenario& scenario,
                                                              const Key<Scenario>& key,
                                                              const base::Json& value);
/// Null where there is none, as of a seed that is still to be drawn.
[[nodiscard]] base::Json value_of(const Scenario& scenario, const Key<Scenario>& key);

/// "1 to 15", "a duration such as 500ms or 20s, 1ms to 168h", "one of: a, b".
[[nodiscard]] std::string expected(const Key<Scenario>& key);
[[nodiscard]] base::Json schema_of(const Key<Scenario>& key);
[[nodiscard]] base::Json schema_of(const Key<Expectations>& key);

/// What stands for the type of a flag's value in --help. Empty: the key has no flag.
enum class FlagType : std::uint8_t { kNone, kText, kCount, kNumber, kDuration, kList, kRepeated };
[[nodiscard]] FlagType flag_type(const Key<Scenario>& key);

/// The arguments of `capsize run` that make this scenario: the flags of all keys that do not have
/// their default, and the seed. Nothing where flags cannot express a value: a scenario file can.
[[nodiscard]] std::optional<std::vector<std::string>> arguments_of(const Scenario& scenario);

/// Words as a shell reads them back, whatever they are made of.
[[nodiscard]] std::string shell_line(const std::vector<std::string>& words);

}  // namespace capsize::harness
