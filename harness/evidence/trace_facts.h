// What the nodes' traces say about the failures of a run.
#pragma once

#include <vector>

#include "harness/evidence/commit_history.h"
#include "harness/evidence/role_history.h"
#include "harness/judge/outcome.h"

namespace capsize::harness {

struct TraceFacts {
  RoleHistory roles;
  CommitHistory commits;
};

/// Reads the traces of all nodes, once, if a check of the run is invalid; they may have hundreds of
/// MiB. A trace that cannot be read adds nothing.
[[nodiscard]] TraceFacts trace_facts_of(const Outcome& outcome);

/// Whether the function changes the state, so that an entry of the log stands behind its reply.
[[nodiscard]] bool is_mutation(const checker::OperationView& operation);
/// The operations that the sentence of a violation is about; all that are shown if it names none.
[[nodiscard]] std::vector<const checker::OperationView*> subjects_of(
    const checker::Violation& violation);
/// From invocation to completion, by the clock of the traces. Nothing without times or without a
/// completion.
[[nodiscard]] std::optional<TraceWindow> window_of(const Outcome& outcome,
                                                   const checker::OperationView& operation);

}  // namespace capsize::harness
