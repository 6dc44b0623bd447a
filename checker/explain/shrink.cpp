#include "checker/explain/shrink.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace capsize::checker {
namespace {

using Set = std::vector<std::uint32_t>;

constexpr std::uint32_t kPlacesBetweenLooks = 16;

std::vector<KeyOperation> pick(const KeyProblem& problem, const Set& set) {
  std::vector<KeyOperation> picked;
  picked.reserve(set.size());
  for (const std::uint32_t place : set) picked.push_back(problem.operations[place]);
  return picked;
}

// Adds to `set` those sources that `may_add` allows, until nothing more is missing.
template <class MayAdd>
Set close(const KeyProblem& problem, const Sources& sources, Set set, const Budget& budget,
          const MayAdd& may_add) {
  std::vector<bool> inside(problem.operations.size(), false);
  for (const std::uint32_t place : set) inside[place] = true;
  for (std::size_t next = 0; next < set.size(); ++next) {
    if (next % kPlacesBetweenLooks == 0 && budget.time_is_up()) break;
    for (const std::uint32_t source : sources.of(set[next])) {
      if (inside[source] || !may_add(source)) continue;
      inside[source] = true;
      set.push_back(source);
    }
  }
  std::sort(set.begin(), set.end());
  return set;
}

// The set without as much of [begin, end) as can go while the set stays closed.
Set without(const KeyProblem& problem, const Sources& sources, const Set& set, const Budget& budget,
            std::size_t begin, std::size_t end) {
  const auto at = [&](std::size_t i) { return set.begin() + static_cast<std::ptrdiff_t>(i); };
  Set kept(set.begin(), at(begin));
  kept.insert(kept.end(), at(end), set.end());
  return close(problem, sources, std::move(kept), budget, [&](std::uint32_t source) {
    return std::binary_search(at(begin), at(end), source);
  });
}

// The set without one operation, and without whoever saw its value, and so on: the largest closed
// set inside it that does not hold the operation.
Set without_dependents(const KeyProblem& problem, const Sources& sources, const Set& set,
                       const Budget& budget, std::size_t leave_out) {
  std::vector<bool> gone(problem.operations.size(), false);
  gone[set[leave_out]] = true;
  for (bool more = true; more;) {
    more = false;
    for (const std::uint32_t place : set) {
      if (gone[place]) continue;
      if (place % kPlacesBetweenLooks == 0 && budget.time_is_up()) return set;
      const auto its_sources = sources.of(place);
      if (std::none_of(its_sources.begin(), its_sources.end(),
                       [&](std::uint32_t source) { return gone[source]; })) {
        continue;
      }
      gone[place] = more = true;
    }
  }
  Set kept;
  std::copy_if(set.begin(), set.end(), std::back_inserter(kept),
               [&](std::uint32_t place) { return !gone[place]; });
  return kept;
}

}  // namespace

std::vector<std::uint32_t> with_sources(const KeyProblem& problem, const Sources& sources,
                                        std::vector<std::uint32_t> set, const Budget& budget) {
  return close(problem, sources, std::move(set), budget, [](std::uint32_t) { return true; });
}

Shrunk shrink(const KeyProblem& problem, const Sources& sources, std::vector<std::uint32_t> set,
              const Violates& violates, const Budget& budget) {
  // Large pieces first, as in delta debugging; then single ones with all that depends on them (two
  // cas can be each other's source), until none can go.
  std::size_t chunk = std::max<std::size_t>(1, set.size() / 2);
  for (;;) {
    bool smaller = false;
    for (std::size_t begin = 0; begin < set.size();) {
      if (budget.time_is_up()) return {pick(problem, set), false};
      Set candidate = chunk == 1 ? without_dependents(problem, sources, set, budget, begin)
                                 : without(problem, sources, set, budget, begin,
                                           std::min(begin + chunk, set.size()));
      if (budget.time_is_up())
        return {pick(problem, set), false};  // the candidate may not be closed
      if (candidate.size() < set.size() && violates(pick(problem, candidate))) {
        set = std::move(candidate);
        smaller = true;
      } else {
        begin += chunk;
      }
    }
    if (chunk == 1 && !smaller) return {pick(problem, set), true};
    chunk = std::max<std::size_t>(1, chunk / 2);
  }
}

}  // namespace capsize::checker
