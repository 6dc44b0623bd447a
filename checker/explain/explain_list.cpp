// Names violations of append-only lists, in the order in which the decider's theorem asks its
// questions (algorithms/distinct_list.h): appended at all, once, in one order, and in time?
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "checker/algorithms/distinct_list.h"
#include "checker/explain/finding.h"
#include "checker/explain/wording.h"

namespace capsize::checker {
namespace {

using List = std::span<const ValueId>;

bool contains(List list, ValueId element) {
  return std::find(list.begin(), list.end(), element) != list.end();
}

class ListExplainer {
 public:
  ListExplainer(const KeyProblem& problem, std::span<const KeyOperation> witness)
      : problem_(problem), wording_(problem), witness_(witness) {
    for (const KeyOperation& operation : witness) {
      if (operation.code == kCodeAppend) {
        appender_[operation.argument] = &operation;
      } else if (longest_ == nullptr || list(operation).size() > list(*longest_).size()) {
        longest_ = &operation;
      }
    }
  }

  std::optional<Finding> find() const {
    for (const KeyOperation& read : witness_) {
      if (read.code != kCodeRead) continue;
      if (auto found = impossible_element(read)) return found;
    }
    for (const KeyOperation& read : witness_) {
      if (read.code != kCodeRead) continue;
      if (auto found = disagreement(read)) return found;
    }
    for (const KeyOperation& second : witness_) {
      for (const KeyOperation& first : witness_) {
        if (first.complete >= second.invoke) continue;
        if (auto found = out_of_order(first, second)) return found;
      }
    }
    return std::nullopt;
  }

 private:
  List list(const KeyOperation& read) const {
    return problem_.history.values.as_list(read.observed);
  }

  std::string read_by(const KeyOperation& read) const { return wording_.by_process(read); }

  std::optional<Finding> impossible_element(const KeyOperation& read) const {
    std::unordered_set<ValueId> seen;
    for (const ValueId element : list(read)) {
      const std::string text = wording_.value(element);
      if (!seen.insert(element).second) {
        return Finding{Anomaly::kDoubledAppend,
                       fmt::format("{} returned a list with {} twice in it, though it was appended "
                                   "once: a doubled append",
                                   read_by(read), text)};
      }
      if (appender_.contains(element)) continue;
      for (const KeyOperation& failed : problem_.failed) {
        if (failed.argument != element) continue;
        return Finding{Anomaly::kAbortedRead,
                       fmt::format("{} returned a list with {} in it, which only the failed {} "
                                   "tried to append: an aborted read",
                                   read_by(read), text, wording_.by_process(failed))};
      }
      return Finding{Anomaly::kPhantomAppend,
                     fmt::format("{} returned a list with {} in it, which no operation ever "
                                 "appended{}: a phantom append",
                                 read_by(read), text, wording_.to_key())};
    }
    return std::nullopt;
  }

  // Two reads of which none is the beginning of the other.
  std::optional<Finding> disagreement(const KeyOperation& read) const {
    const List shorter = list(read);
    const List longer = list(*longest_);
    const auto [mine, theirs] =
        std::mismatch(shorter.begin(), shorter.end(), longer.begin(), longer.end());
    if (mine == shorter.end()) return std::nullopt;
    if (contains(longer, *mine)) {
      return Finding{
          Anomaly::kReorderedAppend,
          fmt::format("{} saw {} where {} saw {}, and that before it: a reordered append",
                      read_by(read), wording_.value(*mine), read_by(*longest_),
                      wording_.value(*theirs))};
    }
    return Finding{Anomaly::kLostAppend,
                   fmt::format("{} saw {}, which is missing from the longer list that {} "
                               "returned: a lost append",
                               read_by(read), wording_.value(*mine), read_by(*longest_))};
  }

  // `first` had returned before `second` began.
  std::optional<Finding> out_of_order(const KeyOperation& first, const KeyOperation& second) const {
    if (first.code == kCodeRead && second.code == kCodeAppend) {
      if (!contains(list(first), second.argument)) return std::nullopt;
      return Finding{Anomaly::kReadBeforeWrite,
                     fmt::format("{} returned a list with {} in it, but {} began only {} that: a "
                                 "read before its write",
                                 read_by(first), wording_.value(second.argument),
                                 wording_.by_process(second), wording_.after(first, second))};
    }
    if (second.code == kCodeRead) return missing(first, second);
    return appended_before(first, second);
  }

  // A later read without an element that was there: lost if nobody sees it any more, else stale.
  std::optional<Finding> missing(const KeyOperation& first, const KeyOperation& read) const {
    ValueId element = first.argument;
    if (first.code == kCodeRead) {
      if (list(first).size() <= list(read).size()) return std::nullopt;
      element = list(first)[list(read).size()];
    }
    if (contains(list(read), element)) return std::nullopt;
    const bool is_read = first.code == kCodeRead;
    const std::string before =
        is_read ? fmt::format("{} had returned a list with it", read_by(first))
                : fmt::format("{} had been acknowledged to process {}", wording_.operation(first),
                              wording_.process(first));
    const bool stale = seen_later(element, read);
    return Finding{stale ? Anomaly::kStaleRead : Anomaly::kLostAppend,
                   fmt::format("{} returned a list without {}, {} {}{}", read_by(read),
                               wording_.value(element), wording_.after(first, read), before,
                               stale ? ": a stale read"
                                     : ", and no later read sees it: a lost "
                                       "append")};
  }

  bool seen_later(ValueId element, const KeyOperation& than) const {
    return std::any_of(problem_.operations.begin(), problem_.operations.end(),
                       [&](const KeyOperation& read) {
                         return read.code == kCodeRead && read.invoke >= than.invoke &&
                                contains(list(read), element);
                       });
  }

  std::optional<Finding> appended_before(const KeyOperation& first,
                                         const KeyOperation& second) const {
    if (longest_ == nullptr || !contains(list(*longest_), second.argument)) return std::nullopt;
    const List longest = list(*longest_);
    const auto later = std::find(longest.begin(), longest.end(), second.argument);
    const auto earlier = std::find(longest.begin(), longest.end(), first.argument);
    if (earlier == longest.end()) {
      return Finding{Anomaly::kLostAppend,
                     fmt::format("{} was acknowledged to process {} before {} began, but {} saw "
                                 "only the second: a lost append",
                                 wording_.operation(first), wording_.process(first),
                                 wording_.by_process(second), read_by(*longest_))};
    }
    if (earlier < later) return std::nullopt;
    return Finding{Anomaly::kReorderedAppend,
                   fmt::format("{} was acknowledged to process {} before {} began, but {} saw {} "
                               "before {}: a reordered append",
                               wording_.operation(first), wording_.process(first),
                               wording_.by_process(second), read_by(*longest_),
                               wording_.value(second.argument), wording_.value(first.argument))};
  }

  const KeyProblem& problem_;
  Wording wording_;
  std::span<const KeyOperation> witness_;
  std::unordered_map<ValueId, const KeyOperation*> appender_;
  const KeyOperation* longest_ = nullptr;
};

}  // namespace

std::optional<Finding> explain_list(const KeyProblem& problem,
                                    std::span<const KeyOperation> witness) {
  for (const KeyOperation& operation : witness) {
    const bool is_read = operation.code == kCodeRead && operation.observed != kNoValue &&
                         problem.history.values.kind(operation.observed) == ValueTable::Kind::kList;
    if (!is_read && operation.code != kCodeAppend) return std::nullopt;
  }
  DistinctListDecider decider(problem.history.values);
  if (!decider.decide(witness, problem.initial).is_violation()) return std::nullopt;
  return ListExplainer(problem, witness).find();
}

}  // namespace capsize::checker
