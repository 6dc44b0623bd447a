#include "checker/collections/grow_only_set.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "checker/order/level_order.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

class GrowingSet {
 public:
  GrowingSet(std::span<const KeyOperation> operations, const ValueTable& values)
      : operations_(operations), values_(values) {}

  Decision decide(bool want_order) {
    if (!gather()) return {.kind = Decision::Kind::kNotApplicable};
    if (auto found = number_sets()) return *std::move(found);
    std::vector<std::uint64_t> levels;
    for (std::uint32_t i = 0; i < operations_.size(); ++i) levels.push_back(level(i));
    if (const auto clash = find_out_of_level(operations_, levels)) {
      return violation(with_read_between(clash->first, clash->second));
    }
    Decision decision;
    if (want_order) decision.order = order_by_level(levels);
    return decision;
  }

 private:
  struct Element {
    std::uint32_t adder = 0;
    std::uint64_t first_set = 0;   // 0: in none
    std::uint32_t first_read = 0;  // one of those that returned that set
  };
  struct Set {
    std::uint32_t read = 0;  // one of those that returned it
    std::uint64_t number = 0;
  };

  static Decision violation(std::vector<std::uint32_t> counterexample) {
    std::sort(counterexample.begin(), counterexample.end());
    return {.kind = Decision::Kind::kViolation, .counterexample = std::move(counterexample)};
  }

  std::span<const ValueId> elements(ValueId set) const {
    return set == kNullValue ? std::span<const ValueId>() : values_.as_list(set);
  }

  bool gather() {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const KeyOperation& operation = operations_[i];
      if (operation.code == kCodeReadAll) {
        sets_.try_emplace(operation.argument, Set{i});
      } else if (operation.code != kCodeAdd ||
                 !elements_.try_emplace(operation.argument, Element{i}).second) {
        return false;
      }
    }
    return true;
  }

  std::optional<Decision> number_sets() {
    std::vector<std::pair<std::size_t, ValueId>> by_size;
    for (const auto& [set, facts] : sets_) by_size.emplace_back(elements(set).size(), set);
    std::sort(by_size.begin(), by_size.end());
    std::size_t known = 0;  // elements of the sets so far
    std::uint64_t number = 0;
    std::uint32_t largest = 0;
    for (const auto& [size, value] : by_size) {
      Set& set = sets_.at(value);
      if (size > known) ++number;
      std::size_t again = 0;
      for (const ValueId one : elements(value)) {
        const auto element = elements_.find(one);
        if (element == elements_.end()) return violation({set.read});  // no operation added it
        std::uint64_t& first = element->second.first_set;
        if (first == 0) {
          first = number;
          element->second.first_read = set.read;
        } else if (first == number && size > known) {
          return violation({set.read});  // one element twice
        } else {
          ++again;
        }
      }
      if (again != known) return violation({largest, set.read});  // none contains the other
      set.number = number;
      known = size;
      largest = set.read;
    }
    return std::nullopt;
  }

  // That the later of two adds took effect first is known only from a read that shows it alone.
  std::vector<std::uint32_t> with_read_between(std::uint32_t first, std::uint32_t second) const {
    std::vector<std::uint32_t> counterexample = {first, second};
    if (operations_[first].code == kCodeAdd && operations_[second].code == kCodeAdd) {
      counterexample.push_back(elements_.at(operations_[second].argument).first_read);
    }
    return counterexample;
  }

  std::uint64_t level(std::uint32_t place) const {
    const KeyOperation& operation = operations_[place];
    if (operation.code == kCodeReadAll) return 2 * sets_.at(operation.argument).number;
    const std::uint64_t first = elements_.at(operation.argument).first_set;
    if (first != 0) return 2 * first - 1;
    return operation.required ? kLastLevel : kNoLevel;
  }

  std::span<const KeyOperation> operations_;
  const ValueTable& values_;
  std::unordered_map<ValueId, Element> elements_;
  std::map<ValueId, Set> sets_;
};

}  // namespace

Decision decide_grow_only_set(std::span<const KeyOperation> operations, ValueId initial,
                              const ValueTable& values, bool want_order) {
  if (initial != kNullValue && initial != kEmptyList) {
    return {.kind = Decision::Kind::kNotApplicable};
  }
  return GrowingSet(operations, values).decide(want_order);
}

constinit const FastDecider kGrowOnlySet{
    "growing-set", &make_stateless<[](const DeciderInput& key) {
      return decide_grow_only_set(key.operations, key.initial, key.values, key.want_order);
    }>};

}  // namespace capsize::checker
