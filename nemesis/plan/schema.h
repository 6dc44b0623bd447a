// The grammar of a scenario's phases as a JSON Schema (draft 2020-12), for editors. Generated from
// the registries, so that a new fault or anchor needs no edit here.
#pragma once

#include "base/json.h"

#include "nemesis/model/parameters.h"

namespace capsize::nemesis {

/// Returns the schema of the value of "phases"; it refers to "#/$defs/…", see definitions().
[[nodiscard]] base::Json phases_schema();
/// Returns the value of "$defs": duration, hold, target, only, anchor, fault, phase.
[[nodiscard]] base::Json definitions();
/// Returns the schema of an object with these parameters.
[[nodiscard]] base::Json schema_of(const Declared& declared);

}  // namespace capsize::nemesis
