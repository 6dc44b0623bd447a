// The grammar of a scenario's phases as a JSON Schema (draft 2020-12), for editors: made from what
// is registered, so that a new fault or anchor is in it without another edit.
#pragma once

#include "base/json.h"

#include "nemesis/model/parameters.h"

namespace capsize::nemesis {

/// Of the value of "phases"; refers to "#/$defs/…", see definitions().
[[nodiscard]] base::Json phases_schema();
/// duration, target, only, anchor, fault, phase.
[[nodiscard]] base::Json definitions();
/// Of an object of these parameters.
[[nodiscard]] base::Json schema_of(const Declared& declared);

}  // namespace capsize::nemesis
