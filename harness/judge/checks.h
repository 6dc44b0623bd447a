// The five checks of a run (docs/FORMATS.md, Verdicts and exit codes), each with its own verdict.
#pragma once

#include "base/time.h"
#include "harness/judge/outcome.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {

/// Judges `outcome` and the files of the run; fills in checks, expectations, the report of
/// the linearizability check, and the number of leader changes. `start` is the start of the load.
void run_checks(Outcome& outcome, const RunDirectory& directory, base::Instant start);

}  // namespace capsize::harness
