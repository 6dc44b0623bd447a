// Names violations of append-only lists, in the order of the conditions of the decider's theorem
// (collections/distinct_list.h): whether elements were appended, once, in one order, and in time.
#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "checker/collections/distinct_list.h"
#include "checker/explain/explainers.h"
#include "checker/explain/lost_or_stale.h"
#include "checker/explain/unwritten_value.h"
#include "checker/explain/wording.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

using List = std::vector<ValueId>;

bool contains(const List& list, ValueId element) {
  return std::find(list.begin(), list.end(), element) != list.end();
}

class ListExplainer {
 public:
  /// The result of a read, as elements.
  using Elements = std::function<List(const KeyOperation& read)>;

  ListExplainer(const KeyProblem& problem, std::span<const KeyOperation> counterexample,
                Elements elements, std::string_view what)
      : problem_(problem),
        wording_(problem),
        counterexample_(counterexample),
        list_(std::move(elements)),
        what_(what) {
    for (const KeyOperation& operation : counterexample) {
      if (operation.code == kCodeAppend) {
        appender_[operation.argument] = &operation;
      } else if (longest_ == nullptr || list(operation).size() > list(*longest_).size()) {
        longest_ = &operation;
      }
    }
  }

  std::optional<Finding> find() const {
    for (const KeyOperation& read : counterexample_) {
      if (read.code != kCodeRead) continue;
      if (auto found = impossible_element(read)) return found;
    }
    for (const KeyOperation& read : counterexample_) {
      if (read.code != kCodeRead) continue;
      if (auto found = disagreement(read)) return found;
    }
    for (const KeyOperation& second : counterexample_) {
      for (const KeyOperation& first : counterexample_) {
        if (first.complete >= second.invoke) continue;
        if (auto found = out_of_order(first, second)) return found;
      }
    }
    return std::nullopt;
  }

 private:
  List list(const KeyOperation& read) const { return list_(read); }

  std::string read_by(const KeyOperation& read) const { return wording_.by_process(read); }

  std::optional<Finding> impossible_element(const KeyOperation& read) const {
    std::unordered_set<ValueId> seen;
    for (const ValueId element : list(read)) {
      const std::string text = wording_.value(element);
      const auto appends_it = [&](const KeyOperation& failed) {
        return failed.code == kCodeAppend && failed.argument == element;
      };
      const std::string saw =
          fmt::format("{} returned a {} with {} in it", read_by(read), what_, text);
      const bool twice = !seen.insert(element).second;
      if (twice && failed_writer_before(problem_, read, appends_it) == nullptr) {
        return Finding{
            Anomaly::kDuplicateAppend,
            fmt::format("{} twice, though it was appended once: a duplicate append", saw)};
      }
      if (!twice && appender_.contains(element)) continue;
      return explain_unwritten_value(problem_,
                                     {.observer = read,
                                      .saw = twice ? saw + " twice" : saw,
                                      .is_writer = appends_it,
                                      .to_write = twice ? "append a second time" : "append",
                                      .wrote = "appended"});
    }
    return std::nullopt;
  }

  // Two reads of which neither is a prefix of the other.
  std::optional<Finding> disagreement(const KeyOperation& read) const {
    const List shorter = list(read);
    const List longer = list(*longest_);
    const auto [mine, theirs] =
        std::mismatch(shorter.begin(), shorter.end(), longer.begin(), longer.end());
    if (mine == shorter.end()) return std::nullopt;
    if (contains(longer, *mine) && theirs != longer.end() && contains(shorter, *theirs)) {
      return Finding{
          Anomaly::kReorderedAppend,
          fmt::format("{} saw {} where {} saw {}, and that before it: a reordered append",
                      read_by(read), wording_.value(*mine), read_by(*longest_),
                      wording_.value(*theirs))};
    }
    return Finding{Anomaly::kIncompatibleOrder,
                   fmt::format("{} saw {} where {} saw {}, so neither can have become the other: "
                               "an incompatible order",
                               read_by(read), wording_.value(*mine), read_by(*longest_),
                               wording_.value(*theirs))};
  }

  // `first` had returned before `second` began.
  std::optional<Finding> out_of_order(const KeyOperation& first, const KeyOperation& second) const {
    if (first.code == kCodeRead && second.code == kCodeAppend) {
      if (!contains(list(first), second.argument)) return std::nullopt;
      return Finding{Anomaly::kReadBeforeWrite,
                     fmt::format("{} returned a {} with {} in it, but {} began only {} that: a "
                                 "read before its write",
                                 read_by(first), what_, wording_.value(second.argument),
                                 wording_.by_process(second), wording_.after(first, second))};
    }
    if (second.code == kCodeRead) return missing(first, second);
    return appended_before(first, second);
  }

  // A read that lacks an element which was there before it began.
  std::optional<Finding> missing(const KeyOperation& first, const KeyOperation& read) const {
    ValueId element = first.argument;
    if (first.code == kCodeRead) {
      if (list(first).size() <= list(read).size()) return std::nullopt;
      element = list(first)[list(read).size()];
    }
    if (contains(list(read), element)) return std::nullopt;
    if (const KeyOperation* other = incompatible_with(read, element)) {
      return Finding{Anomaly::kIncompatibleOrder,
                     fmt::format("{} returned a {} without {}, and {} one with it and in another "
                                 "order: an incompatible order",
                                 read_by(read), what_, wording_.value(element), read_by(*other))};
    }
    const KeyOperation* append = acknowledged_append(element, read);
    const auto shows_it = [&](const KeyOperation& other) { return contains(list(other), element); };
    const LostOrStale judged = lost_or_stale(
        problem_,
        {.missing = append,
         .late = &read,
         .observes_state = &is_list_read,
         .proves_stale =
             [&](const auto& other) { return other.invoke > read.complete && shows_it(other); },
         .may_see_newer = shows_it});
    if (judged.kind == LostOrStale::Kind::kLost) {
      return Finding{Anomaly::kLostAppend,
                     lost_sentence(problem_, *append, read, *judged.other, Anomaly::kLostAppend)};
    }
    const Anomaly anomaly =
        judged.kind == LostOrStale::Kind::kStale ? Anomaly::kStaleRead : Anomaly::kStaleOrLost;
    const std::string before =
        first.code == kCodeRead ? fmt::format("{} had returned a {} with it", read_by(first), what_)
                                : fmt::format("{} had been acknowledged to process {}",
                                              wording_.operation(first), wording_.process(first));
    return Finding{anomaly, fmt::format("{} returned a {} without {}, {} {}: a {}", read_by(read),
                                        what_, wording_.value(element), wording_.after(first, read),
                                        before, name(anomaly))};
  }

  // A read that shows the element, and whose list is not an extension of this one's.
  const KeyOperation* incompatible_with(const KeyOperation& read, ValueId element) const {
    const List without = list(read);
    for (const KeyOperation& other : problem_.operations) {
      if (!is_list_read(other)) continue;
      const List with = list(other);
      if (!contains(with, element) || with.size() < without.size()) continue;
      if (!std::equal(without.begin(), without.end(), with.begin())) return &other;
    }
    return nullptr;
  }

  static bool is_list_read(const KeyOperation& operation) {
    return operation.code == kCodeRead && operation.observed != kNoValue;
  }

  const KeyOperation* acknowledged_append(ValueId element, const KeyOperation& before) const {
    const auto append = appender_.find(element);
    if (append == appender_.end() || append->second->complete >= before.invoke) return nullptr;
    return append->second;
  }

  bool is_ever_seen(ValueId element) const {
    return std::any_of(problem_.operations.begin(), problem_.operations.end(),
                       [&](const KeyOperation& read) {
                         return is_list_read(read) && contains(list(read), element);
                       });
  }

  std::optional<Finding> appended_before(const KeyOperation& first,
                                         const KeyOperation& second) const {
    if (longest_ == nullptr || !contains(list(*longest_), second.argument)) return std::nullopt;
    const List longest = list(*longest_);
    const auto later = std::find(longest.begin(), longest.end(), second.argument);
    const auto earlier = std::find(longest.begin(), longest.end(), first.argument);
    if (earlier == longest.end()) {
      // If another read shows the element, it is not lost, but the lists differ.
      const Anomaly anomaly =
          is_ever_seen(first.argument) ? Anomaly::kIncompatibleOrder : Anomaly::kLostAppend;
      return Finding{anomaly,
                     fmt::format("{} was acknowledged to process {} before {} began, but {} saw "
                                 "only the second: {} {}",
                                 wording_.operation(first), wording_.process(first),
                                 wording_.by_process(second), read_by(*longest_),
                                 anomaly == Anomaly::kLostAppend ? "a" : "an", name(anomaly))};
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
  std::span<const KeyOperation> counterexample_;
  std::unordered_map<ValueId, const KeyOperation*> appender_;
  const KeyOperation* longest_ = nullptr;
  Elements list_;
  std::string_view what_;  // "list" or "string"
};

// Splits a string into its pieces; nothing if it does not consist of known pieces.
std::optional<List> pieces_of(const KeyProblem& problem,
                              std::span<const KeyOperation> counterexample, ValueId value) {
  const ValueTable& values = problem.history.values;
  if (values.kind(value) != ValueTable::Kind::kText) return List{};
  std::string_view rest = values.as_text(value);
  List pieces;
  while (!rest.empty()) {
    ValueId longest = kNoValue;
    const auto look_at = [&](const KeyOperation& append) {
      if (append.code != kCodeAppend || !rest.starts_with(values.as_text(append.argument))) return;
      if (longest == kNoValue ||
          values.as_text(append.argument).size() > values.as_text(longest).size()) {
        longest = append.argument;
      }
    };
    std::for_each(counterexample.begin(), counterexample.end(), look_at);
    std::for_each(problem.failed.begin(), problem.failed.end(), look_at);
    if (longest == kNoValue || values.as_text(longest).empty()) return std::nullopt;
    rest.remove_prefix(values.as_text(longest).size());
    pieces.push_back(longest);
  }
  return pieces;
}

}  // namespace

std::optional<Finding> explain_list(const KeyProblem& problem,
                                    std::span<const KeyOperation> counterexample) {
  for (const KeyOperation& operation : counterexample) {
    const bool is_read = operation.code == kCodeRead && operation.observed != kNoValue &&
                         problem.history.values.kind(operation.observed) == ValueTable::Kind::kList;
    if (!is_read && operation.code != kCodeAppend) return std::nullopt;
  }
  DistinctListDecider decider(problem.history.values);
  if (!decider.decide(counterexample, problem.initial).is_violation()) return std::nullopt;
  const auto elements = [&](const KeyOperation& read) {
    const auto list = problem.history.values.as_list(read.observed);
    return List(list.begin(), list.end());
  };
  return ListExplainer(problem, counterexample, elements, "list").find();
}

std::optional<Finding> explain_text(const KeyProblem& problem,
                                    std::span<const KeyOperation> counterexample) {
  std::unordered_set<ValueId> appended;
  for (const KeyOperation& operation : counterexample) {
    if (operation.code == kCodeAppend && appended.insert(operation.argument).second) continue;
    if (operation.code != kCodeRead || operation.observed == kNoValue) return std::nullopt;
  }
  if (problem.initial != kNullValue) return std::nullopt;
  const Wording wording(problem);
  for (const KeyOperation& read : counterexample) {
    if (read.code != kCodeRead || pieces_of(problem, counterexample, read.observed)) continue;
    return Finding{
        Anomaly::kGarbageRead,
        fmt::format("{} returned {}, which is not made of what was appended{}: a "
                    "garbage read",
                    wording.by_process(read), wording.value(read.observed), wording.to_key())};
  }
  const auto elements = [&](const KeyOperation& read) {
    if (auto pieces = pieces_of(problem, counterexample, read.observed)) return *std::move(pieces);
    return pieces_of(problem, problem.operations, read.observed).value_or(List{});
  };
  return ListExplainer(problem, counterexample, elements, "string").find();
}

}  // namespace capsize::checker
