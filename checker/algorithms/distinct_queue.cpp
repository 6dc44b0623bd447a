#include "checker/algorithms/distinct_queue.h"

#include <algorithm>
#include <unordered_map>

#include "checker/algorithms/queue_elements.h"
#include "checker/models/collection.h"

namespace capsize::checker {
namespace {

class DistinctQueue {
 public:
  explicit DistinctQueue(std::span<const KeyOperation> operations) : operations_(operations) {}

  Decision decide(bool want_order) {
    if (!gather_enqueues()) return {.kind = Decision::Kind::kNotApplicable};
    if (auto found = gather_dequeues()) return *std::move(found);
    collect();
    if (auto found = out_of_turn()) return *std::move(found);
    if (auto found = never_empty()) return *std::move(found);
    Decision decision;
    if (want_order) decision.order = order_of_queue(queue_, moments_);
    return decision;
  }

 private:
  static constexpr std::uint32_t kNone = QueueElement::kNone;

  static Decision violation(std::vector<std::uint32_t> witness) {
    witness.erase(std::remove(witness.begin(), witness.end(), kNone), witness.end());
    std::sort(witness.begin(), witness.end());
    witness.erase(std::unique(witness.begin(), witness.end()), witness.end());
    return {.kind = Decision::Kind::kViolation, .witness = std::move(witness)};
  }

  bool gather_enqueues() {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const KeyOperation& operation = operations_[i];
      if (operation.code == kCodeTake && operation.argument != kNoValue) continue;
      if (operation.code != kCodeAdd || operation.argument == kNullValue) return false;
      QueueElement element;
      element.enqueue = i;
      element.in_begin = operation.invoke;
      element.in_end = operation.complete;
      if (!by_value_.try_emplace(operation.argument, element).second) return false;
    }
    return true;
  }

  std::optional<Decision> gather_dequeues() {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const KeyOperation& operation = operations_[i];
      if (operation.code != kCodeTake) continue;
      if (operation.argument == kNullValue) {
        queue_.empty.push_back(i);
        continue;
      }
      const auto found = by_value_.find(operation.argument);
      if (found == by_value_.end()) return violation({i});
      QueueElement& element = found->second;
      if (element.dequeue != kNone) return violation({element.enqueue, element.dequeue, i});
      if (operation.complete < element.in_begin) return violation({element.enqueue, i});
      element.dequeue = i;
      element.out_begin = operation.invoke;
      element.out_end = operation.complete;
      element.in_end = std::min(element.in_end, operation.complete);
    }
    return std::nullopt;
  }

  void collect() {
    for (const auto& [value, element] : by_value_) {
      const bool happened =
          operations_[element.enqueue].required || element.dequeue != QueueElement::kNone;
      if (happened) queue_.elements.push_back(element);
    }
    std::sort(queue_.elements.begin(), queue_.elements.end(),
              [](const auto& a, const auto& b) { return a.enqueue < b.enqueue; });
  }

  // Case 3: the one that was put in before and comes out last, against each.
  std::optional<Decision> out_of_turn() const {
    std::vector<const QueueElement*> by_end;
    for (const QueueElement& element : queue_.elements) by_end.push_back(&element);
    std::sort(by_end.begin(), by_end.end(),
              [](const auto* a, const auto* b) { return a->in_end < b->in_end; });
    const QueueElement* latest = nullptr;
    auto ended = by_end.begin();
    for (const QueueElement& element : queue_.elements) {
      for (; ended != by_end.end() && (*ended)->in_end < element.in_begin; ++ended) {
        if (latest == nullptr || (*ended)->out_begin > latest->out_begin) latest = *ended;
      }
      if (latest == nullptr || element.dequeue == kNone) continue;
      if (latest->out_begin > element.out_end) {
        return violation({latest->enqueue, latest->dequeue, element.enqueue, element.dequeue});
      }
    }
    return std::nullopt;
  }

  // Case 4, and a moment for each dequeue that found nothing.
  std::optional<Decision> never_empty() {
    std::vector<const QueueElement*> certain;
    for (const QueueElement& element : queue_.elements) {
      if (element.in_end < element.out_begin) certain.push_back(&element);
    }
    std::sort(certain.begin(), certain.end(),
              [](const auto* a, const auto* b) { return a->in_end < b->in_end; });
    auto next = certain.begin();
    Position busy_until = 0;  // something is in all the time from before `moment` until here
    std::vector<std::uint32_t> chain;  // why
    for (const std::uint32_t empty : queue_.empty) {
      Position moment = operations_[empty].invoke;
      // Those that began before the moment; each may carry it on to its own end.
      for (; next != certain.end() && (*next)->in_end < std::max(moment, busy_until); ++next) {
        if ((*next)->in_end >= busy_until) chain.clear();
        if ((*next)->out_begin <= busy_until) continue;
        busy_until = (*next)->out_begin;
        chain.insert(chain.end(), {(*next)->enqueue, (*next)->dequeue});
      }
      moment = std::max(moment, busy_until);
      if (moment > operations_[empty].complete) {
        chain.push_back(empty);
        return violation(chain);
      }
      moments_.push_back(moment);
    }
    return std::nullopt;
  }

  std::span<const KeyOperation> operations_;
  std::unordered_map<ValueId, QueueElement> by_value_;
  QueueElements queue_;
  std::vector<Position> moments_;
};

}  // namespace

Decision decide_distinct_queue(std::span<const KeyOperation> operations, ValueId initial,
                               bool want_order) {
  if (initial != kNullValue && initial != kEmptyList) {
    return {.kind = Decision::Kind::kNotApplicable};
  }
  return DistinctQueue(operations).decide(want_order);
}

}  // namespace capsize::checker
