// Names violations of objects that are read as a whole (registers, strings, lists), whose values
// may repeat, by the moment at which the observed value would have been right (OtherMoment).
//
// If two observers contradict each other, each alone may be right, so either one is stale or the
// other one is early. The last one that may be stale is named: a lagging replica makes a read
// stale, but nothing makes a read return a future value.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#include "checker/explain/explainers.h"
#include "checker/explain/lost_or_stale.h"
#include "checker/explain/small_search.h"
#include "checker/explain/unwritten_value.h"
#include "checker/explain/wording.h"
#include "checker/history/times.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

constexpr std::chrono::nanoseconds kMomentTimeMax = std::chrono::milliseconds(50);

// The mutations that do not precede a given one: their values show that mutation, or a later one
// that overwrote it.
class NewerMutations {
 public:
  NewerMutations(const KeyProblem& problem, const KeyOperation& oldest) : problem_(problem) {
    const ValueTable& values = problem.history.values;
    for (const KeyOperation& one : problem.operations) {
      if (one.pure || one.complete < oldest.invoke) continue;
      const bool whole =
          one.written != kNoValue && values.kind(one.written) != ValueTable::Kind::kText;
      if (!whole) {
        pieces_.push_back(&one);
        continue;
      }
      Position& last = whole_values_[one.written];
      last = std::max(last, one.complete);
    }
  }

  /// When the last mutation ended that an observer may have seen; nothing if it saw none, never if
  /// there are too many.
  std::optional<Position> last_end_of_seen(const KeyOperation& observer) {
    std::optional<Position> last;
    const auto whole = whole_values_.find(observer.observed);
    if (whole != whole_values_.end()) last = whole->second;
    for (const KeyOperation* piece : pieces_) {
      if (++looks_ > kLooksMax) return kNever;
      if (!problem_.model.needs(problem_.history.values, observer, *piece)) continue;
      last = std::max(last.value_or(0), piece->complete);
    }
    return last;
  }

 private:
  static constexpr std::size_t kLooksMax = 200'000;

  const KeyProblem& problem_;
  std::unordered_map<ValueId, Position> whole_values_;
  std::vector<const KeyOperation*> pieces_;
  std::size_t looks_ = 0;
};

class MomentExplainer {
 public:
  MomentExplainer(const KeyProblem& problem, const KeyOperation& late)
      : problem_(problem), wording_(problem), late_(late) {}

  Finding old(const KeyOperation& proof) const {
    const LostOrStale judged = lost_or_stale(problem_, observation_of(proof));
    if (judged.kind == LostOrStale::Kind::kLost) return lost(proof, *judged.other);
    const std::string newer = proof.pure
                                  ? fmt::format("{}, which is newer", wording_.saw(proof))
                                  : fmt::format("{} had been acknowledged to process {}",
                                                wording_.operation(proof), wording_.process(proof));
    const Anomaly anomaly =
        judged.kind == LostOrStale::Kind::kStale ? Anomaly::kStaleRead : Anomaly::kStaleOrLost;
    return {anomaly,
            fmt::format("{}, {} {}: a {}", wording_.saw(late_), wording_.after(proof, late_), newer,
                        name(anomaly)),
            staleness(proof)};
  }

  // Nothing if `origin` did not produce the value, but observed the one from which it was derived.
  std::optional<Finding> too_early(const KeyOperation& origin) const {
    if (origin.pure) return std::nullopt;
    return Finding{
        Anomaly::kReadBeforeWrite,
        fmt::format("{}, but {}, without which that value was not there, began only {} "
                    "that: a read before its write{}",
                    wording_.saw(late_), wording_.by_process(origin), wording_.after(late_, origin),
                    initial_hint(problem_, late_, late_.observed))};
  }

 private:
  Finding lost(const KeyOperation& proof, const KeyOperation& other) const {
    const Anomaly anomaly = proof.code == kCodeAppend ? Anomaly::kLostAppend : Anomaly::kLostWrite;
    return {anomaly, lost_sentence(problem_, proof, late_, other, anomaly), staleness(proof)};
  }

  // If values repeat, an observed value may come from any mutation with that value.
  LateObservation observation_of(const KeyOperation& proof) const {
    const auto newer = std::make_shared<NewerMutations>(problem_, proof);
    return {.missing = proof.pure ? nullptr : &proof,
            .late = &late_,
            .observes_state =
                [](const auto& one) { return one.observed != kNoValue || is_mismatch(one); },
            .proves_stale =
                [this, newer](const KeyOperation& one) {
                  if (one.invoke <= late_.complete || is_mismatch(one)) return false;
                  const auto last = newer->last_end_of_seen(one);
                  return last && *last < late_.invoke;
                },
            .may_see_newer =
                [this, newer](const KeyOperation& one) {
                  // A failed cas shows only what the value was not.
                  if (is_mismatch(one)) return one.argument == late_.observed;
                  return newer->last_end_of_seen(one).has_value();
                }};
  }

  static bool is_mismatch(const KeyOperation& operation) {
    return operation.code == kCodeMismatch && operation.pure;
  }

  // A mutation is certainly newer if it began after the last moment at which the older value can
  // have been there.
  Staleness staleness(const KeyOperation& proof) const {
    const auto newer = std::count_if(
        problem_.operations.begin(), problem_.operations.end(), [&](const KeyOperation& other) {
          return !other.pure && other.invoke > proof.complete && other.complete < late_.invoke;
        });
    const std::int64_t from = problem_.source(proof).complete_time;
    const std::int64_t to = problem_.source(late_).invoke_time;
    const bool timed = from != kNoTime && to != kNoTime && from <= to;
    return {timed ? time_between(from, to) : kNoTime, static_cast<std::uint64_t>(newer) + 1};
  }

  const KeyProblem& problem_;
  Wording wording_;
  const KeyOperation& late_;
};

}  // namespace

std::optional<Finding> explain_by_moment(const KeyProblem& problem,
                                         std::span<const KeyOperation> counterexample) {
  if (counterexample.size() > SmallSearch::kOperationsMax) return std::nullopt;
  const Budget budget(kMomentTimeMax, 0);
  SmallSearch search(problem, budget);
  std::optional<Finding> never, early;
  for (auto next = counterexample.rbegin(); next != counterexample.rend(); ++next) {
    const KeyOperation& observer = *next;
    if (!observer.required || observer.observed == kNoValue) continue;
    const OtherMoment moment(counterexample, observer, search);
    if (!moment.is_culprit()) continue;
    const MomentExplainer explainer(problem, observer);
    const KeyOperation* late = moment.overtaken_by();
    if (late != nullptr && search.is_certain()) return explainer.old(*late);
    if (moment.ahead_of() != nullptr) {
      if (!early) early = explainer.too_early(*moment.ahead_of());
    } else if (!never) {
      never = explain_pieces(problem, counterexample, observer, search);
    }
  }
  if (!search.is_certain()) return std::nullopt;
  return never ? never : early;
}

}  // namespace capsize::checker
