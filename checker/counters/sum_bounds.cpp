#include "checker/counters/sum_bounds.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "checker/specification/collection.h"
#include "checker/specification/counter.h"

namespace capsize::checker {
namespace {

constexpr double kSumMax = 4e18;  // within 64 bits, with room

// Sums of amounts up to a position.
class SumsUpTo {
 public:
  void add(Position at, std::int64_t amount) { amounts_.emplace_back(at, amount); }

  void sort() {
    std::ranges::sort(amounts_);
    std::int64_t sum = 0;
    for (auto& [at, amount] : amounts_) amount = sum += amount;
  }

  // Of all at this position or before it.
  [[nodiscard]] std::int64_t at(Position position) const {
    const auto after = std::ranges::upper_bound(amounts_, position, {}, &Entry::first);
    return after == amounts_.begin() ? 0 : std::prev(after)->second;
  }

 private:
  using Entry = std::pair<Position, std::int64_t>;
  std::vector<Entry> amounts_;
};

class SumBounds {
 public:
  SumBounds(std::span<const KeyOperation> operations, std::int64_t initial,
            const ValueTable& values)
      : operations_(operations), values_(values), initial_(initial) {}

  Decision find() {
    if (!gather()) return {.kind = Decision::Kind::kNotApplicable};
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (operations_[i].pure && !lies_within(operations_[i])) return violation(i);
    }
    return {.kind = Decision::Kind::kNotApplicable};
  }

 private:
  bool gather() {
    double total = std::abs(static_cast<double>(initial_));
    for (const KeyOperation& operation : operations_) {
      const std::int64_t amount = counter_amount(values_, operation);
      if (operation.pure) continue;
      total += std::abs(static_cast<double>(amount));
      const std::size_t sign = amount < 0;
      begun_[sign].add(operation.invoke, amount);
      if (operation.required) done_[sign].add(operation.complete, amount);
    }
    for (SumsUpTo* sums : {&begun_[0], &begun_[1], &done_[0], &done_[1]}) sums->sort();
    return total < kSumMax;
  }

  bool lies_within(const KeyOperation& read) const {
    const auto done = [&](std::size_t sign) {
      return read.invoke == 0 ? 0 : done_[sign].at(read.invoke - 1);
    };
    const std::int64_t sum = counter_amount(values_, read);
    return sum >= initial_ + done(0) + begun_[1].at(read.complete) &&
           sum <= initial_ + done(1) + begun_[0].at(read.complete);
  }

  Decision violation(std::uint32_t read) const {
    Decision decision{.kind = Decision::Kind::kViolation};
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const bool may_be_in =
          !operations_[i].pure && operations_[i].invoke <= operations_[read].complete;
      if (may_be_in || i == read) decision.counterexample.push_back(i);
    }
    return decision;
  }

  std::span<const KeyOperation> operations_;
  const ValueTable& values_;
  std::int64_t initial_;
  SumsUpTo begun_[2], done_[2];  // by sign: amounts of what began, and of what was acknowledged
};

}  // namespace

Decision find_sum_out_of_bounds(std::span<const KeyOperation> operations, ValueId initial,
                                const ValueTable& values) {
  if (initial != kNullValue && values.kind(initial) != ValueTable::Kind::kInteger) {
    return {.kind = Decision::Kind::kNotApplicable};
  }
  const std::int64_t start = initial == kNullValue ? 0 : values.as_integer(initial);
  return SumBounds(operations, start, values).find();
}

constinit const FastDecider kSumBounds{"sum-bounds", &make_stateless<[](const DeciderInput& key) {
                                         return find_sum_out_of_bounds(key.operations, key.initial,
                                                                       key.values);
                                       }>};

}  // namespace capsize::checker
