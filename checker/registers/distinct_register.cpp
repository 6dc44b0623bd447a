#include "checker/registers/distinct_register.h"

#include <algorithm>

#include "checker/registers/register_order.h"

namespace capsize::checker {
namespace {

bool is_read(const KeyOperation& operation) {
  return operation.pure && operation.observed != kNoValue;
}

bool is_cas(const KeyOperation& operation) {
  return !operation.pure && operation.observed != kNoValue && operation.written != kNoValue;
}

bool is_write(const KeyOperation& operation) {
  return operation.blind && operation.observed == kNoValue && operation.written != kNoValue;
}

constexpr std::int64_t kBeforeAll = -1;

}  // namespace

DistinctRegisterDecider::DistinctRegisterDecider(std::size_t values) : facts_(values) {}

Decision DistinctRegisterDecider::decide(std::span<const KeyOperation> operations, ValueId initial,
                                         bool want_order) {
  operations_ = operations;
  initial_ = initial;
  Decision decision;
  if (!find_writers()) {
    decision.kind = Decision::Kind::kNotApplicable;
  } else if (auto dead_end = find_live()) {
    decision = *std::move(dead_end);
  } else if (auto lost_update = gather()) {
    decision = *std::move(lost_update);
  } else {
    std::optional<Decision> found = build_block(initial_, kNone);  // steps 3 and 4
    for (std::uint32_t i = 0; i < operations_.size() && !found; ++i) {
      if (made_live_by_[i] != kNone && is_write(operations_[i])) {
        found = build_block(operations_[i].written, i);
      }
    }
    if (!found && reached_cas_ < live_cas_) found = cyclic_cas();
    if (!found) found = check_zones();
    if (found) decision = *std::move(found);
  }
  reset();
  if (want_order && decision.kind == Decision::Kind::kLegal) {
    decision.order = order_of_register(operations, initial);
  }
  return decision;
}

void DistinctRegisterDecider::reset() {
  for (const KeyOperation& operation : operations_) {
    if (operation.observed != kNoValue) facts_[operation.observed] = {};
    if (operation.written != kNoValue) facts_[operation.written] = {};
  }
  facts_[initial_] = {};
  forward_.clear();
  backward_.clear();
  live_cas_ = reached_cas_ = 0;
}

// The conditions. A value with two writers ends this decider: which of the two a read of it
// returned is then a choice, and with choices the problem is NP-complete.
bool DistinctRegisterDecider::find_writers() {
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    const KeyOperation& operation = operations_[i];
    if (is_read(operation)) continue;
    if (!is_write(operation) && !is_cas(operation)) return false;
    ValueFacts& facts = facts_[operation.written];
    if (operation.written == initial_ || facts.writer != kNone) return false;
    if (operation.written == operation.observed) return false;
    facts.writer = i;
  }
  return true;
}

// Step 1, and the first half of step 2: starts at the acknowledged operations and follows each
// observed value to its writer. An indeterminate write of 7 that no operation read is not reached:
// it may as well not have happened. One that was read is reached, and counts from here on as if it
// had been acknowledged, but with its completion at infinity.
//
// made_live_by_ records which observer reached it. A violation that involves the write has to show
// that observer, because without it the write could be left out.
std::optional<Decision> DistinctRegisterDecider::find_live() {
  made_live_by_.assign(operations_.size(), kNone);
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (!operations_[i].required) continue;
    made_live_by_[i] = i;
    pending_.assign(1, i);
    while (!pending_.empty()) {
      const std::uint32_t observer = pending_.back();
      pending_.pop_back();
      const ValueId value = operations_[observer].observed;
      if (value == kNoValue || value == initial_) continue;
      const std::uint32_t writer = facts_[value].writer;
      if (writer == kNone) return violation({observer});
      if (made_live_by_[writer] != kNone || operations_[writer].required) continue;
      made_live_by_[writer] = observer;
      pending_.push_back(writer);
    }
  }
  return std::nullopt;
}

// Collects the observers of each value, and the second half of step 2. Two cas that expect the same
// value, which was written once, cannot both have succeeded: the first one replaced it.
std::optional<Decision> DistinctRegisterDecider::gather() {
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    const KeyOperation& operation = operations_[i];
    if (made_live_by_[i] == kNone || operation.observed == kNoValue) continue;
    ValueFacts& facts = facts_[operation.observed];
    if (is_cas(operation)) {
      if (facts.cas != kNone) return violation({facts.cas, i});
      facts.cas = i;
      ++live_cas_;
      continue;
    }
    if (facts.first_read == kNone || operation.complete < operations_[facts.first_read].complete) {
      facts.first_read = i;
    }
    facts.last_read = i;  // operations come in order of invocation
  }
  return std::nullopt;
}

// Step 3 for one block: follows the chain write, reads, cas, reads of its result, cas, ... Only two
// operations of each level matter later: the one that completes first and the one that begins last.
std::optional<Decision> DistinctRegisterDecider::build_block(ValueId value, std::uint32_t writer) {
  levels_.clear();
  if (writer != kNone) levels_.push_back({writer, writer});
  for (;;) {
    const ValueFacts& facts = facts_[value];
    if (facts.first_read != kNone) levels_.push_back({facts.first_read, facts.last_read});
    if (facts.cas == kNone) break;
    levels_.push_back({facts.cas, facts.cas});
    ++reached_cas_;
    value = operations_[facts.cas].written;
  }
  if (auto found = check_levels()) return found;
  add_zone(writer == kNone);
  return std::nullopt;
}

// Step 4, in one sweep from the highest level down: an operation that begins after the smallest
// completion of its own or a higher level comes too late. The sweep includes the level itself,
// which cannot clash with itself: a level of reads has no order, and of a write or cas there is
// only one.
std::optional<Decision> DistinctRegisterDecider::check_levels() const {
  std::uint32_t smallest = kNone;
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    if (smallest != kNone &&
        operations_[smallest].complete < operations_[level->largest_invoke].invoke) {
      return violation({smallest, level->largest_invoke});
    }
    if (smallest == kNone ||
        operations_[level->smallest_complete].complete < operations_[smallest].complete) {
      smallest = level->smallest_complete;
    }
  }
  return std::nullopt;
}

// The block as an interval. The completion of an indeterminate write is infinite, and f is taken
// over the whole block: once a read of the value has completed, the block has begun, whatever is
// known of the write. That is why indeterminate operations cost nothing here.
void DistinctRegisterDecider::add_zone(bool initial) {
  if (levels_.empty()) return;  // an initial value that was not observed
  Zone zone;
  zone.f = std::int64_t{kNever};
  zone.s = kBeforeAll;
  for (const Level& level : levels_) {
    const std::int64_t complete = operations_[level.smallest_complete].complete;
    const std::int64_t invoke = operations_[level.largest_invoke].invoke;
    if (zone.f_operation == kNone || complete < zone.f) {
      zone.f = complete;
      zone.f_operation = level.smallest_complete;
    }
    if (invoke > zone.s) {
      zone.s = invoke;
      zone.s_operation = level.largest_invoke;
    }
  }
  if (initial) {
    zone.f = kBeforeAll;
    zone.f_operation = kNone;
  }
  (zone.f < zone.s ? forward_ : backward_).push_back(zone);
}

// Step 5. Sorted by f, two forward zones that overlap have neighbours that overlap, so comparing
// neighbours suffices.
std::optional<Decision> DistinctRegisterDecider::check_zones() {
  const auto by_f = [](const Zone& a, const Zone& b) { return a.f < b.f; };
  std::sort(forward_.begin(), forward_.end(), by_f);
  for (std::size_t i = 1; i < forward_.size(); ++i) {
    if (forward_[i].f < forward_[i - 1].s) return clash(forward_[i - 1], forward_[i]);
  }
  for (const Zone& zone : backward_) {
    // Forward zones are disjoint by now, so only the last one that begins before s can contain it.
    const auto after = std::partition_point(forward_.begin(), forward_.end(),
                                            [&](const Zone& other) { return other.f < zone.s; });
    if (after == forward_.begin()) continue;
    const Zone& candidate = *std::prev(after);
    if (zone.f < candidate.s) return clash(candidate, zone);
  }
  return std::nullopt;
}

Decision DistinctRegisterDecider::clash(const Zone& a, const Zone& b) const {
  return violation({a.f_operation, a.s_operation, b.f_operation, b.s_operation});
}

// Step 3: the values of a cas that no block reached come from one another in a cycle, such as
// cas 1 -> 2 and cas 2 -> 1 without a write of either. One of them suffices: violation() adds the
// indeterminate ones that it depends on, and explanations add the writers of what it observed.
Decision DistinctRegisterDecider::cyclic_cas() const {
  std::vector<bool> reached(operations_.size(), false);
  const auto mark_chain = [&](ValueId value) {
    for (std::uint32_t cas = facts_[value].cas; cas != kNone;
         cas = facts_[operations_[cas].written].cas) {
      reached[cas] = true;
    }
  };
  mark_chain(initial_);
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (made_live_by_[i] != kNone && is_write(operations_[i])) mark_chain(operations_[i].written);
  }
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (made_live_by_[i] != kNone && is_cas(operations_[i]) && !reached[i]) return violation({i});
  }
  return violation({});
}

// Adds to the clashing operations the observers that made the indeterminate ones among them live:
// without its observer an indeterminate operation could be left out, and nothing would clash.
Decision DistinctRegisterDecider::violation(std::initializer_list<std::uint32_t> clashing) const {
  Decision decision;
  decision.kind = Decision::Kind::kViolation;
  for (std::uint32_t operation : clashing) {
    while (operation != kNone) {
      decision.counterexample.push_back(operation);
      operation = made_live_by_[operation] == operation ? kNone : made_live_by_[operation];
    }
  }
  std::sort(decision.counterexample.begin(), decision.counterexample.end());
  const auto last = std::unique(decision.counterexample.begin(), decision.counterexample.end());
  decision.counterexample.erase(last, decision.counterexample.end());
  return decision;
}

constinit const FastDecider kDistinctRegister{"distinct-register",
                                              &make_with_scratch<DistinctRegisterDecider>};

}  // namespace capsize::checker
