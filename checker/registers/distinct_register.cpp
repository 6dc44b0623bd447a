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
  } else if (auto two_winners = gather()) {
    decision = *std::move(two_winners);
  } else {
    std::optional<Decision> found = build_block(initial_, kNone);
    for (std::uint32_t i = 0; i < operations_.size() && !found; ++i) {
      if (because_[i] != kNone && is_write(operations_[i])) {
        found = build_block(operations_[i].written, i);
      }
    }
    if (!found && reached_cas_ < live_cas_) found = circular_cas();
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

// Step 1, and the first half of step 2.
std::optional<Decision> DistinctRegisterDecider::find_live() {
  because_.assign(operations_.size(), kNone);
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (!operations_[i].required) continue;
    because_[i] = i;
    pending_.assign(1, i);
    while (!pending_.empty()) {
      const std::uint32_t observer = pending_.back();
      pending_.pop_back();
      const ValueId value = operations_[observer].observed;
      if (value == kNoValue || value == initial_) continue;
      const std::uint32_t writer = facts_[value].writer;
      if (writer == kNone) return violation({observer});
      if (because_[writer] != kNone || operations_[writer].required) continue;
      because_[writer] = observer;
      pending_.push_back(writer);
    }
  }
  return std::nullopt;
}

// Collects what each value's observers are; the second half of step 2.
std::optional<Decision> DistinctRegisterDecider::gather() {
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    const KeyOperation& operation = operations_[i];
    if (because_[i] == kNone || operation.observed == kNoValue) continue;
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

// Step 4: from the highest level down, against the smallest completion seen so far.
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

void DistinctRegisterDecider::add_zone(bool initial) {
  if (levels_.empty()) return;  // an initial value that nobody saw
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

// Step 3: the cas that no block reached hang together in a circle; walk one from writer to writer.
Decision DistinctRegisterDecider::circular_cas() const {
  std::vector<bool> reached(operations_.size(), false);
  const auto mark_chain = [&](ValueId value) {
    for (std::uint32_t cas = facts_[value].cas; cas != kNone;
         cas = facts_[operations_[cas].written].cas) {
      reached[cas] = true;
    }
  };
  mark_chain(initial_);
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (because_[i] != kNone && is_write(operations_[i])) mark_chain(operations_[i].written);
  }
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (because_[i] != kNone && is_cas(operations_[i]) && !reached[i]) return violation({i});
  }
  return violation({});
}

// An indeterminate operation is in the way only because somebody saw its value: without that
// observer it could simply not have happened.
Decision DistinctRegisterDecider::violation(std::initializer_list<std::uint32_t> clashing) const {
  Decision decision;
  decision.kind = Decision::Kind::kViolation;
  for (std::uint32_t operation : clashing) {
    while (operation != kNone) {
      decision.witness.push_back(operation);
      operation = because_[operation] == operation ? kNone : because_[operation];
    }
  }
  std::sort(decision.witness.begin(), decision.witness.end());
  const auto last = std::unique(decision.witness.begin(), decision.witness.end());
  decision.witness.erase(last, decision.witness.end());
  return decision;
}

constinit const FastDecider kDistinctRegister{"distinct-register",
                                              &make_with_scratch<DistinctRegisterDecider>};

}  // namespace capsize::checker
