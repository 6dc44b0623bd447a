// Which revision a bisection runs next: the one whose runs say most about the culprit for their
// cost.
//
// The cost of k runs of a revision is their time, and that of its build if it is not built. What
// they say is the mutual information of the culprit and the number of failures among them. The
// choice considers k = 1, 2, 4, 8 and 16, not only one run: a build pays for itself over the runs
// that follow it, and with a rare failure a single run says next to nothing anywhere.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/bisect/posterior.h"

namespace capsize::harness {

/// What the next runs cost, in any unit of time.
struct RevisionCosts {
  double run = 1;
  double build = 0;
  std::size_t jobs = 1;  // runs at a time
};

/// What the choice knows about a revision.
struct RevisionState {
  bool built = false;
  bool skipped = false;
};

/// Returns for each revision the information, in nats, that `runs` runs of it are expected to give
/// about the culprit. Time: revisions times kRates times runs.
[[nodiscard]] std::vector<double> expected_information(const Posterior& posterior,
                                                       std::size_t runs);

/// Returns the revision to run next; equal ones: the earliest. Nothing if every revision is skipped
/// or none says anything. Precondition (CHECK): as many states as revisions, positive run cost.
[[nodiscard]] std::optional<std::size_t> choose_revision(const Posterior& posterior,
                                                         const std::vector<RevisionState>& states,
                                                         const RevisionCosts& costs);

}  // namespace capsize::harness
