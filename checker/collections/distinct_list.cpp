#include "checker/collections/distinct_list.h"

#include <algorithm>

#include "checker/order/level_order.h"

namespace capsize::checker {
namespace {

Decision violation(std::vector<std::uint32_t> counterexample) {
  Decision decision;
  decision.kind = Decision::Kind::kViolation;
  std::sort(counterexample.begin(), counterexample.end());
  counterexample.erase(std::unique(counterexample.begin(), counterexample.end()),
                       counterexample.end());
  decision.counterexample = std::move(counterexample);
  return decision;
}

}  // namespace

DistinctListDecider::DistinctListDecider(const ValueTable& values)
    : values_(values), facts_(values.size()) {}

Decision DistinctListDecider::decide(std::span<const KeyOperation> operations, ValueId initial,
                                     bool want_order) {
  operations_ = operations;
  longest_ = kNone;
  Decision decision;
  if ((initial != kEmptyList && initial != kNullValue) || !find_appenders()) {
    decision.kind = Decision::Kind::kNotApplicable;
  } else {
    find_longest();
    std::optional<Decision> found = check_longest();
    if (!found) found = check_prefixes();
    const auto levels = found ? std::vector<std::uint64_t>() : all_levels();
    if (!found) {
      if (const auto clash = find_out_of_level(operations_, levels)) {
        found = out_of_order(clash->first, clash->second);
      }
    }
    if (found) {
      decision = *std::move(found);
    } else if (want_order) {
      decision.order = order_by_level(levels);
    }
  }
  reset();
  return decision;
}

void DistinctListDecider::reset() {
  for (const KeyOperation& operation : operations_) {
    if (operation.code == kCodeAppend) facts_[operation.argument] = {};
  }
  if (longest_ == kNone) return;
  for (const ValueId element : values_.as_list(operations_[longest_].observed)) {
    facts_[element] = {};
  }
}

bool DistinctListDecider::find_appenders() {
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (operations_[i].code == kCodeRead) continue;
    if (operations_[i].code != kCodeAppend) return false;
    ElementFacts& facts = facts_[operations_[i].argument];
    if (facts.appender != kNone) return false;
    facts.appender = i;
  }
  return true;
}

void DistinctListDecider::find_longest() {
  std::size_t length = 0;
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (operations_[i].code != kCodeRead) continue;
    const std::size_t size = values_.as_list(operations_[i].observed).size();
    if (longest_ != kNone && size <= length) continue;
    longest_ = i;
    length = size;
  }
}

// The longest read fixes the place of every element that any read may show. An element in it that
// no operation appended, or that occurs twice, is a violation by itself.
std::optional<Decision> DistinctListDecider::check_longest() {
  if (longest_ == kNone) return std::nullopt;
  std::uint32_t place = 0;
  for (const ValueId element : values_.as_list(operations_[longest_].observed)) {
    ElementFacts& facts = facts_[element];
    if (facts.appender == kNone || facts.place != 0) return violation({longest_});
    facts.place = ++place;
  }
  return std::nullopt;
}

std::optional<Decision> DistinctListDecider::check_prefixes() const {
  if (longest_ == kNone) return std::nullopt;
  const auto longest = values_.as_list(operations_[longest_].observed);
  ValueId last_checked = kNoValue;  // reads of one list often follow each other
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    const ValueId value = operations_[i].observed;
    if (operations_[i].code != kCodeRead || value == last_checked) continue;
    const auto list = values_.as_list(value);
    if (!std::equal(list.begin(), list.end(), longest.begin())) return violation({i, longest_});
    last_checked = value;
  }
  return std::nullopt;
}

// Between the elements: [a, b] is read at level 4, b was appended at level 3, a at level 1. An
// acknowledged append that the longest read does not show comes after all reads; an indeterminate
// one need not have happened.
std::uint64_t DistinctListDecider::level(const KeyOperation& one) const {
  if (one.code == kCodeRead) return 2 * values_.as_list(one.observed).size();
  const std::uint64_t place = facts_[one.argument].place;
  if (place != 0) return 2 * place - 1;
  return one.required ? kLastLevel : kNoLevel;
}

std::vector<std::uint64_t> DistinctListDecider::all_levels() const {
  std::vector<std::uint64_t> levels;
  levels.reserve(operations_.size());
  for (const KeyOperation& operation : operations_) levels.push_back(level(operation));
  return levels;
}

std::uint32_t DistinctListDecider::shortest_read_with(std::uint64_t place) const {
  std::uint32_t best = longest_;
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (operations_[i].code != kCodeRead) continue;
    const std::size_t size = values_.as_list(operations_[i].observed).size();
    if (size >= place && size < values_.as_list(operations_[best].observed).size()) best = i;
  }
  return best;
}

// The places of appended elements are what the reads say they are, so a read that shows them
// belongs to the counterexample.
Decision DistinctListDecider::out_of_order(std::uint32_t first, std::uint32_t second) const {
  std::vector<std::uint32_t> counterexample = {first, second};
  std::uint64_t place = 0;
  for (const std::uint32_t operation : {first, second}) {
    if (operations_[operation].code == kCodeAppend) {
      place = std::max<std::uint64_t>(place, facts_[operations_[operation].argument].place);
    }
  }
  if (place != 0) counterexample.push_back(shortest_read_with(place));
  return violation(std::move(counterexample));
}

constinit const FastDecider kDistinctList{"distinct-list", &make_with_scratch<DistinctListDecider>};

}  // namespace capsize::checker
