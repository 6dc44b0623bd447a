// Names violations of queues, stacks and bags in which elements may be equal: by which change would
// make them legal.
//
// Take a dequeue without which the others have a legal order. If there is one with it when it may
// end later, it took its element too early. If there is one when an element may have vanished, an
// element that blocks it was lost. If there is one when it may begin earlier, it took its element
// too late. If there is one when its element was put in a second time, it is a duplicate. The
// search answers these questions.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "checker/explain/explainers.h"
#include "checker/explain/small_search.h"
#include "checker/explain/wording.h"
#include "checker/specification/collection.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

constexpr std::chrono::nanoseconds kTurnTimeMax = std::chrono::milliseconds(100);

class TurnExplainer {
 public:
  TurnExplainer(const KeyProblem& problem, std::span<const KeyOperation> counterexample,
                const KeyOperation& take, SmallSearch& search)
      : problem_(problem), wording_(problem), take_(take), search_(search) {
    std::copy_if(counterexample.begin(), counterexample.end(), std::back_inserter(others_),
                 [&](const KeyOperation& other) { return other.source != take.source; });
  }

  std::optional<Finding> find() {
    if (!search_.has_legal_order(others_)) return std::nullopt;
    if (take_.argument == kNullValue) return found_nothing();
    const std::string took =
        fmt::format("{} took {} out", wording_.by_process(take_), wording_.value(take_.argument));
    if (is_legal_in(take_.invoke, kLast)) {
      return Finding{Anomaly::kReorderedElement, took + " before its turn: a reordered element"};
    }
    if (is_legal_with(vanishing())) {
      return something_missing(took + ", where something else must have been",
                               Anomaly::kReorderedOrLost);
    }
    if (is_legal_in(0, take_.complete)) {
      return Finding{Anomaly::kReorderedElement, took + " after its turn: a reordered element"};
    }
    if (is_legal_with(another(take_.argument))) {
      return Finding{Anomaly::kDuplicateElement,
                     took + ", once more than it can have been there: a duplicate element"};
    }
    return std::nullopt;
  }

 private:
  static constexpr Position kLast = kNever - 1;

  std::optional<Finding> found_nothing() {
    if (!is_legal_with(vanishing())) return std::nullopt;
    return something_missing(
        wording_.by_process(take_) + " found nothing, where something must have been",
        Anomaly::kStaleOrLost);
  }

  // Elements are equal, so no operation shows whether the missing element was taken later. It is
  // lost if a later operation finds the collection empty, nothing was put in later, and nothing was
  // taken out since.
  Finding something_missing(const std::string& saw, Anomaly otherwise) const {
    const KeyOperation* empty = nullptr;
    bool may_be_another = false;
    for (const KeyOperation& one : problem_.operations) {
      if (one.source == take_.source || one.complete < take_.invoke) continue;
      const bool is_empty = one.code == kCodeTake && one.argument == kNullValue && one.required;
      const bool other = problem_.source(one).process != problem_.source(take_).process;
      if (is_empty && other && one.invoke > take_.complete) empty = &one;
      may_be_another = may_be_another || !is_empty;
    }
    const Anomaly anomaly = empty != nullptr && !may_be_another ? Anomaly::kLostElement : otherwise;
    return {anomaly, fmt::format("{}, which no operation is known to have taken out: a {}", saw,
                                 name(anomaly))};
  }

  bool is_legal_in(Position invoke, Position complete) {
    KeyOperation moved = take_;
    moved.invoke = invoke;
    moved.complete = complete;
    std::vector<KeyOperation> operations = others_;
    operations.push_back(moved);
    return search_.has_legal_order(std::move(operations));
  }

  bool is_legal_with(const KeyOperation& more) {
    std::vector<KeyOperation> operations = others_;
    operations.push_back(take_);
    operations.push_back(more);
    return search_.has_legal_order(std::move(operations));
  }

  // Operations that may have taken effect at any time, or never.
  static KeyOperation vanishing() {
    KeyOperation take;
    take.code = kCodeTake;
    return take;
  }
  static KeyOperation another(ValueId element) {
    KeyOperation add;
    add.code = kCodeAdd;
    add.argument = element;
    return add;
  }

  const KeyProblem& problem_;
  Wording wording_;
  const KeyOperation& take_;
  SmallSearch& search_;
  std::vector<KeyOperation> others_;
};

}  // namespace

std::optional<Finding> explain_removal_order(const KeyProblem& problem,
                                             std::span<const KeyOperation> counterexample) {
  if (counterexample.size() > SmallSearch::kOperationsMax) return std::nullopt;
  const Budget budget(kTurnTimeMax, 0);
  SmallSearch search(problem, budget);
  for (auto next = counterexample.rbegin(); next != counterexample.rend(); ++next) {
    if (next->code != kCodeTake || !next->required) continue;
    auto found = TurnExplainer(problem, counterexample, *next, search).find();
    if (!search.is_certain()) return std::nullopt;
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace capsize::checker
