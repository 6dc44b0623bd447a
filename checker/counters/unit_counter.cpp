#include "checker/counters/unit_counter.h"

#include <algorithm>
#include <map>
#include <queue>
#include <tuple>

#include "checker/order/level_order.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

class UnitCounter {
 public:
  UnitCounter(std::span<const KeyOperation> operations, std::int64_t initial,
              const ValueTable& values)
      : operations_(operations), initial_(initial), values_(values) {}

  Decision decide(bool want_order) {
    if (!find_amount()) return {.kind = Decision::Kind::kNotApplicable};
    if (auto found = count_reads()) return *std::move(found);
    levels_.assign(operations_.size(), kNoLevel);
    for (const auto& [count, reads] : reads_) {
      for (const std::uint32_t read : reads) levels_[read] = 2 * slot_of_.at(count);
    }
    if (const auto clash = out_of_order_reads()) return violation({clash->first, clash->second});
    find_bounds();
    if (auto found = fill()) return *std::move(found);
    Decision decision;
    if (want_order) decision.order = order_by_level(levels_);
    return decision;
  }

 private:
  static Decision violation(std::vector<std::uint32_t> counterexample) {
    std::sort(counterexample.begin(), counterexample.end());
    counterexample.erase(std::unique(counterexample.begin(), counterexample.end()),
                         counterexample.end());
    return {.kind = Decision::Kind::kViolation, .counterexample = std::move(counterexample)};
  }

  std::int64_t number(const KeyOperation& operation) const {
    return operation.argument == kNullValue ? 0 : values_.as_integer(operation.argument);
  }

  // The numbers of a history may be hostile; beyond this nothing is added up.
  static bool is_small(std::int64_t number) {
    constexpr std::int64_t kSmall = std::int64_t{1} << 40;
    return number > -kSmall && number < kSmall;
  }

  bool find_amount() {
    if (!is_small(initial_)) return false;
    for (const KeyOperation& operation : operations_) {
      if (operation.code == kCodeReadAll) continue;
      if (operation.code != kCodeAdd || !is_small(number(operation))) return false;
      if (amount_ == 0) amount_ = number(operation);
      if (amount_ == 0 || number(operation) != amount_) return false;
    }
    if (amount_ == 0) amount_ = 1;
    return true;
  }

  std::optional<Decision> count_reads() {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (operations_[i].code != kCodeReadAll) continue;
      const std::int64_t total = number(operations_[i]);
      const std::int64_t difference = is_small(total) ? total - initial_ : -amount_;
      if (difference % amount_ != 0 || difference / amount_ < 0) return violation({i});
      reads_[static_cast<std::uint64_t>(difference / amount_)].push_back(i);
    }
    // Slot 0 is before all reads.
    for (const auto& [count, reads] : reads_) slot_of_.emplace(count, slot_of_.size() + 1);
    return std::nullopt;
  }

  std::optional<std::pair<std::uint32_t, std::uint32_t>> out_of_order_reads() const {
    std::vector<KeyOperation> reads;
    std::vector<std::uint64_t> levels;
    std::vector<std::uint32_t> places;
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (levels_[i] == kNoLevel) continue;
      reads.push_back(operations_[i]);
      levels.push_back(levels_[i]);
      places.push_back(i);
    }
    const auto clash = find_out_of_level(reads, levels);
    if (!clash) return std::nullopt;
    return std::pair(places[clash->first], places[clash->second]);
  }

  // By slot: an add that begins after `opens` belongs to it or a later one, an add that completed
  // before `closes` to an earlier one.
  void find_bounds() {
    opens_.assign(slot_of_.size() + 1, kNever);
    closes_.assign(slot_of_.size() + 1, 0);
    for (const auto& [count, reads] : reads_) {
      const std::uint64_t slot = slot_of_.at(count);
      for (const std::uint32_t read : reads) {
        opens_[slot] = std::min(opens_[slot], operations_[read].complete);
        closes_[slot] = std::max(closes_[slot], operations_[read].invoke);
      }
    }
    // What a later read forces, an earlier one forces too.
    for (std::size_t slot = opens_.size() - 1; slot-- > 0;) {
      opens_[slot] = std::min(opens_[slot], slot == 0 ? Position{0} : opens_[slot + 1]);
    }
    for (std::size_t slot = 1; slot < closes_.size(); ++slot) {
      closes_[slot] = std::max(closes_[slot], closes_[slot - 1]);
    }
  }

  // The first slot that the add may belong to: it certainly comes after the reads of all slots up
  // to here.
  std::uint64_t lo(const KeyOperation& add) const {
    const auto after = std::partition_point(opens_.begin() + 1, opens_.end(),
                                            [&](Position opens) { return opens < add.invoke; });
    return static_cast<std::uint64_t>(after - opens_.begin()) - 1;
  }

  // The last slot that the add may belong to: it certainly comes before the reads of the next one.
  std::uint64_t hi(const KeyOperation& add) const {
    const auto first =
        std::partition_point(closes_.begin() + 1, closes_.end(),
                             [&](Position closes) { return closes <= add.complete; });
    return static_cast<std::uint64_t>(first - closes_.begin()) - 1;
  }

  // Any read may be the reason why a slot begins or ends where it does; the explanation adds the
  // additions that they depend on.
  Decision no_fill() const {
    std::vector<std::uint32_t> counterexample;
    for (const auto& [count, reads] : reads_) {
      counterexample.insert(counterexample.end(), reads.begin(), reads.end());
    }
    return violation(std::move(counterexample));
  }

  // Fills the slots from the first to the last, always with the add whose last possible slot (hi)
  // is the earliest: scheduling unit jobs by earliest deadline, which succeeds if any schedule
  // does. Fails if an add has missed its last slot, or if a slot cannot be filled (a read returned
  // more than was there: initially 0, add 1, read 2).
  std::optional<Decision> fill() {
    std::vector<std::vector<std::uint32_t>> released(slot_of_.size() + 1);
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (operations_[i].code == kCodeAdd) released[lo(operations_[i])].push_back(i);
    }
    // By deadline; the indeterminate have none and come last.
    using Waiting = std::tuple<std::uint64_t, bool, std::uint32_t>;
    std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting;
    auto next = reads_.begin();
    std::uint64_t before = 0;
    for (std::uint64_t slot = 0; slot < released.size(); ++slot) {
      for (const std::uint32_t add : released[slot]) {
        const bool required = operations_[add].required;
        waiting.emplace(required ? hi(operations_[add]) : kLastLevel, !required, add);
      }
      const bool last = next == reads_.end();
      std::uint64_t room = last ? kLastLevel : next->first - before;
      while (room > 0 && !waiting.empty()) {
        const auto [deadline, optional, add] = waiting.top();
        if (deadline < slot) break;
        if (last && optional) break;
        waiting.pop();
        levels_[add] = 2 * slot + 1;
        --room;
      }
      // An add that must be in this slot or an earlier one and found no room.
      if (!waiting.empty() && std::get<0>(waiting.top()) < slot + (last ? 0 : 1)) {
        return no_fill();
      }
      if (last) break;
      if (room > 0) return no_fill();  // a read returned more than was there
      before = next->first;
      ++next;
    }
    return std::nullopt;
  }

  std::span<const KeyOperation> operations_;
  std::int64_t initial_;
  const ValueTable& values_;
  std::int64_t amount_ = 0;
  std::map<std::uint64_t, std::vector<std::uint32_t>> reads_;  // by how many additions they saw
  std::map<std::uint64_t, std::uint64_t> slot_of_;             // by the same
  std::vector<Position> opens_, closes_;                       // by slot
  std::vector<std::uint64_t> levels_;
};

}  // namespace

Decision decide_unit_counter(std::span<const KeyOperation> operations, ValueId initial,
                             const ValueTable& values, bool want_order) {
  const bool is_number = values.kind(initial) == ValueTable::Kind::kInteger;
  return UnitCounter(operations, is_number ? values.as_integer(initial) : 0, values)
      .decide(want_order);
}

constinit const FastDecider kUnitCounter{
    "unit-counter", &make_stateless<[](const DeciderInput& key) {
      return decide_unit_counter(key.operations, key.initial, key.values, key.want_order);
    }>};

}  // namespace capsize::checker
