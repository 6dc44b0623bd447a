// The state of the cluster while the operations of a violation ran: which node served them, its
// role, the leader and its term, the active faults. Taken from the nodes' traces and the records of
// the faults.
#pragma once

#include <string>

#include "checker/report/report.h"
#include "harness/evidence/role_history.h"
#include "harness/judge/outcome.h"

namespace capsize::harness {

/// Returns one indented line for each operation that violation_text() shows, up to a dozen. Empty
/// if nothing is known.
[[nodiscard]] std::string circumstances(const Outcome& outcome, const RoleHistory& roles,
                                        const checker::Violation& violation);

}  // namespace capsize::harness
