// Names violations of whatever is read whole (registers, strings, lists), values may repeat: by the
// moment at which the observed value would have been right (OtherMoment).
//
// Where two observers contradict each other, each of them alone may be right, and one can be called
// late or the other early. The last one that may be late is: to be late takes a slow copy, to see
// what is still to come takes a miracle.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "checker/explain/finding.h"
#include "checker/explain/small_search.h"
#include "checker/explain/wording.h"

namespace capsize::checker {
namespace {

constexpr std::chrono::nanoseconds kMomentTimeMax = std::chrono::milliseconds(50);

class MomentExplainer {
 public:
  MomentExplainer(const KeyProblem& problem, const KeyOperation& late)
      : problem_(problem), wording_(problem), late_(late) {}

  Finding old(const KeyOperation& proof) const {
    if (vanished(proof)) return lost(proof);
    const std::string newer = proof.pure
                                  ? fmt::format("{}, which is newer", wording_.saw(proof))
                                  : fmt::format("{} had been acknowledged to process {}",
                                                wording_.operation(proof), wording_.process(proof));
    return {Anomaly::kStaleRead,
            fmt::format("{}, {} {}: a stale read", wording_.saw(late_),
                        wording_.after(proof, late_), newer),
            staleness(proof)};
  }

  Finding too_early(const KeyOperation& origin) const {
    return {Anomaly::kReadBeforeWrite,
            fmt::format("{}, but {}, without which that value was not there, began only {} that: a "
                        "read before its write",
                        wording_.saw(late_), wording_.by_process(origin),
                        wording_.after(late_, origin))};
  }

 private:
  Finding lost(const KeyOperation& proof) const {
    const bool append = proof.code == kCodeAppend;
    return {
        append ? Anomaly::kLostAppend : Anomaly::kLostWrite,
        fmt::format("{} was acknowledged to process {}, but is never seen: {} that, {}: a lost "
                    "{}",
                    wording_.operation(proof), wording_.process(proof),
                    wording_.after(proof, late_), wording_.saw(late_), append ? "append" : "write"),
        staleness(proof)};
  }

  // Whether nobody ever sees it, nor anything that may have come after it: then it is gone, and not
  // just overlooked by one reader. Where values repeat, whatever looks like it counts.
  bool vanished(const KeyOperation& proof) const {
    if (proof.pure) return false;
    return std::none_of(
        problem_.operations.begin(), problem_.operations.end(), [&](const KeyOperation& newer) {
          const bool may_be_newer = !newer.pure && newer.complete >= proof.invoke;
          return may_be_newer && std::any_of(problem_.operations.begin(), problem_.operations.end(),
                                             [&](const KeyOperation& observer) {
                                               return observer.source != late_.source &&
                                                      shows(observer, newer);
                                             });
        });
  }

  bool shows(const KeyOperation& observer, const KeyOperation& writer) const {
    const ValueTable& values = problem_.history.values;
    if (!observer.required || observer.observed == kNoValue) return false;
    if (writer.written != kNoValue && values.kind(writer.written) != ValueTable::Kind::kText) {
      return observer.observed == writer.written;
    }
    return problem_.model.needs(values, observer, writer);
  }

  // Newer for certain is what began after the older value can have been there for the last time.
  Staleness staleness(const KeyOperation& proof) const {
    const auto newer = std::count_if(
        problem_.operations.begin(), problem_.operations.end(), [&](const KeyOperation& other) {
          return !other.pure && other.invoke > proof.complete && other.complete < late_.invoke;
        });
    const std::int64_t from = problem_.source(proof).complete_time;
    const std::int64_t to = problem_.source(late_).invoke_time;
    const bool timed = from != kNoTime && to != kNoTime && from <= to;
    return {timed ? to - from : kNoTime, static_cast<std::uint64_t>(newer) + 1};
  }

  const KeyProblem& problem_;
  Wording wording_;
  const KeyOperation& late_;
};

}  // namespace

std::optional<Finding> explain_by_moment(const KeyProblem& problem,
                                         std::span<const KeyOperation> witness) {
  if (witness.size() > SmallSearch::kOperationsMax) return std::nullopt;
  const Budget budget(kMomentTimeMax, 0);
  SmallSearch search(problem, budget);
  std::optional<Finding> never, early;
  for (auto next = witness.rbegin(); next != witness.rend(); ++next) {
    const KeyOperation& observer = *next;
    if (!observer.required || observer.observed == kNoValue) continue;
    const OtherMoment moment(witness, observer, search);
    if (!moment.is_culprit()) continue;
    const MomentExplainer explainer(problem, observer);
    const KeyOperation* late = moment.overtaken_by();
    if (late != nullptr && search.is_certain()) return explainer.old(*late);
    if (moment.ahead_of() != nullptr) {
      if (!early) early = explainer.too_early(*moment.ahead_of());
    } else if (!never) {
      never = explain_pieces(problem, witness, observer, search);
    }
  }
  if (!search.is_certain()) return std::nullopt;
  return never ? never : early;
}

}  // namespace capsize::checker
