#include "checker/explain/lost_or_stale.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "checker/explain/wording.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kChainStepsMax = 1'000;

using Observers = std::vector<const KeyOperation*>;

// An operation of another process than `late` that began after an observation of `late` or of a
// third operation had ended. Two reads in a row through one lagging replica do not count.
const KeyOperation* second_observer(const KeyProblem& problem, const Observers& observers) {
  const auto process = [&](const KeyOperation* one) { return problem.source(*one).process; };
  // The observation that ended first, and the first one of another process.
  const KeyOperation* first = nullptr;
  const KeyOperation* other = nullptr;
  for (const KeyOperation* one : observers) {
    if (first == nullptr || one->complete < first->complete) {
      if (first != nullptr && process(first) != process(one)) other = first;
      first = one;
    } else if (process(one) != process(first) &&
               (other == nullptr || one->complete < other->complete)) {
      other = one;
    }
  }
  for (const KeyOperation* one : observers) {
    const KeyOperation* before = first != nullptr && process(first) != process(one) ? first : other;
    if (before != nullptr && before->complete < one->invoke) return one;
  }
  return nullptr;
}

}  // namespace

RegisterWriters::RegisterWriters(std::span<const KeyOperation> operations) {
  for (const KeyOperation& one : operations) {
    if (one.written != kNoValue) writers_[one.written].push_back(&one);
  }
}

const std::vector<const KeyOperation*>& RegisterWriters::of(ValueId value) const {
  const auto found = writers_.find(value);
  return found == writers_.end() ? none_ : found->second;
}

Position RegisterWriters::last_end(ValueId value, Position since) const {
  Position last = 0;
  for (const KeyOperation* writer : of(value)) {
    if (writer->complete >= since) last = std::max(last, writer->complete);
  }
  return last;
}

bool RegisterWriters::may_be_newer(ValueId value, const KeyOperation& mutation,
                                   ValueId older) const {
  for (std::size_t steps = 0; steps < kChainStepsMax; ++steps) {
    if (value == mutation.written) return true;
    const auto& all = of(value);
    if (all.empty() || (value == older && all.size() == 1)) return false;
    if (all.size() > 1 || all[0]->observed == kNoValue) {
      return std::any_of(all.begin(), all.end(), [&](const KeyOperation* writer) {
        return writer->complete >= mutation.invoke;
      });
    }
    value = all[0]->observed;
  }
  return true;
}

std::string lost_sentence(const KeyProblem& problem, const KeyOperation& lost,
                          const KeyOperation& late, const KeyOperation& other, Anomaly anomaly) {
  const Wording wording(problem);
  return fmt::format(
      "{} was acknowledged to process {}, but no operation ever sees it: {} that, {}, and {}, too: "
      "a {}",
      wording.operation(lost), wording.process(lost), wording.after(lost, late), wording.saw(late),
      wording.saw(other), name(anomaly));
}

LostOrStale lost_or_stale(const KeyProblem& problem, const LateObservation& observation) {
  using Answer = LostOrStale::Kind;
  Observers observers;
  bool may_be_seen = observation.missing == nullptr;
  for (const KeyOperation& operation : problem.operations) {
    if (!operation.required || !observation.observes_state(operation)) continue;
    if (observation.proves_stale && observation.proves_stale(operation)) return {Answer::kStale};
    if (may_be_seen && !observation.proves_stale) return {Answer::kEither};
    if (may_be_seen || operation.complete < observation.missing->invoke) continue;
    if (operation.source != observation.missing->source && observation.may_see_newer(operation)) {
      may_be_seen = true;
    } else if (operation.invoke > observation.missing->complete) {
      observers.push_back(&operation);
    }
  }
  if (may_be_seen) return {Answer::kEither};
  const KeyOperation* second = second_observer(problem, observers);
  if (second == nullptr) return {Answer::kEither};
  // The sentence names `late` and another one: the first of the two, if `late` is the second.
  if (second->source != observation.late->source) return {Answer::kLost, second};
  for (const KeyOperation* one : observers) {
    if (one->complete < second->invoke &&
        problem.source(*one).process != problem.source(*second).process) {
      return {Answer::kLost, one};
    }
  }
  return {Answer::kEither};
}

}  // namespace capsize::checker
