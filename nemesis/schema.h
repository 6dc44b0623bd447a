// The grammar of a scenario's phases as a JSON Schema (draft 2020-12), for editors: made from what
// is registered, so that a new fault or anchor is in it without another edit.
#pragma once

#include <nlohmann/json.hpp>

#include "nemesis/parameters.h"

namespace capsize::nemesis {

/// Of the value of "phases"; refers to "#/$defs/…", see definitions().
[[nodiscard]] nlohmann::json phases_schema();
/// duration, target, only, anchor, fault, phase.
[[nodiscard]] nlohmann::json definitions();
/// Of an object of these parameters.
[[nodiscard]] nlohmann::json schema_of(const Declared& declared);

}  // namespace capsize::nemesis
