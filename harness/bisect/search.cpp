#include "harness/bisect/search.h"

#include <algorithm>

namespace capsize::harness {

Search::Search(std::size_t revisions, Bounds bounds)
    : bounds_(bounds), evidence_(revisions), states_(revisions) {}

void Search::add(std::size_t revision, bool failed) {
  ++(failed ? evidence_.at(revision).failed : evidence_.at(revision).passed);
}

std::vector<RevisionRange> Search::ranges(const Posterior& posterior) const {
  std::vector<bool> skipped;
  skipped.reserve(states_.size());
  for (const RevisionState& state : states_) skipped.push_back(state.skipped);
  return separable_ranges(posterior, skipped);
}

std::optional<std::size_t> Search::confirming(const RevisionRange& range) const {
  std::optional<std::size_t> first;
  for (std::size_t i = range.last; i < states_.size(); ++i) {
    if (states_[i].skipped) continue;
    if (states_[i].built) return i;
    if (!first) first = i;
  }
  return first;
}

Search::Decision Search::decide(const Posterior& posterior, const RevisionCosts& costs) const {
  const std::vector<RevisionRange> all = ranges(posterior);
  const auto likeliest = std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.probability < b.probability;
  });
  Decision decision{.range = *likeliest};
  std::optional<std::size_t> next;
  if (likeliest->probability < bounds_.confidence) {
    next = choose_revision(posterior, states_, costs);
  } else {
    const auto from = evidence_.begin() + static_cast<std::ptrdiff_t>(likeliest->first);
    const bool seen =
        std::any_of(from, evidence_.end(), [](const Evidence& each) { return each.failed > 0; });
    if (seen) {
      decision.step = Step::kClaim;
      return decision;
    }
    next = confirming(*likeliest);
  }
  if (!next) return decision;
  decision.step = Step::kRun;
  decision.revision = *next;
  return decision;
}

}  // namespace capsize::harness
