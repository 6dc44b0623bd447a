// Names violations of the objects whose whole state is one number or one bit: counters and locks.
#include <fmt/format.h>

#include <algorithm>

#include "checker/explain/finding.h"
#include "checker/explain/wording.h"
#include "checker/models/collection.h"

namespace capsize::checker {
namespace {

std::int64_t number(const ValueTable& values, ValueId value) {
  return values.kind(value) == ValueTable::Kind::kInteger ? values.as_integer(value) : 0;
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

std::optional<Finding> explain_counter(const KeyProblem& problem,
                                       std::span<const KeyOperation> witness) {
  const Wording wording(problem);
  const ValueTable& values = problem.history.values;
  // The read that no choice fits: everything acknowledged before, and any of what was under way.
  for (const KeyOperation& read : witness) {
    if (read.code != kCodeReadAll) continue;
    std::int64_t certain = number(values, problem.initial);
    std::int64_t least = 0;
    std::int64_t most = 0;
    for (const KeyOperation& add : witness) {
      if (add.code != kCodeAdd || add.invoke > read.complete) continue;
      const std::int64_t amount = number(values, add.argument);
      if (add.complete < read.invoke) {
        certain = sum(certain, amount);
      } else {
        (amount < 0 ? least : most) = sum(amount < 0 ? least : most, amount);
      }
    }
    const std::int64_t seen = number(values, read.argument);
    if (seen >= sum(certain, least) && seen <= sum(certain, most)) continue;
    return Finding{
        Anomaly::kWrongTotal,
        fmt::format("{} returned {}, but what had been acknowledged adds up to {}, and what was "
                    "under way to between {} and {} more: a wrong total",
                    wording.by_process(read), seen, certain, least, most)};
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
                                : "though nobody can have held it: a release of a free lock";
  return Finding{held_twice ? Anomaly::kTwoHolders : Anomaly::kFreeLockReleased,
                 fmt::format("{} was acknowledged, {}", wording.by_process(*culprit), what)};
}

}  // namespace capsize::checker
