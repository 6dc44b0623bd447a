// Names violations of queues, stacks, bags and sets, element by element: was it ever put in, once,
// before it came out, and where did it go?
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "checker/explain/finding.h"
#include "checker/explain/wording.h"
#include "checker/models/collection.h"

namespace capsize::checker {
namespace {

using Operations = std::vector<const KeyOperation*>;

bool precedes(const KeyOperation& a, const KeyOperation& b) {
  return a.complete < b.invoke;
}

class CollectionExplainer {
 public:
  CollectionExplainer(const KeyProblem& problem, std::span<const KeyOperation> witness)
      : problem_(problem), wording_(problem) {
    for (const KeyOperation& operation : witness) {
      if (operation.code == kCodeAdd) added_[operation.argument].push_back(&operation);
      if (operation.code == kCodeRemove) removed_[operation.argument].push_back(&operation);
      if (operation.code != kCodeTake) continue;
      if (operation.argument == kNoValue) ++unknown_takes_;
      if (operation.argument == kNullValue) found_empty_.push_back(&operation);
      if (operation.required && operation.argument != kNullValue) {
        taken_[operation.argument].push_back(&operation);
      }
    }
    for (const KeyOperation& operation : witness) look(operation);
  }

  std::optional<Finding> find() const {
    for (const auto& [element, takers] : taken_) {
      if (auto found = impossible_take(element, takers)) return found;
    }
    for (const Sight& sight : shown_) {
      if (auto found = impossible_sight(sight)) return about(sight, *std::move(found));
    }
    for (const Sight& sight : not_shown_) {
      if (auto found = missing(sight)) return about(sight, *std::move(found));
    }
    for (const KeyOperation* empty : found_empty_) {
      if (auto found = not_empty(*empty)) return found;
    }
    return out_of_turn();
  }

 private:
  // A question to a set about one element, and which answer it got.
  struct Sight {
    const KeyOperation* observer;
    ValueId element;
  };

  // Each element of a set is a story of its own.
  Finding about(const Sight& sight, Finding finding) const {
    for (const auto& [element, adders] : added_) {
      if (element == sight.element) continue;
      for (const KeyOperation* adder : adders) finding.background.push_back(adder->source);
    }
    return finding;
  }

  const Operations& of(const std::map<ValueId, Operations>& all, ValueId element) const {
    const auto found = all.find(element);
    return found == all.end() ? nothing_ : found->second;
  }

  void look(const KeyOperation& operation) {
    if (operation.code == kCodeContains) shown_.push_back({&operation, operation.argument});
    if (operation.code == kCodeLacks) not_shown_.push_back({&operation, operation.argument});
    if (operation.code != kCodeReadAll || operation.argument == kNullValue) return;
    const auto elements = problem_.history.values.as_list(operation.argument);
    for (const ValueId element : elements) shown_.push_back({&operation, element});
    for (const auto& [element, adders] : added_) {
      if (std::find(elements.begin(), elements.end(), element) == elements.end()) {
        not_shown_.push_back({&operation, element});
      }
    }
  }

  std::string element(ValueId value) const { return wording_.value(value); }

  // Nobody put it in, or not before it was seen.
  std::optional<Finding> sourceless(const KeyOperation& observer, ValueId value) const {
    const Operations& adders = of(added_, value);
    const std::string saw =
        fmt::format("{} showed {}", wording_.by_process(observer), element(value));
    if (!adders.empty()) {
      const auto first =
          *std::min_element(adders.begin(), adders.end(),
                            [](const auto* a, const auto* b) { return a->invoke < b->invoke; });
      if (!precedes(observer, *first)) return std::nullopt;
      return Finding{Anomaly::kReadBeforeWrite,
                     fmt::format("{}, but {} began only {} that: a read before its write", saw,
                                 wording_.by_process(*first), wording_.after(observer, *first))};
    }
    if (problem_.initial != kNullValue) return std::nullopt;  // it may have been there at first
    for (const KeyOperation& failed : problem_.failed) {
      if (failed.code != kCodeAdd || failed.argument != value) continue;
      return Finding{Anomaly::kAbortedRead,
                     fmt::format("{}, which only the failed {} tried to put in: an aborted read",
                                 saw, wording_.by_process(failed))};
    }
    return Finding{Anomaly::kPhantomElement,
                   fmt::format("{}, which no operation ever put in{}: a phantom element", saw,
                               wording_.to_key())};
  }

  std::optional<Finding> impossible_take(ValueId value, const Operations& takers) const {
    for (const KeyOperation* taker : takers) {
      if (auto found = sourceless(*taker, value)) return found;
    }
    const std::size_t times = of(added_, value).size();
    if (takers.size() <= times || problem_.initial != kNullValue) return std::nullopt;
    return Finding{
        Anomaly::kDuplicateElement,
        fmt::format("{} took {} out, as {} others did, though it was put in {}: a "
                    "duplicate element",
                    wording_.by_process(*takers.back()), element(value), takers.size() - 1,
                    times == 1 ? "once" : fmt::format("{} times", times))};
  }

  std::optional<Finding> impossible_sight(const Sight& sight) const {
    if (auto found = sourceless(*sight.observer, sight.element)) return found;
    // Removed for certain, and not added since.
    for (const KeyOperation* removal : of(removed_, sight.element)) {
      if (!precedes(*removal, *sight.observer)) continue;
      const Operations& adders = of(added_, sight.element);
      if (!std::all_of(adders.begin(), adders.end(),
                       [&](const auto* adder) { return precedes(*adder, *removal); })) {
        continue;
      }
      return Finding{Anomaly::kResurrectedElement,
                     fmt::format("{} showed {}, {} {} had been acknowledged to process {}: a "
                                 "resurrected element",
                                 wording_.by_process(*sight.observer), element(sight.element),
                                 wording_.after(*removal, *sight.observer),
                                 wording_.operation(*removal), wording_.process(*removal))};
    }
    return std::nullopt;
  }

  // Added for certain or seen before, and by nobody removed.
  std::optional<Finding> missing(const Sight& sight) const {
    const auto& removals = of(removed_, sight.element);
    if (std::any_of(removals.begin(), removals.end(),
                    [&](const auto* removal) { return !precedes(*sight.observer, *removal); })) {
      return std::nullopt;
    }
    const KeyOperation* proof = nullptr;
    for (const KeyOperation* adder : of(added_, sight.element)) {
      if (precedes(*adder, *sight.observer)) proof = adder;
    }
    for (const Sight& other : shown_) {
      if (proof == nullptr && other.element == sight.element &&
          precedes(*other.observer, *sight.observer)) {
        proof = other.observer;
      }
    }
    if (proof == nullptr) return std::nullopt;
    const bool stale = seen_later(sight);
    return Finding{
        stale ? Anomaly::kStaleRead : Anomaly::kLostElement,
        fmt::format("{} did not show {}, {} {} of process {} had been acknowledged{}",
                    wording_.by_process(*sight.observer), element(sight.element),
                    wording_.after(*proof, *sight.observer), wording_.operation(*proof),
                    wording_.process(*proof),
                    stale ? ", and it was seen again later: a stale read" : ": a lost element")};
  }

  bool seen_later(const Sight& sight) const {
    return std::any_of(problem_.operations.begin(), problem_.operations.end(),
                       [&](const KeyOperation& other) {
                         if (other.invoke < sight.observer->invoke) return false;
                         if (other.code == kCodeContains) return other.argument == sight.element;
                         if (other.code != kCodeReadAll || other.argument == kNullValue)
                           return false;
                         const auto all = problem_.history.values.as_list(other.argument);
                         return std::find(all.begin(), all.end(), sight.element) != all.end();
                       });
  }

  std::optional<Finding> not_empty(const KeyOperation& empty) const {
    if (unknown_takes_ > 0) return std::nullopt;
    for (const auto& [value, adders] : added_) {
      const auto surely_in = static_cast<std::size_t>(std::count_if(
          adders.begin(), adders.end(), [&](const auto* a) { return precedes(*a, empty); }));
      const Operations& takers = of(taken_, value);
      const auto perhaps_out = static_cast<std::size_t>(std::count_if(
          takers.begin(), takers.end(), [&](const auto* t) { return !precedes(empty, *t); }));
      if (surely_in <= perhaps_out) continue;
      return Finding{Anomaly::kLostElement,
                     fmt::format("{} found nothing, {} {} had been acknowledged to process {}, and "
                                 "nobody had taken {} out: a lost element",
                                 wording_.by_process(empty), wording_.after(*adders.front(), empty),
                                 wording_.operation(*adders.front()),
                                 wording_.process(*adders.front()), element(value))};
    }
    return std::nullopt;
  }

  // An element that came out though another one should have come out before.
  std::optional<Finding> out_of_turn() const {
    const bool stack = problem_.model.name == "stack";
    if (unknown_takes_ > 0 || (!stack && problem_.model.name != "fifo-queue")) return std::nullopt;
    for (const auto& [passed, adders] : added_) {
      for (const auto& [value, takers] : taken_) {
        const Operations& rivals = of(added_, value);
        if (value == passed || adders.size() != 1 || rivals.size() != 1 || takers.size() != 1) {
          continue;
        }
        // What lies in front: of a queue what went in before, of a stack what went in later, too.
        const bool in_front =
            stack ? precedes(*rivals[0], *adders[0]) && precedes(*adders[0], *takers[0])
                  : precedes(*adders[0], *rivals[0]);
        if (!in_front) continue;
        const Operations& others = of(taken_, passed);
        if (others.size() > 1) continue;
        if (!others.empty() && !precedes(*takers[0], *others[0])) continue;
        const char* verdict = others.empty() ? "nobody ever takes out: a lost element"
                                             : "came out only later: a reordered element";
        return Finding{others.empty() ? Anomaly::kLostElement : Anomaly::kReorderedElement,
                       fmt::format("{} took {} out, though {} was put in by process {} before {} "
                                   "began, and {} {}",
                                   wording_.by_process(*takers[0]), element(value), element(passed),
                                   wording_.process(*adders[0]), wording_.by_process(*rivals[0]),
                                   element(passed), verdict)};
      }
    }
    return std::nullopt;
  }

  const KeyProblem& problem_;
  Wording wording_;
  Operations nothing_;
  std::map<ValueId, Operations> added_, removed_, taken_;
  Operations found_empty_;
  std::vector<Sight> shown_, not_shown_;
  std::size_t unknown_takes_ = 0;
};

}  // namespace

std::optional<Finding> explain_collection(const KeyProblem& problem,
                                          std::span<const KeyOperation> witness) {
  return CollectionExplainer(problem, witness).find();
}

}  // namespace capsize::checker
