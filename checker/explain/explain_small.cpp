// Names violations of the objects whose whole state is one number or one bit: counters and locks.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "checker/explain/finding.h"
#include "checker/explain/wording.h"
#include "checker/models/collection.h"

namespace capsize::checker {
namespace {

std::int64_t number(const ValueTable& values, ValueId value) {
  if (value == kNoValue) return 0;
  return values.kind(value) == ValueTable::Kind::kInteger ? values.as_integer(value) : 0;
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

// What a read may return if nothing else is asked: everything acknowledged before it, and any of
// what was under way.
struct Possible {
  std::int64_t certain = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::size_t under_way = 0;
  std::vector<std::uint32_t> background = {};  // all the other additions
};

Possible possible_sums(const KeyProblem& problem, std::span<const KeyOperation> witness,
                       const KeyOperation& read) {
  Possible possible;
  possible.certain = number(problem.history.values, problem.initial);
  std::int64_t less = 0;
  std::int64_t more = 0;
  for (const KeyOperation& add : witness) {
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
                                       std::span<const KeyOperation> witness) {
  const Wording wording(problem);
  const ValueTable& values = problem.history.values;
  for (const KeyOperation& read : witness) {
    if (read.code != kCodeReadAll) continue;
    const std::int64_t seen = number(values, read.argument);
    const Possible possible = possible_sums(problem, witness, read);
    if (seen >= possible.least && seen <= possible.most) continue;
    return Finding{Anomaly::kWrongTotal,
                   fmt::format("{} returned {}, but it was in [{}, {}]: what had been acknowledged "
                               "adds up to {}, and {} additions were under way: a wrong total",
                               wording.by_process(read), seen, possible.least, possible.most,
                               possible.certain, possible.under_way),
                   {},
                   possible.background};
  }
  const auto last = std::find_if(witness.rbegin(), witness.rend(),
                                 [](const auto& one) { return one.code == kCodeReadAll; });
  if (last == witness.rend()) return std::nullopt;
  return Finding{
      Anomaly::kWrongTotal,
      fmt::format("{} returned {}, which fits no order of it and the {} other operations "
                  "shown: a wrong total",
                  wording.by_process(*last), number(values, last->argument), witness.size() - 1)};
}

namespace {

// The last moment before an operation began at which no other one was open. Whether the lock was
// held then is known, so of what came before, only who held it matters.
Position last_quiet_moment(std::span<const KeyOperation> witness, const KeyOperation& before) {
  Position quiet = 0;
  Position open_until = 0;
  for (const KeyOperation& operation : witness) {  // by invocation
    if (operation.invoke > before.invoke) break;
    if (operation.invoke > open_until) quiet = operation.invoke;
    open_until = std::max(open_until, operation.complete);
  }
  return quiet;
}

// All operations before that moment but the acquisition that was in effect then.
std::vector<std::uint32_t> settled(std::span<const KeyOperation> witness, Position quiet) {
  std::vector<std::uint32_t> background;
  const KeyOperation* holder = nullptr;
  std::size_t acquired = 0;
  std::size_t released = 0;
  for (const KeyOperation& operation : witness) {
    if (operation.invoke >= quiet) break;
    background.push_back(operation.source);
    const bool acquires = operation.code == kCodeAdd;
    ++(acquires ? acquired : released);
    if (acquires && (holder == nullptr || operation.complete > holder->complete)) {
      holder = &operation;
    }
  }
  if (acquired > released && holder != nullptr) std::erase(background, holder->source);
  return background;
}

}  // namespace

std::optional<Finding> explain_mutex(const KeyProblem& problem,
                                     std::span<const KeyOperation> witness) {
  const Wording wording(problem);
  const KeyOperation* last[2] = {nullptr, nullptr};  // acquire, release
  std::size_t count[2] = {0, 0};
  for (const KeyOperation& operation : witness) {
    const std::size_t which = operation.code == kCodeAdd ? 0 : 1;
    if (operation.required) last[which] = &operation;
    ++count[which];
  }
  const bool held_twice = last[0] != nullptr && (last[1] == nullptr || count[0] > count[1]);
  const KeyOperation* culprit = held_twice ? last[0] : last[1];
  if (culprit == nullptr) return std::nullopt;
  const char* what = held_twice ? "though it cannot have been free: two holders of a lock"
                                : "though no process can have held it: a release of a free lock";
  return Finding{held_twice ? Anomaly::kTwoHolders : Anomaly::kFreeLockReleased,
                 fmt::format("{} was acknowledged, {}", wording.by_process(*culprit), what),
                 {},
                 settled(witness, last_quiet_moment(witness, *culprit))};
}

}  // namespace capsize::checker
