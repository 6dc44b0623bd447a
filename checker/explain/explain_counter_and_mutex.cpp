// Names violations of objects whose state is one number or one bit: counters and locks.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "checker/explain/explainers.h"
#include "checker/explain/wording.h"
#include "checker/specification/collection.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

std::int64_t number(const ValueTable& values, ValueId value) {
  if (value == kNoValue) return 0;
  return values.kind(value) == ValueTable::Kind::kInteger ? values.as_integer(value) : 0;
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

// Bounds on the value of a read: the sum of all additions acknowledged before it, plus any subset
// of the concurrent ones.
struct Possible {
  std::int64_t certain = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::size_t under_way = 0;
  std::vector<std::uint32_t> background = {};  // all the other additions
};

Possible possible_sums(const KeyProblem& problem, std::span<const KeyOperation> counterexample,
                       const KeyOperation& read) {
  Possible possible;
  possible.certain = number(problem.history.values, problem.initial);
  std::int64_t less = 0;
  std::int64_t more = 0;
  for (const KeyOperation& add : counterexample) {
    if (add.code != kCodeAdd) continue;
    const std::int64_t amount = number(problem.history.values, add.argument);
    if (add.invoke <= read.complete && add.complete >= read.invoke) {
      (amount < 0 ? less : more) = sum(amount < 0 ? less : more, amount);
      ++possible.under_way;
      continue;
    }
    if (add.complete < read.invoke) possible.certain = sum(possible.certain, amount);
    possible.background.push_back(add.source);
  }
  possible.least = sum(possible.certain, less);
  possible.most = sum(possible.certain, more);
  return possible;
}

}  // namespace

std::optional<Finding> explain_counter(const KeyProblem& problem,
                                       std::span<const KeyOperation> counterexample) {
  const Wording wording(problem);
  const ValueTable& values = problem.history.values;
  for (const KeyOperation& read : counterexample) {
    if (read.code != kCodeReadAll) continue;
    const std::int64_t seen = number(values, read.argument);
    const Possible possible = possible_sums(problem, counterexample, read);
    if (seen >= possible.least && seen <= possible.most) continue;
    return Finding{Anomaly::kWrongTotal,
                   fmt::format("{} returned {}, but it was in [{}, {}]: what had been acknowledged "
                               "adds up to {}, and {} additions were under way: a wrong total",
                               wording.by_process(read), seen, possible.least, possible.most,
                               possible.certain, possible.under_way),
                   {},
                   possible.background};
  }
  const auto last = std::find_if(counterexample.rbegin(), counterexample.rend(),
                                 [](const auto& one) { return one.code == kCodeReadAll; });
  if (last == counterexample.rend()) return std::nullopt;
  return Finding{
      Anomaly::kWrongTotal,
      fmt::format("{} returned {}, which fits no order of it and the {} other operations "
                  "shown: a wrong total",
                  wording.by_process(*last), number(values, last->argument),
                  counterexample.size() - 1)};
}

namespace {

// Returns the first operation by whose end more acquisitions had ended than releases had begun
// (plus one, if the lock was free at first), or more releases had ended than acquisitions had begun
// (plus one, if it was held at first); nullptr if there is none.
const KeyOperation* first_impossible(std::span<const KeyOperation> counterexample,
                                     bool held_at_first) {
  const auto count = [&](std::uint8_t code, const auto& is_counted) {
    return static_cast<std::size_t>(
        std::count_if(counterexample.begin(), counterexample.end(), [&](const KeyOperation& one) {
          return (one.code == kCodeAdd) == (code == kCodeAdd) && is_counted(one);
        }));
  };
  const KeyOperation* first = nullptr;
  for (const KeyOperation& operation : counterexample) {
    if (!operation.required || (first != nullptr && operation.complete >= first->complete))
      continue;
    const bool acquires = operation.code == kCodeAdd;
    const std::size_t ended =
        count(operation.code, [&](const auto& one) { return one.complete <= operation.complete; });
    const std::size_t undone = count(acquires ? kCodeRemove : kCodeAdd, [&](const auto& one) {
      return one.invoke < operation.complete;
    });
    if (ended > undone + (acquires && !held_at_first ? 1 : !acquires && held_at_first ? 1 : 0))
      first = &operation;
  }
  return first;
}

// The holders of the lock when the culprit ended, if every process releases only what it has
// acquired: the acquisitions without a later release by their process. Empty if that condition does
// not hold.
std::vector<const KeyOperation*> holders(const KeyProblem& problem,
                                         std::span<const KeyOperation> counterexample,
                                         const KeyOperation& culprit) {
  std::map<std::int64_t, const KeyOperation*> held;       // by process
  for (const KeyOperation& operation : counterexample) {  // by invocation
    if (operation.invoke >= culprit.complete) break;
    const KeyOperation*& its = held[problem.source(operation).process];
    const bool acquires = operation.code == kCodeAdd;
    if (acquires == (its != nullptr)) return {};
    if (!acquires) {
      its = nullptr;
    } else if (operation.complete <= culprit.complete) {
      its = &operation;
    }
  }
  std::vector<const KeyOperation*> found;
  for (const auto& [process, acquisition] : held) {
    if (acquisition != nullptr && acquisition->source != culprit.source) {
      found.push_back(acquisition);
    }
  }
  return found;
}

// The operations that began before the culprit ended, except complete rounds of acquisition and
// release before the last.
std::vector<const KeyOperation*> last_round(std::span<const KeyOperation> counterexample,
                                            const KeyOperation& culprit) {
  std::vector<const KeyOperation*> shown;
  for (auto next = counterexample.rbegin(); next != counterexample.rend(); ++next) {
    if (next->invoke > culprit.complete) continue;
    shown.push_back(&*next);
    const bool before = next->complete < culprit.invoke;
    if (before && next->code == kCodeAdd) break;
  }
  return shown;
}

}  // namespace

std::optional<Finding> explain_mutex(const KeyProblem& problem,
                                     std::span<const KeyOperation> counterexample) {
  const Wording wording(problem);
  const KeyOperation* last[2] = {nullptr, nullptr};  // acquire, release
  std::size_t count[2] = {0, 0};
  for (const KeyOperation& operation : counterexample) {
    const std::size_t which = operation.code == kCodeAdd ? 0 : 1;
    if (operation.required) last[which] = &operation;
    ++count[which];
  }
  const bool held_at_first = problem.initial != kNullValue && problem.initial != kEmptyList;
  const KeyOperation* culprit = first_impossible(counterexample, held_at_first);
  const bool more_acquired = last[0] != nullptr && (last[1] == nullptr || count[0] > count[1]);
  const bool held_twice = culprit != nullptr ? culprit->code == kCodeAdd : more_acquired;
  if (culprit == nullptr) culprit = held_twice ? last[0] : last[1];
  if (culprit == nullptr) return std::nullopt;
  std::vector<const KeyOperation*> shown = held_twice ? holders(problem, counterexample, *culprit)
                                                      : last_round(counterexample, *culprit);
  std::string why = held_twice ? "though it cannot have been free: two holders of a lock"
                               : "though no process can have held it: a release of a free lock";
  if (held_twice && shown.size() == 1) {
    why = fmt::format("though {}, and its release had not begun: two holders of a lock",
                      wording.acknowledged(*shown.front(), "had been"));
  }
  std::vector<std::uint32_t> background;
  for (const KeyOperation& operation : counterexample) {
    const bool is_shown = std::any_of(shown.begin(), shown.end(), [&](const auto* one) {
      return one->source == operation.source;
    });
    if (!shown.empty() && !is_shown && operation.source != culprit->source) {
      background.push_back(operation.source);
    }
  }
  return Finding{held_twice ? Anomaly::kTwoHolders : Anomaly::kFreeLockReleased,
                 fmt::format("{} was acknowledged, {}", wording.by_process(*culprit), why),
                 {},
                 std::move(background)};
}

}  // namespace capsize::checker
