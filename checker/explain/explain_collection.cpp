// Names violations of queues, stacks, bags and sets, element by element: whether an element was put
// in, only once, before it was taken out, and whether it was lost.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "checker/explain/explainers.h"
#include "checker/explain/lost_or_stale.h"
#include "checker/explain/unwritten_value.h"
#include "checker/explain/wording.h"
#include "checker/specification/collection.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

using Operations = std::vector<const KeyOperation*>;

// For comparisons of all pairs. A larger counterexample would not explain anything.
constexpr std::size_t kOperationsMax = 2'000;

bool precedes(const KeyOperation& a, const KeyOperation& b) {
  return a.complete < b.invoke;
}

class CollectionExplainer {
 public:
  CollectionExplainer(const KeyProblem& problem, std::span<const KeyOperation> counterexample)
      : problem_(problem), wording_(problem), size_(counterexample.size()) {
    for (const KeyOperation& operation : counterexample) {
      if (operation.code == kCodeAdd) added_[operation.argument].push_back(&operation);
      if (operation.code == kCodeRemove) removed_[operation.argument].push_back(&operation);
      if (operation.code != kCodeTake) continue;
      if (operation.argument == kNoValue) unknown_takes_.push_back(&operation);
      if (operation.argument == kNullValue) found_empty_.push_back(&operation);
      if (operation.required && operation.argument != kNullValue) {
        taken_[operation.argument].push_back(&operation);
      }
    }
    for (const KeyOperation& operation : counterexample) examine(operation);
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
  // A membership test of one element of a set, and its answer.
  struct Sight {
    const KeyOperation* observer;
    ValueId element;
  };

  // Each element of a set is independent of the others.
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

  void examine(const KeyOperation& operation) {
    if (operation.code == kCodeContains) shown_.push_back({&operation, operation.argument});
    if (operation.code == kCodeLacks) not_shown_.push_back({&operation, operation.argument});
    if (operation.code != kCodeReadAll || operation.argument == kNullValue) return;
    if (operation.argument == kNoValue) return;
    const auto elements = problem_.history.values.as_list(operation.argument);
    for (const ValueId element : elements) shown_.push_back({&operation, element});
    for (const auto& [element, adders] : added_) {
      if (std::find(elements.begin(), elements.end(), element) == elements.end()) {
        not_shown_.push_back({&operation, element});
      }
    }
  }

  std::string element(ValueId value) const { return wording_.value(value); }

  // No operation put the element in before it was observed.
  std::optional<Finding> sourceless(const KeyOperation& observer, ValueId value) const {
    const Operations& adders = of(added_, value);
    const std::string saw =
        fmt::format("{} showed {}", wording_.by_process(observer), element(value));
    if (!adders.empty()) {
      const KeyOperation* first = adders.front();  // first by invocation
      if (!precedes(observer, *first)) return std::nullopt;
      return Finding{Anomaly::kReadBeforeWrite,
                     fmt::format("{}, but {} began only {} that: a read before its write", saw,
                                 wording_.by_process(*first), wording_.after(observer, *first))};
    }
    if (problem_.initial != kNullValue) return std::nullopt;  // the initial value may contain it
    const auto adds_it = [&](const KeyOperation& failed) {
      return failed.code == kCodeAdd && failed.argument == value;
    };
    return explain_unwritten_value(problem_, {.observer = observer,
                                              .saw = saw,
                                              .is_writer = adds_it,
                                              .to_write = "put in",
                                              .wrote = "put in"});
  }

  std::optional<Finding> impossible_take(ValueId value, const Operations& takers) const {
    for (const KeyOperation* taker : takers) {
      if (auto found = sourceless(*taker, value)) return found;
    }
    if (problem_.initial != kNullValue) return std::nullopt;
    return taken_too_often(takers);
  }

  // At the end of some take, more takes of equal elements had ended than puts had begun.
  std::optional<Finding> taken_too_often(Operations takers) const {
    std::sort(takers.begin(), takers.end(),
              [](const auto* a, const auto* b) { return a->complete < b->complete; });
    const Operations& adders = of(added_, takers.front()->argument);
    std::size_t times = 0;
    for (std::size_t taken = 1; taken <= takers.size(); ++taken) {
      const KeyOperation& last = *takers[taken - 1];
      while (times < adders.size() && !precedes(last, *adders[times])) ++times;
      // Of takes that end at the same position, the last one.
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
    // Certainly removed, and not added since.
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

  // Certainly added or observed before, and not removed.
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
    const bool added = proof->code == kCodeAdd;
    const auto shows_it = [&](const KeyOperation& one) { return shows(one, sight.element); };
    const LostOrStale judged = lost_or_stale(
        problem_, {.missing = added ? proof : nullptr,
                   .late = sight.observer,
                   .observes_state = [&](const auto& one) { return looks_at(one, sight.element); },
                   .proves_stale =
                       [&](const auto& one) {
                         return one.invoke > sight.observer->complete && shows_it(one) &&
                                !is_added_after(sight.element, *sight.observer);
                       },
                   .may_see_newer = shows_it});
    if (judged.kind == LostOrStale::Kind::kLost) {
      return Finding{
          Anomaly::kLostElement,
          fmt::format("{} did not show {}, {} {} had been acknowledged to process {}, "
                      "nor did {}: a lost element",
                      wording_.by_process(*sight.observer), element(sight.element),
                      wording_.after(*proof, *sight.observer), wording_.operation(*proof),
                      wording_.process(*proof), wording_.by_process(*judged.other))};
    }
    const Anomaly anomaly =
        judged.kind == LostOrStale::Kind::kStale ? Anomaly::kStaleRead : Anomaly::kStaleOrLost;
    return Finding{anomaly,
                   fmt::format("{} did not show {}, {} {} {} process {}: a {}",
                               wording_.by_process(*sight.observer), element(sight.element),
                               wording_.after(*proof, *sight.observer), wording_.operation(*proof),
                               added ? "had been acknowledged to" : "had shown it to",
                               wording_.process(*proof), name(anomaly))};
  }

  bool shows(const KeyOperation& one, ValueId element) const {
    if (one.code == kCodeContains) return one.argument == element;
    if (one.code != kCodeReadAll || one.argument == kNullValue || one.argument == kNoValue) {
      return false;
    }
    const auto all = problem_.history.values.as_list(one.argument);
    return std::find(all.begin(), all.end(), element) != all.end();
  }

  static bool looks_at(const KeyOperation& one, ValueId element) {
    if (one.code == kCodeReadAll) return one.argument != kNoValue;
    return (one.code == kCodeContains || one.code == kCodeLacks) && one.argument == element;
  }

  // It was added a second time: a later observer may have observed that one.
  bool is_added_after(ValueId element, const KeyOperation& observer) const {
    return std::any_of(
        problem_.operations.begin(), problem_.operations.end(), [&](const KeyOperation& one) {
          return one.code == kCodeAdd && one.argument == element && one.complete >= observer.invoke;
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
    const Later later = later_takes(missing, empty);
    const Anomaly anomaly = later.taker != nullptr    ? Anomaly::kStaleRead
                            : later.looker != nullptr ? Anomaly::kLostElement
                                                      : Anomaly::kStaleOrLost;
    if (missing.size() > 1) {
      return too_many(wording_.by_process(empty) + " found nothing", missing, "was in", empty,
                      anomaly);
    }
    const KeyOperation& adder = *missing.front();
    std::string sentence = fmt::format(
        "{} found nothing, {} {} had been acknowledged to process {}", wording_.by_process(empty),
        wording_.after(adder, empty), wording_.operation(adder), wording_.process(adder));
    if (later.taker != nullptr) {
      sentence += fmt::format(", and {} took {} out only later", wording_.by_process(*later.taker),
                              element(adder.argument));
    } else if (later.looker != nullptr) {
      sentence += fmt::format(", and no operation ever takes {} out", element(adder.argument));
    }
    return Finding{anomaly, fmt::format("{}: a {}", sentence, name(anomaly))};
  }

  // What later takes show about elements that should have been taken by then.
  struct Later {
    const KeyOperation* taker = nullptr;   // took one of them
    const KeyOperation* looker = nullptr;  // would have taken it if it had been there
  };
  Later later_takes(const Operations& missing, const KeyOperation& than) const {
    Later later;
    std::map<ValueId, Operations> adders;
    for (const KeyOperation& one : problem_.operations) {
      if (one.code == kCodeAdd) adders[one.argument].push_back(&one);
    }
    // In a queue later elements are taken later, in a stack earlier ones are.
    const auto passes = [&](const KeyOperation& take) {
      if (take.argument == kNullValue) return true;
      const auto its_adders = adders.find(take.argument);
      if (problem_.model.discipline == Discipline::kAnyOrder || its_adders == adders.end())
        return false;
      const bool stack = problem_.model.discipline == Discipline::kLastInFirstOut;
      return std::all_of(
          its_adders->second.begin(), its_adders->second.end(), [&](const auto* add) {
            return std::all_of(missing.begin(), missing.end(), [&](const auto* other) {
              return stack ? precedes(*add, *other) : precedes(*other, *add);
            });
          });
    };
    for (const KeyOperation& one : problem_.operations) {
      if (one.code != kCodeTake || one.complete < than.complete || one.source == than.source)
        continue;
      if (std::any_of(missing.begin(), missing.end(),
                      [&](const auto* add) { return add->argument == one.argument; })) {
        later.taker = &one;
      }
      const bool other_process = problem_.source(one).process != problem_.source(than).process;
      if (other_process && one.required && precedes(than, one) && passes(one)) later.looker = &one;
    }
    return later;
  }

  // Indeterminate takes that may have taken an element before `until` ended.
  std::size_t perhaps_takers(const KeyOperation& until) const {
    return static_cast<std::size_t>(
        std::count_if(unknown_takes_.begin(), unknown_takes_.end(),
                      [&](const auto* take) { return !precedes(until, *take); }));
  }

  Finding too_many(const std::string& saw, const Operations& missing, const char* where,
                   const KeyOperation& until, Anomaly anomaly) const {
    std::string elements;
    for (const KeyOperation* adder : missing) {
      elements += (elements.empty() ? "" : ", ") + element(adder->argument);
    }
    const std::size_t takes = perhaps_takers(until);
    return {anomaly,
            fmt::format("{}, though each of {} {} for sure and no operation is known to have "
                        "taken it out by then, and only {} indeterminate {} can have: a {}",
                        saw, elements, where, takes, takes == 1 ? "operation" : "operations",
                        name(anomaly))};
  }

  // Names an element that was taken although others should have been taken before.
  std::optional<Finding> out_of_turn() const {
    if (!has_order(problem_.model.discipline)) return std::nullopt;
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
    if (missing.size() == 1) return never_came_out(*missing[0], adder, taker);
    return too_many(
        fmt::format("{} took {} out", wording_.by_process(taker), element(adder.argument)), missing,
        "was before it", taker, came_out_of_turn(later_takes(missing, taker)));
  }

  // It was passed over, and no operation of the explanation took it later.
  Finding never_came_out(const KeyOperation& passed, const KeyOperation& adder,
                         const KeyOperation& taker) const {
    const std::string what = element(passed.argument);
    std::string overtaken = overtook(passed, adder, taker);
    const Anomaly anomaly = came_out_of_turn(later_takes({&passed}, taker));
    const char* when = unknown_takes_.empty() ? "" : " by then";
    if (anomaly == Anomaly::kReorderedElement) {
      overtaken += fmt::format("and {} came out only later", what);
    } else if (anomaly == Anomaly::kLostElement) {
      overtaken +=
          fmt::format("and no operation {} {} out{}",
                      unknown_takes_.empty() ? "ever takes" : "can have taken", what, when);
    } else {
      overtaken += fmt::format("and {} had not come out{}", what, when);
    }
    return {anomaly, fmt::format("{}: a {}", overtaken, name(anomaly))};
  }

  static Anomaly came_out_of_turn(const Later& later) {
    if (later.taker != nullptr) return Anomaly::kReorderedElement;
    return later.looker != nullptr ? Anomaly::kLostElement : Anomaly::kReorderedOrLost;
  }

  // Elements in front: in a queue those that were put in before, in a stack also those that were
  // put in later.
  bool in_front(const KeyOperation& rival, const KeyOperation& adder,
                const KeyOperation& taker) const {
    if (problem_.model.discipline == Discipline::kLastInFirstOut)
      return precedes(adder, rival) && precedes(rival, taker);
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
                                          std::span<const KeyOperation> counterexample) {
  return CollectionExplainer(problem, counterexample).find();
}

}  // namespace capsize::checker
