// Names violations of registers, in the order in which the decider's theorem asks its questions
// (algorithms/distinct_register.h): is the value written at all, by one, before, and in force?
#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "checker/algorithms/distinct_register.h"
#include "checker/explain/finding.h"
#include "checker/explain/wording.h"

namespace capsize::checker {
namespace {

bool observes(const KeyOperation& operation) {
  return operation.observed != kNoValue;
}

class RegisterExplainer {
 public:
  RegisterExplainer(const KeyProblem& problem, std::span<const KeyOperation> witness)
      : problem_(problem), wording_(problem), witness_(witness) {
    for (const KeyOperation& operation : witness) {
      if (operation.written != kNoValue) writer_[operation.written] = &operation;
    }
  }

  std::optional<Finding> find() const {
    if (auto found = unwritten()) return found;
    if (auto found = two_winners()) return found;
    if (auto found = before_its_write()) return found;
    if (auto found = circular()) return found;
    return stale_or_lost();
  }

 private:
  const KeyOperation* writer(ValueId value) const {
    const auto found = writer_.find(value);
    return found == writer_.end() ? nullptr : found->second;
  }

  std::optional<Finding> unwritten() const {
    for (const KeyOperation& observer : witness_) {
      const ValueId value = observer.observed;
      if (!observes(observer) || value == problem_.initial || writer(value) != nullptr) continue;
      for (const KeyOperation& failed : problem_.failed) {
        if (failed.written != value) continue;
        return Finding{Anomaly::kAbortedRead,
                       fmt::format("{}, which only the failed {} tried to write: an aborted read",
                                   wording_.saw(observer), wording_.by_process(failed))};
      }
      return Finding{Anomaly::kUnwrittenRead,
                     fmt::format("{}, which no operation ever wrote{}: a read of a value never "
                                 "written",
                                 wording_.saw(observer), wording_.to_key())};
    }
    return std::nullopt;
  }

  std::optional<Finding> two_winners() const {
    std::unordered_map<ValueId, const KeyOperation*> winners;
    for (const KeyOperation& cas : witness_) {
      if (!observes(cas) || cas.pure) continue;
      const auto [first, added] = winners.try_emplace(cas.observed, &cas);
      if (added) continue;
      return Finding{Anomaly::kTwoWinners,
                     fmt::format("{} and {} both took effect, though {} was the value only once: "
                                 "two winners of a cas",
                                 wording_.by_process(*first->second), wording_.by_process(cas),
                                 wording_.value(cas.observed))};
    }
    return std::nullopt;
  }

  std::optional<Finding> before_its_write() const {
    for (const KeyOperation& observer : witness_) {
      const KeyOperation* origin = observes(observer) ? writer(observer.observed) : nullptr;
      // The chain of cas below a value must have begun before anyone saw the value, too.
      for (std::size_t i = 0; origin != nullptr && i <= witness_.size(); ++i) {
        if (observer.complete < origin->invoke) {
          return Finding{
              Anomaly::kReadBeforeWrite,
              fmt::format("{}, but {}, from which that value comes, began only {} that: a read "
                          "before its write",
                          wording_.saw(observer), wording_.by_process(*origin),
                          wording_.after(observer, *origin))};
        }
        origin = observes(*origin) ? writer(origin->observed) : nullptr;
      }
    }
    return std::nullopt;
  }

  // The write, or the initial value, at the foot of the chain that a value belongs to; kNoValue for
  // a chain that bites its own tail.
  ValueId block(ValueId value) const {
    for (std::size_t i = 0; i <= witness_.size(); ++i) {
      const KeyOperation* origin = writer(value);
      if (origin == nullptr || !observes(*origin)) return value;
      value = origin->observed;
    }
    return kNoValue;
  }

  std::optional<Finding> circular() const {
    for (const KeyOperation& cas : witness_) {
      if (!observes(cas) || cas.pure || block(cas.written) != kNoValue) continue;
      return Finding{Anomaly::kCircularCas,
                     fmt::format("{} took effect, but {} can only come from the result of that "
                                 "very cas: a circular cas",
                                 wording_.by_process(cas), wording_.value(cas.observed))};
    }
    return std::nullopt;
  }

  std::optional<Finding> stale_or_lost() const {
    const KeyOperation* late = nullptr;  // the last to see the older value
    for (const KeyOperation& operation : witness_) {
      if (operation.required && observes(operation)) late = &operation;
    }
    if (late == nullptr) return std::nullopt;
    const KeyOperation* proof = proof_of_newer(*late);
    if (proof == nullptr) return std::nullopt;
    if (const KeyOperation* lost = lost_write(*late)) {
      return Finding{
          Anomaly::kLostWrite,
          fmt::format("{} was acknowledged to process {}, but is never seen again: {} {}, {}: a "
                      "lost write",
                      wording_.operation(*lost), wording_.process(*lost),
                      wording_.after(*lost, *late), "that", wording_.saw(*late)),
          staleness(*late, *proof)};
    }
    const std::string newer =
        observes(*proof) ? fmt::format("{}, which is newer", wording_.saw(*proof))
                         : fmt::format("{} had been acknowledged to process {}",
                                       wording_.operation(*proof), wording_.process(*proof));
    return Finding{Anomaly::kStaleRead,
                   fmt::format("{}, {} {}: a stale read", wording_.saw(*late),
                               wording_.after(*proof, *late), newer),
                   staleness(*late, *proof)};
  }

  // Newer for certain is what began after the older value had been in force, and what the witness
  // shows to be newer.
  Staleness staleness(const KeyOperation& late, const KeyOperation& proof) const {
    std::unordered_set<ValueId> newer;
    const KeyOperation* earliest = &proof;
    const Position older_in_force = first_sight(late.observed);
    newer.insert(proof.written != kNoValue ? proof.written : proof.observed);
    for (const KeyOperation& operation : problem_.operations) {
      if (operation.written == kNoValue || operation.complete >= late.invoke) continue;
      if (operation.invoke <= older_in_force) continue;
      newer.insert(operation.written);
      if (operation.complete < earliest->complete) earliest = &operation;
    }
    const std::int64_t from = problem_.source(*earliest).complete_time;
    const std::int64_t to = problem_.source(late).invoke_time;
    const bool timed = from != kNoTime && to != kNoTime && from <= to;
    return {timed ? to - from : kNoTime, newer.size()};
  }

  // The operation that shows that something newer was in force before `late` began: an acknowledged
  // write if there is one, else whoever saw it.
  const KeyOperation* proof_of_newer(const KeyOperation& late) const {
    const KeyOperation* proof = nullptr;
    for (const KeyOperation& operation : witness_) {
      if (operation.complete >= late.invoke) continue;
      const ValueId shown = operation.written != kNoValue ? operation.written : operation.observed;
      if (!is_newer(shown, late.observed)) continue;
      if (proof == nullptr || (observes(*proof) && !observes(operation))) proof = &operation;
    }
    return proof;
  }

  bool is_newer(ValueId value, ValueId than) const {
    if (block(value) != block(than)) return true;  // or the two would not clash
    for (const KeyOperation* origin = writer(value); origin != nullptr;
         origin = observes(*origin) ? writer(origin->observed) : nullptr) {
      if (origin->observed == than) return true;
    }
    return false;
  }

  // The acknowledged write that vanished, if that is what happened and not just one late look.
  // Newer values are those of the witness and whatever else was acknowledged after the older value
  // had been in force and before it was seen again. If any of them is seen after the older one came
  // back, the newer value was in force all the time and the reader was behind. If none was ever
  // seen, it is gone; if it was seen before only, it is gone once the older value came back twice.
  const KeyOperation* lost_write(const KeyOperation& late) const {
    std::unordered_set<ValueId> newer;
    const KeyOperation* lost = nullptr;
    Position newer_in_force = kNever;
    const Position older_in_force = first_sight(late.observed);
    for (const KeyOperation& operation : problem_.operations) {
      if (operation.written == kNoValue || operation.complete >= late.invoke) continue;
      const bool in_witness =
          writer(operation.written) != nullptr && is_newer(operation.written, late.observed);
      if (!in_witness && operation.invoke <= older_in_force) continue;
      newer.insert(operation.written);
      newer_in_force = std::min(newer_in_force, operation.complete);
      if (in_witness) lost = &operation;
    }
    if (lost == nullptr) return nullptr;
    Position came_back = kNever;
    std::size_t times_back = 0;
    for (const KeyOperation& operation : problem_.operations) {
      if (operation.observed != late.observed || !operation.required) continue;
      if (operation.invoke <= newer_in_force) continue;
      came_back = std::min(came_back, operation.invoke);
      ++times_back;
    }
    bool ever_seen = false;
    for (const KeyOperation& operation : problem_.operations) {
      if (!operation.required || !newer.contains(operation.observed)) continue;
      ever_seen = true;
      if (operation.invoke >= came_back) return nullptr;
    }
    return !ever_seen || times_back > 1 ? lost : nullptr;
  }

  // When the value was certainly in force for the first time.
  Position first_sight(ValueId value) const {
    if (value == problem_.initial) return 0;
    Position first = kNever;
    for (const KeyOperation& operation : problem_.operations) {
      if (operation.observed == value || operation.written == value) {
        first = std::min(first, operation.complete);
      }
    }
    return first;
  }

  const KeyProblem& problem_;
  Wording wording_;
  std::span<const KeyOperation> witness_;
  std::unordered_map<ValueId, const KeyOperation*> writer_;
};

}  // namespace

std::optional<Finding> explain_register(const KeyProblem& problem,
                                        std::span<const KeyOperation> witness) {
  DistinctRegisterDecider decider(problem.history.values.size());
  if (!decider.decide(witness, problem.initial).is_violation()) return std::nullopt;
  return RegisterExplainer(problem, witness).find();
}

}  // namespace capsize::checker
