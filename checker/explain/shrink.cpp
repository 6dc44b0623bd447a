#include "checker/explain/shrink.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

std::vector<std::uint32_t>::const_iterator first_invoked_after(
    const KeyProblem& problem, const std::vector<std::uint32_t>& places, Position position) {
  return std::partition_point(places.begin(), places.end(), [&](std::uint32_t place) {
    return problem.operations[place].invoke <= position;
  });
}

}  // namespace

Sources::Sources(const KeyProblem& problem)
    : problem_(problem), by_element_(problem.model.mutations == Mutations::kOfElements) {
  for (std::uint32_t i = 0; i < problem.operations.size(); ++i) {
    const KeyOperation& operation = problem.operations[i];
    if (operation.pure) continue;
    whole_values_ = whole_values_ && left_by(operation) != kNoFact;
    Writers& writers = writers_[left_by(operation)];
    if (operation.required) {
      const Position before = writers.last_complete.empty() ? 0 : writers.last_complete.back();
      writers.acknowledged.push_back(i);
      writers.last_complete.push_back(std::max(before, operation.complete));
    } else {
      writers.indeterminate.push_back(i);
    }
    if (operation.required) {
      mutations_[part(operation)].emplace_back(operation.complete, operation.invoke);
    }
  }
  // A failed append is no source, but the value that it would have extended is one.
  for (const KeyOperation& failed : problem.failed) {
    whole_values_ = whole_values_ && failed.code != kCodeAppend;
  }
  for (auto& [part, mutations] : mutations_) {
    std::sort(mutations.begin(), mutations.end());
    Position largest = 0;
    for (auto& [complete, invoke] : mutations) invoke = largest = std::max(largest, invoke);
  }
}

ValueId Sources::part(const KeyOperation& operation) const {
  return by_element_ ? operation.argument : kNullValue;
}

Sources::Fact Sources::left_by(const KeyOperation& writer) const {
  if (by_element_) return (Fact{writer.argument} << 32) | Fact{writer.code == kCodeAdd};
  return writer.written == kNoValue ? kNoFact : Fact{writer.written};
}

Sources::Fact Sources::seen_by(const KeyOperation& observer) const {
  if (!by_element_) return observer.observed == kNoValue ? kNoFact : Fact{observer.observed};
  if (observer.code != kCodeContains && observer.code != kCodeLacks) return kNoFact;
  return (Fact{observer.argument} << 32) | Fact{observer.code == kCodeContains};
}

bool Sources::holds_at_first(const KeyOperation& observer) const {
  if (!by_element_) return observer.observed == problem_.initial;
  const auto elements = sorted_elements(problem_.history.values, problem_.initial);
  const bool there = std::ranges::binary_search(elements, observer.argument);
  return there == (observer.code == kCodeContains);
}

// The largest invocation of what had been acknowledged before the observer began: whatever
// completed before that has been overwritten.
Position Sources::last_overwritten(const KeyOperation& observer) const {
  const auto found = mutations_.find(part(observer));
  if (found == mutations_.end()) return 0;
  const auto& mutations = found->second;
  const auto after = std::lower_bound(mutations.begin(), mutations.end(),
                                      std::pair<Position, Position>(observer.invoke, 0));
  return after == mutations.begin() ? 0 : std::prev(after)->second;
}

const std::vector<std::uint32_t>& Sources::needed_by(const KeyOperation& observer) const {
  const ValueId observed = observer.observed != kNoValue ? observer.observed : observer.argument;
  const auto [entry, added] = needed_.try_emplace((std::uint64_t{observer.code} << 32) | observed);
  std::vector<std::uint32_t>& needed = entry->second;
  if (!added) return needed;
  for (std::uint32_t i = 0; i < problem_.operations.size(); ++i) {
    const KeyOperation& writer = problem_.operations[i];
    if (writer.pure || !problem_.model.needs(problem_.history.values, observer, writer)) continue;
    needed.push_back(i);
  }
  return needed;
}

// Three cases. Where values are built up, or the whole set is read, every operation that the model
// says is needed. Otherwise the writers of the observed value that may have been the source; the
// initial value needs none. Where no writer may have been the source, the latest one, to show that
// it is not.
std::span<const std::uint32_t> Sources::of(std::uint32_t place) const {
  const KeyOperation& observer = problem_.operations[place];
  const Fact seen = seen_by(observer);
  const bool sees_all = by_element_ && observer.code == kCodeReadAll;
  if (!whole_values_ || sees_all) return needed_by(observer);
  if (seen == kNoFact) return {};
  const auto found = writers_.find(seen);
  if (found == writers_.end()) return {};
  found_ = possible_sources(found->second, place);
  // The initial value needs no writer where none is left.
  if (!found_.empty() || holds_at_first(observer)) return found_;
  const std::uint32_t latest = latest_of(found->second, observer.invoke);
  if (latest != place) found_.push_back(latest);
  return found_;
}

// The last writer to begin before the position; the first writer if none did.
std::uint32_t Sources::latest_of(const Writers& writers, Position position) const {
  std::uint32_t first = kNever;
  std::uint32_t latest = kNever;
  for (const auto* some : {&writers.acknowledged, &writers.indeterminate}) {
    if (some->empty()) continue;
    first = std::min(first, some->front());
    const auto after = first_invoked_after(problem_, *some, position);
    if (after == some->begin()) continue;
    latest = latest == kNever ? *std::prev(after) : std::max(latest, *std::prev(after));
  }
  return latest == kNever ? first : latest;
}

// The writers that began before the observer completed and were not overwritten before it began.
// Goes over the acknowledged ones backwards and stops where all earlier ones had completed before
// the overwriting mutation began; so the cost is the number of sources, not of writers.
std::vector<std::uint32_t> Sources::possible_sources(const Writers& writers,
                                                     std::uint32_t place) const {
  const KeyOperation& observer = problem_.operations[place];
  const Position overwritten = last_overwritten(observer);
  std::vector<std::uint32_t> sources;
  const auto& indeterminate = writers.indeterminate;
  const auto open_end = first_invoked_after(problem_, indeterminate, observer.complete);
  for (auto writer = indeterminate.begin(); writer != open_end; ++writer) {
    if (*writer != place) sources.push_back(*writer);
  }
  const auto& acknowledged = writers.acknowledged;
  auto end = static_cast<std::size_t>(
      first_invoked_after(problem_, acknowledged, observer.complete) - acknowledged.begin());
  for (; end > 0 && writers.last_complete[end - 1] >= overwritten; --end) {
    const std::uint32_t writer = acknowledged[end - 1];
    if (problem_.operations[writer].complete >= overwritten && writer != place) {
      sources.push_back(writer);
    }
  }
  return sources;
}

namespace {

using Set = std::vector<std::uint32_t>;

constexpr std::uint32_t kPlacesPerBudgetCheck = 16;

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
  std::span<const std::uint32_t> added;  // for locks every operation has the same sources
  for (std::size_t next = 0; next < set.size(); ++next) {
    if (next % kPlacesPerBudgetCheck == 0 && budget.time_is_up()) break;
    const auto its_sources = sources.of(set[next]);
    if (sources.are_kept() && its_sources.data() == added.data()) continue;
    added = its_sources;
    for (const std::uint32_t source : its_sources) {
      if (inside[source] || !may_add(source)) continue;
      inside[source] = true;
      set.push_back(source);
    }
  }
  std::sort(set.begin(), set.end());
  return set;
}

// Returns the set without as many operations of [begin, end) as possible while the set stays
// closed.
Set without(const KeyProblem& problem, const Sources& sources, const Set& set, const Budget& budget,
            std::size_t begin, std::size_t end) {
  const auto at = [&](std::size_t i) { return set.begin() + static_cast<std::ptrdiff_t>(i); };
  Set kept(set.begin(), at(begin));
  kept.insert(kept.end(), at(end), set.end());
  return close(problem, sources, std::move(kept), budget, [&](std::uint32_t source) {
    return std::binary_search(at(begin), at(end), source);
  });
}

// Returns the set without one operation, its observers, their observers, and so on: the largest
// closed subset without the operation. `needed_by_all`: operations without which the set is known
// to become empty.
Set without_dependents(const KeyProblem& problem, const Sources& sources, const Set& set,
                       const Budget& budget, std::size_t leave_out,
                       std::vector<bool>& needed_by_all) {
  std::vector<bool> gone(problem.operations.size(), false);
  gone[set[leave_out]] = true;
  // For locks every operation depends on every other one; the shared sources are visited once.
  std::span<const std::uint32_t> lacking;
  for (bool more = true; more;) {
    more = false;
    for (const std::uint32_t place : set) {
      if (gone[place]) continue;
      if (place % kPlacesPerBudgetCheck == 0 && budget.time_is_up()) return set;
      const auto its_sources = sources.of(place);
      const bool known = sources.are_kept() && its_sources.data() == lacking.data() &&
                         its_sources.size() == lacking.size() && !lacking.empty();
      if (!known && std::none_of(its_sources.begin(), its_sources.end(),
                                 [&](std::uint32_t source) { return gone[source]; })) {
        continue;
      }
      if (needed_by_all[place]) return {};
      lacking = its_sources;
      gone[place] = more = true;
    }
  }
  Set kept;
  std::copy_if(set.begin(), set.end(), std::back_inserter(kept),
               [&](std::uint32_t place) { return !gone[place]; });
  needed_by_all[set[leave_out]] = kept.empty();
  return kept;
}

}  // namespace

std::vector<std::uint32_t> with_sources(const KeyProblem& problem, const Sources& sources,
                                        std::vector<std::uint32_t> set, const Budget& budget) {
  return close(problem, sources, std::move(set), budget, [](std::uint32_t) { return true; });
}

Shrunk shrink(const KeyProblem& problem, const Sources& sources, std::vector<std::uint32_t> set,
              const Violates& violates, const Budget& budget) {
  // Delta debugging over closed sets: large chunks first, then single operations with everything
  // that depends on them (two cas can be each other's source), until none can be removed. A removed
  // chunk takes its operations out, except those that the rest needs as sources.
  std::vector<bool> needed_by_all(problem.operations.size(), false);
  std::size_t chunk = std::max<std::size_t>(1, set.size() / 2);
  for (;;) {
    bool smaller = false;
    for (std::size_t begin = 0; begin < set.size();) {
      if (budget.time_is_up()) return {pick(problem, set), false};
      Set candidate =
          chunk == 1
              ? without_dependents(problem, sources, set, budget, begin, needed_by_all)
              : without(problem, sources, set, budget, begin, std::min(begin + chunk, set.size()));
      if (budget.time_is_up())
        return {pick(problem, set), false};  // the candidate may not be closed
      if (!candidate.empty() && candidate.size() < set.size() &&
          violates(pick(problem, candidate))) {
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
