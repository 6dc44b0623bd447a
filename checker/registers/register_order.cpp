#include "checker/registers/register_order.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace capsize::checker {
namespace {

class RegisterOrder {
 public:
  RegisterOrder(std::span<const KeyOperation> operations, ValueId initial)
      : operations_(operations), places_{{initial, {initial, 0}}} {
    for (std::uint32_t i = 0; i < operations.size(); ++i) {
      if (operations[i].written != kNoValue) writer_[operations[i].written] = i;
    }
    blocks_[initial].first = kBeforeAll;
  }

  // Sorts by (min(f, s), forward, block, level, place): the header proves that this is legal.
  // `place` is the order of invocation, which respects precedence within a level.
  std::vector<std::uint32_t> find() {
    find_live();
    std::vector<Rank> ranks;
    for (const std::uint32_t operation : live_) note_in_block(operation);
    for (const std::uint32_t operation : live_) {
      const Place place = place_of(operation);
      const auto [f, s] = blocks_.at(place.root);
      ranks.emplace_back(std::min(f, s), f < s, place.root, place.level, operation);
    }
    std::sort(ranks.begin(), ranks.end());
    std::vector<std::uint32_t> order;
    for (const Rank& rank : ranks) order.push_back(std::get<4>(rank));
    return order;
  }

 private:
  static constexpr std::int64_t kBeforeAll = -1;
  // Of a value: the value at which its chain of cas begins, and how many steps it is from there.
  struct Place {
    ValueId root = kNoValue;
    std::uint64_t level = 0;
  };
  using Rank = std::tuple<std::int64_t, bool, ValueId, std::uint64_t, std::uint32_t>;

  // As in the decider: acknowledged operations, and the writers of what live operations observed.
  void find_live() {
    std::vector<bool> known(operations_.size(), false);
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (operations_[i].required) live_.push_back(i);
      known[i] = operations_[i].required;
    }
    for (std::size_t next = 0; next < live_.size(); ++next) {
      const auto writer = writer_.find(operations_[live_[next]].observed);
      if (writer == writer_.end() || known[writer->second]) continue;
      known[writer->second] = true;
      live_.push_back(writer->second);
    }
  }

  // Walks down the chain of cas, then assigns places on the way back up: each value is placed once,
  // so the walk is linear over all calls, however long the chains are.
  Place place_of_value(ValueId value) {
    std::vector<ValueId> chain;
    for (;;) {
      if (const auto known = places_.find(value); known != places_.end()) break;
      const KeyOperation& writer = operations_[writer_.at(value)];
      if (writer.observed == kNoValue) {
        places_[value] = {value, 0};
        break;
      }
      chain.push_back(value);
      value = writer.observed;
    }
    Place place = places_.at(value);
    for (; !chain.empty(); chain.pop_back()) {
      place.level += 2;
      places_[chain.back()] = place;
    }
    return place;
  }

  // A read belongs between the value that it returned (an even level) and the next one.
  Place place_of(std::uint32_t operation) {
    const KeyOperation& one = operations_[operation];
    if (one.written != kNoValue) return place_of_value(one.written);
    Place place = place_of_value(one.observed);
    ++place.level;
    return place;
  }

  void note_in_block(std::uint32_t operation) {
    const auto [block, added] =
        blocks_.try_emplace(place_of(operation).root, std::int64_t{kNever}, kBeforeAll);
    auto& [f, s] = block->second;
    f = std::min(f, std::int64_t{operations_[operation].complete});
    s = std::max(s, std::int64_t{operations_[operation].invoke});
  }

  std::span<const KeyOperation> operations_;
  std::unordered_map<ValueId, std::uint32_t> writer_;
  std::unordered_map<ValueId, Place> places_;
  std::unordered_map<ValueId, std::pair<std::int64_t, std::int64_t>> blocks_;  // f and s, by root
  std::vector<std::uint32_t> live_;
};

}  // namespace

std::vector<std::uint32_t> order_of_register(std::span<const KeyOperation> operations,
                                             ValueId initial) {
  return RegisterOrder(operations, initial).find();
}

}  // namespace capsize::checker
