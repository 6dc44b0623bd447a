// Names violations of registers, in the order of the conditions of the decider's theorem
// (registers/distinct_register.h): whether the value was written, by one operation, before it was
// observed, and not overwritten.
#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "checker/explain/explainers.h"
#include "checker/explain/lost_or_stale.h"
#include "checker/explain/unwritten_value.h"
#include "checker/explain/wording.h"
#include "checker/history/times.h"
#include "checker/registers/distinct_register.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

bool observes(const KeyOperation& operation) {
  return operation.observed != kNoValue;
}

class RegisterExplainer {
 public:
  RegisterExplainer(const KeyProblem& problem, std::span<const KeyOperation> counterexample)
      : problem_(problem),
        wording_(problem),
        counterexample_(counterexample),
        writers_(problem.operations) {
    for (const KeyOperation& operation : counterexample) {
      if (operation.written != kNoValue) writer_[operation.written] = &operation;
    }
  }

  std::optional<Finding> find() const {
    if (auto found = unwritten()) return found;
    if (auto found = lost_update()) return found;
    if (auto found = before_its_write()) return found;
    if (auto found = cyclic_cas()) return found;
    return stale_or_lost();
  }

 private:
  const KeyOperation* writer(ValueId value) const {
    const auto found = writer_.find(value);
    return found == writer_.end() ? nullptr : found->second;
  }

  std::optional<Finding> unwritten() const {
    for (const KeyOperation& observer : counterexample_) {
      const ValueId value = observer.observed;
      if (!observes(observer) || value == problem_.initial || writer(value) != nullptr) continue;
      return explain_unwritten_value(
          problem_, {.observer = observer,
                     .saw = wording_.saw(observer),
                     .is_writer = [&](const auto& failed) { return failed.written == value; },
                     .as_initial = value});
    }
    return std::nullopt;
  }

  std::optional<Finding> lost_update() const {
    std::unordered_map<ValueId, const KeyOperation*> winners;
    for (const KeyOperation& cas : counterexample_) {
      if (!observes(cas) || cas.pure) continue;
      const auto [first, added] = winners.try_emplace(cas.observed, &cas);
      if (added) continue;
      return Finding{Anomaly::kLostUpdate,
                     fmt::format("{} and {} both took effect, though {} was the value only once: "
                                 "a lost update",
                                 wording_.by_process(*first->second), wording_.by_process(cas),
                                 wording_.value(cas.observed))};
    }
    return std::nullopt;
  }

  std::optional<Finding> before_its_write() const {
    for (const KeyOperation& observer : counterexample_) {
      const KeyOperation* origin = observes(observer) ? writer(observer.observed) : nullptr;
      // The chain of cas below a value must have begun before the value was observed, too.
      for (std::size_t i = 0; origin != nullptr && i <= counterexample_.size(); ++i) {
        if (observer.complete < origin->invoke) return before(observer, *origin);
        origin = observes(*origin) ? writer(origin->observed) : nullptr;
      }
    }
    return std::nullopt;
  }

  // A failed operation that had tried to write it by then is a better explanation than a later
  // write.
  Finding before(const KeyOperation& observer, const KeyOperation& origin) const {
    const auto wrote_it = [&](const auto& failed) { return failed.written == observer.observed; };
    if (failed_writer_before(problem_, observer, wrote_it) != nullptr) {
      return explain_unwritten_value(problem_, {.observer = observer,
                                                .saw = wording_.saw(observer),
                                                .is_writer = wrote_it,
                                                .to_write = "write by then"});
    }
    return {
        Anomaly::kReadBeforeWrite,
        fmt::format("{}, but {}, from which that value comes, began only {} that: a read before "
                    "its write{}",
                    wording_.saw(observer), wording_.by_process(origin),
                    wording_.after(observer, origin),
                    initial_hint(problem_, observer, observer.observed))};
  }

  // Returns the write, or the initial value, at which the chain of a value begins; kNoValue for a
  // cycle.
  ValueId block(ValueId value) const {
    for (std::size_t i = 0; i <= counterexample_.size(); ++i) {
      const KeyOperation* origin = writer(value);
      if (origin == nullptr || !observes(*origin)) return value;
      value = origin->observed;
    }
    return kNoValue;
  }

  std::optional<Finding> cyclic_cas() const {
    for (const KeyOperation& cas : counterexample_) {
      if (!observes(cas) || cas.pure || block(cas.written) != kNoValue) continue;
      return Finding{Anomaly::kCyclicCas,
                     fmt::format("{} took effect, but {} can only come from the result of that "
                                 "very cas: a cyclic cas",
                                 wording_.by_process(cas), wording_.value(cas.observed))};
    }
    return std::nullopt;
  }

  std::optional<Finding> stale_or_lost() const {
    const KeyOperation* late = nullptr;  // the last to observe the older value
    for (const KeyOperation& operation : counterexample_) {
      if (operation.required && observes(operation)) late = &operation;
    }
    if (late == nullptr) return std::nullopt;
    const KeyOperation* proof = proof_of_newer(*late);
    if (proof == nullptr) return std::nullopt;
    const NewerValues newer = newer_than(*late);
    const LostOrStale judged = lost_or_stale(
        problem_, {.missing = newer.last_acknowledged,
                   .late = late,
                   .observes_state = &observes,
                   .proves_stale =
                       [&](const KeyOperation& one) {
                         const auto value = newer.overlooked_by.find(one.observed);
                         if (value == newer.overlooked_by.end()) return false;
                         if (writers_.is_written_once(one.observed))
                           return one.invoke > value->second;
                         return one.invoke > late->complete &&
                                writers_.last_end(one.observed, newer.older_there) < late->invoke;
                       },
                   .may_see_newer =
                       [&](const KeyOperation& one) {
                         return writers_.may_be_newer(one.observed, *newer.last_acknowledged,
                                                      late->observed);
                       }});
    if (judged.kind == LostOrStale::Kind::kLost) {
      const KeyOperation& lost = *newer.last_acknowledged;
      return Finding{Anomaly::kLostWrite,
                     lost_sentence(problem_, lost, *late, *judged.other, Anomaly::kLostWrite),
                     staleness(*late, lost)};
    }
    const std::string seen =
        observes(*proof) ? fmt::format("{}, which is newer", wording_.saw(*proof))
                         : fmt::format("{} had been acknowledged to process {}",
                                       wording_.operation(*proof), wording_.process(*proof));
    const Anomaly anomaly =
        judged.kind == LostOrStale::Kind::kStale ? Anomaly::kStaleRead : Anomaly::kStaleOrLost;
    return Finding{anomaly,
                   fmt::format("{}, {} {}: a {}", wording_.saw(*late),
                               wording_.after(*proof, *late), seen, name(anomaly)),
                   staleness(*late, *proof)};
  }

  // A value is certainly newer if its write began after the older value had been there, or if the
  // counterexample shows that it is newer.
  Staleness staleness(const KeyOperation& late, const KeyOperation& proof) const {
    std::unordered_set<ValueId> newer;
    const KeyOperation* earliest = &proof;
    const Position older_there = first_sight(late.observed);
    newer.insert(proof.written != kNoValue ? proof.written : proof.observed);
    for (const KeyOperation& operation : problem_.operations) {
      if (operation.written == kNoValue || operation.complete >= late.invoke) continue;
      if (operation.invoke <= older_there) continue;
      newer.insert(operation.written);
      if (operation.complete < earliest->complete) earliest = &operation;
    }
    const std::int64_t from = problem_.source(*earliest).complete_time;
    const std::int64_t to = problem_.source(late).invoke_time;
    const bool timed = from != kNoTime && to != kNoTime && from <= to;
    return {timed ? time_between(from, to) : kNoTime, newer.size()};
  }

  // Returns the operation that proves that a newer value was there before `late` began: an
  // acknowledged write if there is one, otherwise an observer.
  const KeyOperation* proof_of_newer(const KeyOperation& late) const {
    const KeyOperation* proof = nullptr;
    for (const KeyOperation& operation : counterexample_) {
      if (operation.complete >= late.invoke) continue;
      const ValueId shown = operation.written != kNoValue ? operation.written : operation.observed;
      if (!is_newer(shown, late.observed)) continue;
      if (proof == nullptr || (observes(*proof) && !observes(operation))) proof = &operation;
    }
    return proof;
  }

  bool is_newer(ValueId value, ValueId than) const {
    if (block(value) != block(than)) return true;  // otherwise the two would not clash
    for (const KeyOperation* origin = writer(value); origin != nullptr;
         origin = observes(*origin) ? writer(origin->observed) : nullptr) {
      if (origin->observed == than) return true;
    }
    return false;
  }

  // The values that were certainly there before an operation that observed an older one.
  struct NewerValues {
    Position older_there = kNever;  // when the older value was certainly there
    /// Each with the end of the first operation that observed the older value afterwards.
    std::unordered_map<ValueId, Position> overlooked_by = {};
    const KeyOperation* last_acknowledged = nullptr;  // by invocation; may be missing
  };

  // The newer values: those that the counterexample shows to be newer, and those whose write began
  // after the older value was there.
  NewerValues newer_than(const KeyOperation& late) const {
    NewerValues newer{.older_there = first_sight(late.observed)};
    const auto reads = reads_of(late.observed);
    std::unordered_map<ValueId, Position> there;
    for (const KeyOperation& one : problem_.operations) {
      if (one.complete >= late.invoke) continue;
      const ValueId value = one.written != kNoValue ? one.written : one.observed;
      const auto [known, added] = there.try_emplace(value, one.complete);
      if (!added) known->second = std::min(known->second, one.complete);
    }
    for (const KeyOperation& one : problem_.operations) {
      if (one.written == kNoValue || !there.contains(one.written)) continue;
      const bool in_counterexample = writer(one.written) != nullptr;
      if (in_counterexample ? !is_newer(one.written, late.observed)
                            : one.invoke <= newer.older_there) {
        continue;
      }
      const auto overlooked =
          std::partition_point(reads.begin(), reads.end(),
                               [&](const auto& read) { return read.first <= there[one.written]; });
      newer.overlooked_by[one.written] = overlooked->second;
      if (one.complete >= late.invoke) continue;
      if (newer.last_acknowledged == nullptr || one.invoke >= newer.last_acknowledged->invoke) {
        newer.last_acknowledged = &one;
      }
    }
    return newer;
  }

  // The observers of a value: when each began, and the first end of those that began no earlier.
  std::vector<std::pair<Position, Position>> reads_of(ValueId value) const {
    std::vector<std::pair<Position, Position>> reads;
    for (const KeyOperation& one : problem_.operations) {
      if (one.required && one.observed == value) reads.emplace_back(one.invoke, one.complete);
    }
    for (std::size_t i = reads.size(); i-- > 1;) {
      reads[i - 1].second = std::min(reads[i - 1].second, reads[i].second);
    }
    return reads;
  }

  // The first moment at which the value was certainly there. A value that was written several times
  // was there again when the last of its writes ended.
  Position first_sight(ValueId value) const {
    if (!writers_.is_written_once(value)) {
      return writers_.last_end(value, 0);  // 0 if no operation wrote it
    }
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
  std::span<const KeyOperation> counterexample_;
  RegisterWriters writers_;
  std::unordered_map<ValueId, const KeyOperation*> writer_;  // of the counterexample
};

}  // namespace

std::optional<Finding> explain_register(const KeyProblem& problem,
                                        std::span<const KeyOperation> counterexample) {
  DistinctRegisterDecider decider(problem.history.values.size());
  if (!decider.decide(counterexample, problem.initial).is_violation()) return std::nullopt;
  return RegisterExplainer(problem, counterexample).find();
}

}  // namespace capsize::checker
