// A bisection without processes: collects evidence, and says what to do next. `capsize bisect` and
// the trial that measures how often its claims are right (scripts/trials bisect) use the same code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/bisect/next_revision.h"
#include "harness/bisect/posterior.h"

namespace capsize::harness {

class Search {
 public:
  struct Bounds {
    double background = 0.001;  // failure rate before the culprit
    double confidence = 0.95;   // of a claim
  };
  enum class Step : std::uint8_t {
    kRun,    ///< run `revision`
    kClaim,  ///< the culprit is in `range`: one revision unless some were skipped
    kStuck,  ///< no revision that can be tested says more
  };
  struct Decision {
    Step step = Step::kStuck;
    std::size_t revision = 0;
    RevisionRange range;  // the likeliest, for every step
  };

  Search(std::size_t revisions, Bounds bounds);

  // Revisions are numbered from 0.
  void add(std::size_t revision, bool failed);
  void skip(std::size_t revision) { states_.at(revision).skipped = true; }
  void set_built(std::size_t revision, bool built) { states_.at(revision).built = built; }

  [[nodiscard]] Posterior posterior() const { return {evidence_, bounds_.background}; }
  [[nodiscard]] std::vector<RevisionRange> ranges(const Posterior& posterior) const;
  [[nodiscard]] const std::vector<Evidence>& evidence() const { return evidence_; }
  [[nodiscard]] const std::vector<RevisionState>& states() const { return states_; }
  [[nodiscard]] const Bounds& bounds() const { return bounds_; }

  /// A claim needs a failure from the culprit on: that the failure never appeared again would, by
  /// the model alone, make the last revision the culprit of a very rare failure.
  [[nodiscard]] Decision decide(const Posterior& posterior, const RevisionCosts& costs) const;

 private:
  [[nodiscard]] std::optional<std::size_t> confirming(const RevisionRange& range) const;

  Bounds bounds_;
  std::vector<Evidence> evidence_;
  std::vector<RevisionState> states_;
};

}  // namespace capsize::harness
