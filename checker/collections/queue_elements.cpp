#include "checker/collections/queue_elements.h"

#include <algorithm>
#include <unordered_map>

#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

class Gathering {
 public:
  Gathering(std::span<const KeyOperation> operations, QueueElements& gathered)
      : operations_(operations), gathered_(gathered) {}

  Decision run() {
    if (!enqueues()) return {.kind = Decision::Kind::kNotApplicable};
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (operations_[i].code != kCodeTake) continue;
      if (auto found = dequeue(i)) return *std::move(found);
    }
    collect();
    return {};
  }

 private:
  bool enqueues() {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const KeyOperation& operation = operations_[i];
      if (operation.code == kCodeTake) continue;
      if (operation.code != kCodeAdd || operation.argument == kNullValue) return false;
      QueueElement element;
      element.enqueue = i;
      element.in_begin = operation.invoke;
      element.in_end = operation.complete;
      if (!by_value_.try_emplace(operation.argument, element).second) return false;
    }
    return true;
  }

  std::optional<Decision> dequeue(std::uint32_t place) {
    const KeyOperation& operation = operations_[place];
    if (operation.argument == kNoValue || operation.argument == kNullValue) {
      (operation.argument == kNoValue ? gathered_.unknown : gathered_.empty).push_back(place);
      return std::nullopt;
    }
    const auto found = by_value_.find(operation.argument);
    if (found == by_value_.end()) return queue_violation({place});
    QueueElement& element = found->second;
    if (!element.is_unmatched()) {
      return queue_violation({element.enqueue, element.dequeue, place});
    }
    if (operation.complete < element.in_begin) return queue_violation({element.enqueue, place});
    element.dequeue = place;
    element.out_begin = operation.invoke;
    element.out_end = operation.complete;
    element.in_end = std::min(element.in_end, operation.complete);
    return std::nullopt;
  }

  void collect() {
    for (const auto& [value, element] : by_value_) {
      const bool happened = operations_[element.enqueue].required || !element.is_unmatched();
      if (happened) gathered_.elements.push_back(element);
    }
    std::ranges::sort(gathered_.elements, {}, &QueueElement::enqueue);
  }

  std::span<const KeyOperation> operations_;
  QueueElements& gathered_;
  std::unordered_map<ValueId, QueueElement> by_value_;
};

}  // namespace

Decision gather_elements(std::span<const KeyOperation> operations, QueueElements& gathered) {
  return Gathering(operations, gathered).run();
}

Decision queue_violation(std::vector<std::uint32_t> counterexample) {
  std::erase(counterexample, QueueElement::kNone);
  std::ranges::sort(counterexample);
  counterexample.erase(std::unique(counterexample.begin(), counterexample.end()),
                       counterexample.end());
  return {.kind = Decision::Kind::kViolation, .counterexample = std::move(counterexample)};
}

}  // namespace capsize::checker
