// Names violations of queues, stacks, bags and sets, element by element: was it ever put in, once,
// before it came out, and where did it go?
#include <fmt/core.h>

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

// Where each is compared with each. Nobody could look at more either.
constexpr std::size_t kOperationsMax = 2'000;

bool precedes(const KeyOperation& a, const KeyOperation& b) {
  return a.complete < b.invoke;
}

class CollectionExplainer {
 public:
  CollectionExplainer(const KeyProblem& problem, std::span<const KeyOperation> witness)
      : problem_(problem), wording_(problem), size_(witness.size()) {
    for (const KeyOperation& operation : witness) {
      if (operation.code == kCodeAdd) added_[operation.argument].push_back(&operation);
      if (operation.code == kCodeRemove) removed_[operation.argument].push_back(&operation);
      if (operation.code != kCodeTake) continue;
      if (operation.argument == kNoValue) unknown_takes_.push_back(&operation);
      if (operation.argument == kNullValue) found_empty_.push_back(&operation);
      if (operation.required && operation.argument != kNullValue) {
        taken_[operation.argument].push_back(&operation);
      }
    }
    for (const KeyOperation& operation : witness) look(operation);
    for (auto& [element, adders] : added_) {
      std::sort(adders.begin(), adders.end(),
                [](const auto* a, const auto* b) { return a->invoke < b->invoke; });
    }
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
    if (size_ > kOperationsMax) return std::nullopt;
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
      const KeyOperation* first = adders.front();  // by invocation
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
    if (problem_.initial != kNullValue) return std::nullopt;
    return taken_too_often(takers);
  }

  // Up to the end of some take more had taken one of these out than had begun to put one in.
  std::optional<Finding> taken_too_often(Operations takers) const {
    std::sort(takers.begin(), takers.end(),
              [](const auto* a, const auto* b) { return a->complete < b->complete; });
    const Operations& adders = of(added_, takers.front()->argument);
    std::size_t times = 0;
    for (std::size_t taken = 1; taken <= takers.size(); ++taken) {
      const KeyOperation& last = *takers[taken - 1];
      while (times < adders.size() && !precedes(last, *adders[times])) ++times;
      // Of those that end together, the last one.
      const bool more = taken < takers.size() && takers[taken]->complete == last.complete;
      if (taken <= times || more) continue;
      const std::string others =
          taken == 2 ? "another one did" : fmt::format("{} others did", taken - 1);
      return Finding{
          Anomaly::kDuplicateElement,
          fmt::format("{} took {} out, as {}, though it was put in {}{}: a duplicate element",
                      wording_.by_process(last), element(last.argument), others,
                      times == 1 ? "once" : fmt::format("{} times", times),
                      times < adders.size() ? " by then" : "")};
    }
    return std::nullopt;
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
    Operations missing;
    for (const auto& [value, adders] : added_) {
      const Operations& takers = of(taken_, value);
      auto perhaps_out = std::count_if(takers.begin(), takers.end(),
                                       [&](const auto* t) { return !precedes(empty, *t); });
      for (const KeyOperation* adder : adders) {
        if (precedes(*adder, empty) && perhaps_out-- <= 0) missing.push_back(adder);
      }
    }
    if (missing.size() <= perhaps_takers(empty)) return std::nullopt;
    if (missing.size() > 1) {
      return too_many(wording_.by_process(empty) + " found nothing", missing, "was in", empty);
    }
    const KeyOperation& adder = *missing.front();
    return Finding{
        Anomaly::kLostElement,
        fmt::format("{} found nothing, {} {} had been acknowledged to process {}, and "
                    "nobody had taken {} out: a lost element",
                    wording_.by_process(empty), wording_.after(adder, empty),
                    wording_.operation(adder), wording_.process(adder), element(adder.argument))};
  }

  // Indeterminate takes that may have taken something before this one was over.
  std::size_t perhaps_takers(const KeyOperation& until) const {
    return static_cast<std::size_t>(
        std::count_if(unknown_takes_.begin(), unknown_takes_.end(),
                      [&](const auto* take) { return !precedes(until, *take); }));
  }

  Finding too_many(const std::string& saw, const Operations& missing, const char* where,
                   const KeyOperation& until) const {
    std::string elements;
    for (const KeyOperation* adder : missing) {
      elements += (elements.empty() ? "" : ", ") + element(adder->argument);
    }
    const std::size_t takes = perhaps_takers(until);
    return {Anomaly::kLostElement,
            fmt::format("{}, though each of {} {} for sure and nobody is known to have taken it "
                        "out, and only {} indeterminate {} can have: a lost element",
                        saw, elements, where, takes, takes == 1 ? "operation" : "operations")};
  }

  // An element that came out though others should have come out before.
  std::optional<Finding> out_of_turn() const {
    if (problem_.model.name != "stack" && problem_.model.name != "fifo-queue") return std::nullopt;
    for (const auto& [value, takers] : taken_) {
      const Operations& adders = of(added_, value);
      if (adders.size() != 1 || takers.size() != 1) continue;
      if (auto found = overtaking(*adders[0], *takers[0])) return found;
    }
    return std::nullopt;
  }

  std::optional<Finding> overtaking(const KeyOperation& adder, const KeyOperation& taker) const {
    Operations missing;
    for (const auto& [passed, rivals] : added_) {
      const Operations& others = of(taken_, passed);
      if (passed == adder.argument || rivals.size() != 1 || others.size() > 1) continue;
      if (!in_front(*rivals[0], adder, taker)) continue;
      if (others.empty()) {
        missing.push_back(rivals[0]);
      } else if (precedes(taker, *others[0])) {
        return Finding{
            Anomaly::kReorderedElement,
            overtook(*rivals[0], adder, taker) +
                fmt::format("and {} came out only later: a reordered element", element(passed))};
      }
    }
    if (missing.size() <= perhaps_takers(taker)) return std::nullopt;
    if (missing.size() == 1) {
      const std::string what = element(missing[0]->argument);
      return Finding{Anomaly::kLostElement,
                     overtook(*missing[0], adder, taker) +
                         (unknown_takes_.empty()
                              ? fmt::format("and {} nobody ever takes out: a lost element", what)
                              : fmt::format("and nobody can have taken {} out by then: a lost "
                                            "element",
                                            what))};
    }
    return too_many(
        fmt::format("{} took {} out", wording_.by_process(taker), element(adder.argument)), missing,
        "lay before it", taker);
  }

  // In a queue lies in front what went in before, in a stack what went in later, too.
  bool in_front(const KeyOperation& rival, const KeyOperation& adder,
                const KeyOperation& taker) const {
    if (problem_.model.name == "stack") return precedes(adder, rival) && precedes(rival, taker);
    return precedes(rival, adder);
  }

  std::string overtook(const KeyOperation& rival, const KeyOperation& adder,
                       const KeyOperation& taker) const {
    return fmt::format("{} took {} out, though {} was put in by process {} {}, ",
                       wording_.by_process(taker), element(adder.argument), element(rival.argument),
                       wording_.process(rival), order_of(rival, adder));
  }

  std::string order_of(const KeyOperation& rival, const KeyOperation& adder) const {
    const bool later = precedes(adder, rival);
    return fmt::format("{} {} {}", later ? "after" : "before", wording_.by_process(adder),
                       later ? "had been acknowledged" : "began");
  }

  const KeyProblem& problem_;
  Wording wording_;
  Operations nothing_;
  std::map<ValueId, Operations> added_, removed_, taken_;
  Operations found_empty_;
  std::vector<Sight> shown_, not_shown_;
  Operations unknown_takes_;
  std::size_t size_;
};

}  // namespace

std::optional<Finding> explain_collection(const KeyProblem& problem,
                                          std::span<const KeyOperation> witness) {
  return CollectionExplainer(problem, witness).find();
}

}  // namespace capsize::checker
