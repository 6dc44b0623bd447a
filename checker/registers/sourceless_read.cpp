#include "checker/registers/sourceless_read.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "checker/order/begun_intervals.h"

namespace capsize::checker {
namespace {

constexpr std::uint32_t kNone = 0xFFFFFFFFu;

class SourcelessRead {
 public:
  SourcelessRead(std::span<const KeyOperation> operations, ValueId initial)
      : operations_(operations), initial_(initial) {}

  Decision find() {
    if (!gather()) return {Decision::Kind::kNotApplicable};
    // One sweep by invocation: the set of mutations that completed before an observer only grows.
    // Of these, the one that began last rules out most sources: a write that completed before it
    // began is overwritten in every legal order.
    auto completed = by_complete_.begin();
    std::uint32_t between = kNone;  // the mutation with the largest invocation among the completed
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const KeyOperation& observer = operations_[i];
      for (; completed != by_complete_.end() && operations_[*completed].complete < observer.invoke;
           ++completed) {
        if (between == kNone || operations_[*completed].invoke > operations_[between].invoke) {
          between = *completed;
        }
      }
      if (!observer.required || observer.observed == kNoValue) continue;
      if (!may_have_a_source(observer, between)) return violation(i, between);
    }
    return {Decision::Kind::kNotApplicable};
  }

 private:
  bool gather() {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const KeyOperation& operation = operations_[i];
      if (operation.pure) continue;
      if (operation.written == kNoValue) return false;
      writers_[operation.written].add(operation.invoke, operation.complete);
      if (operation.required) by_complete_.push_back(i);
    }
    std::sort(by_complete_.begin(), by_complete_.end(), [this](std::uint32_t a, std::uint32_t b) {
      return operations_[a].complete < operations_[b].complete;
    });
    return true;
  }

  // A source is a writer of the value that began before the observer completed, and that was not
  // complete when `between` began. write 7 ok, write 9 ok, read 7 has none; with the write of 7
  // still open while 9 is written it has one.
  bool may_have_a_source(const KeyOperation& observer, std::uint32_t between) const {
    if (observer.observed == initial_ && between == kNone) return true;
    const auto found = writers_.find(observer.observed);
    const Position overwritten = between == kNone ? 0 : operations_[between].invoke;
    return found != writers_.end() && found->second.any_lasts(observer.complete, overwritten);
  }

  static Decision violation(std::uint32_t observer, std::uint32_t between) {
    Decision decision;
    decision.kind = Decision::Kind::kViolation;
    decision.counterexample = {observer};
    if (between != kNone) decision.counterexample.push_back(between);
    std::sort(decision.counterexample.begin(), decision.counterexample.end());
    return decision;
  }

  std::span<const KeyOperation> operations_;
  ValueId initial_;
  std::unordered_map<ValueId, BegunIntervals> writers_;  // by the value
  std::vector<std::uint32_t> by_complete_;               // acknowledged mutations
};

}  // namespace

Decision find_sourceless_read(std::span<const KeyOperation> operations, ValueId initial) {
  return SourcelessRead(operations, initial).find();
}

}  // namespace capsize::checker
