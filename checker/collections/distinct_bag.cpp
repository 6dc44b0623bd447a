#include "checker/collections/distinct_bag.h"

#include <algorithm>

#include "checker/collections/emptiness.h"
#include "checker/collections/queue_elements.h"
#include "checker/collections/unmatched_elements.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

std::vector<std::uint32_t> order_of_bag(const QueueElements& bag, const Emptiness& emptiness,
                                        const UnmatchedElements& left_overs) {
  std::vector<Placed> placed;
  std::vector<Position> moments;
  for (const Emptiness::Moment& moment : emptiness.moments) {
    placed.push_back({.at = moment.at, .operation = moment.dequeue, .turn = Placed::kEmpty});
    moments.push_back(moment.at);
  }
  for (const QueueElement& element : bag.elements) {
    if (!element.is_unmatched() && element.in_end >= element.out_begin) {
      const Position both = std::max(element.in_begin, element.out_begin);
      placed.push_back({both, element.enqueue, element.dequeue, Placed::kInAndOut});
      continue;
    }
    placed.push_back({.at = element.in_end, .operation = element.enqueue, .turn = Placed::kIn});
    if (!element.is_unmatched()) {
      placed.push_back({element.out_begin, element.dequeue});
    }
  }
  for (const auto& [take, index] : left_overs.assign(moments)) {
    const Position gone = *std::ranges::upper_bound(moments, bag.elements[index].in_end);
    placed.push_back({gone, bag.unknown[take]});
  }
  std::ranges::stable_sort(placed, {},
                           [](const Placed& one) { return std::pair(one.at, one.turn); });
  return order_of(placed);
}

}  // namespace

Decision decide_distinct_bag(std::span<const KeyOperation> operations, ValueId initial,
                             bool want_order) {
  QueueElements bag;
  if (!starts_empty(initial)) return {.kind = Decision::Kind::kNotApplicable};
  Decision decision = gather_elements(operations, bag);
  if (decision.kind != Decision::Kind::kLegal) return decision;
  UnmatchedElements left_overs(operations, bag, [](const QueueElement&) { return kNever; });
  Emptiness emptiness = find_empty_moments(operations, bag, left_overs);
  if (!emptiness.possible) return queue_violation(std::move(emptiness.counterexample));
  if (want_order) decision.order = order_of_bag(bag, emptiness, left_overs);
  return decision;
}

constinit const FastDecider kDistinctBag{
    "distinct-bag", &make_stateless<[](const DeciderInput& key) {
      return decide_distinct_bag(key.operations, key.initial, key.want_order);
    }>};

}  // namespace capsize::checker
