#include "checker/algorithms/visibility.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace capsize::checker {
namespace {

// Of intervals that began up to some position, which ends last.
class BegunIntervals {
 public:
  // By ascending begin.
  void add(Position begin, Position end) {
    begin_.push_back(begin);
    last_end_.push_back(last_end_.empty() ? end : std::max(last_end_.back(), end));
  }
  // Whether one that began up to `position` lasts at least until `until`. O(log n).
  [[nodiscard]] bool any_lasts(Position position, Position until) const {
    const auto begun = std::upper_bound(begin_.begin(), begin_.end(), position) - begin_.begin();
    return begun > 0 && last_end_[static_cast<std::size_t>(begun - 1)] >= until;
  }

 private:
  std::vector<Position> begin_;
  std::vector<Position> last_end_;  // of those up to here
};

// Values that indeterminate cas lead to; with more, the answer is that the write may be seen.
constexpr std::size_t kReachedMax = 64;

class LateSight {
 public:
  LateSight(std::span<const KeyOperation> operations,
            std::span<const SearchProblem::InfoClass> classes)
      : operations_(operations), classes_(classes), first_complete_(operations.size() + 1, kNever) {
    for (const KeyOperation& operation : operations) {
      if (!operation.required || operation.observed == kNoValue) continue;
      observers_[operation.observed].add(operation.invoke, operation.complete);
    }
    for (std::size_t i = operations.size(); i-- > 0;) {
      const bool mutates = operations[i].required && !operations[i].pure;
      first_complete_[i] =
          std::min(first_complete_[i + 1], mutates ? operations[i].complete : kNever);
    }
  }

  bool may_be_seen(const KeyOperation& write) {
    const auto& reached = reached_from(write.written);
    if (reached.size() > kReachedMax) return true;
    const auto later = std::upper_bound(
        operations_.begin(), operations_.end(), write.complete,
        [](Position at, const KeyOperation& operation) { return at < operation.invoke; });
    const Position horizon = first_complete_[static_cast<std::size_t>(later - operations_.begin())];
    return std::any_of(reached.begin(), reached.end(), [&](ValueId value) {
      const auto found = observers_.find(value);
      return found != observers_.end() && found->second.any_lasts(horizon, write.complete);
    });
  }

 private:
  // The value itself, and what indeterminate cas can make of it.
  const std::vector<ValueId>& reached_from(ValueId value) {
    std::vector<ValueId>& reached = reached_[value];
    if (!reached.empty()) return reached;
    reached = {value};
    for (std::size_t next = 0; next < reached.size() && reached.size() <= kReachedMax; ++next) {
      for (const auto& one : classes_) {
        if (one.operation.observed != reached[next]) continue;
        if (std::find(reached.begin(), reached.end(), one.operation.written) != reached.end()) {
          continue;
        }
        reached.push_back(one.operation.written);
      }
    }
    return reached;
  }

  std::span<const KeyOperation> operations_;
  std::span<const SearchProblem::InfoClass> classes_;
  std::vector<Position> first_complete_;                   // of acknowledged mutations from here on
  std::unordered_map<ValueId, BegunIntervals> observers_;  // acknowledged, by the value
  std::unordered_map<ValueId, std::vector<ValueId>> reached_;
};

}  // namespace

std::vector<bool> seen_after_completion(std::span<const KeyOperation> operations,
                                        std::span<const SearchProblem::InfoClass> classes,
                                        const std::function<bool()>& stop) {
  LateSight sight(operations, classes);
  std::vector<bool> seen(operations.size(), false);
  for (std::size_t i = 0; i < operations.size() && !stop(); ++i) {
    if (operations[i].required && operations[i].blind) seen[i] = sight.may_be_seen(operations[i]);
  }
  return seen;
}

namespace {

constexpr std::uint32_t kNone = 0xFFFFFFFFu;

class SourcelessRead {
 public:
  SourcelessRead(std::span<const KeyOperation> operations, ValueId initial)
      : operations_(operations), initial_(initial) {}

  Decision find() {
    if (!gather()) return {Decision::Kind::kNotApplicable};
    // Observers come by invocation, so what has completed before them only grows.
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

  bool may_have_a_source(const KeyOperation& observer, std::uint32_t between) const {
    if (observer.observed == initial_ && between == kNone) return true;
    const auto found = writers_.find(observer.observed);
    const Position overwritten = between == kNone ? 0 : operations_[between].invoke;
    return found != writers_.end() && found->second.any_lasts(observer.complete, overwritten);
  }

  static Decision violation(std::uint32_t observer, std::uint32_t between) {
    Decision decision;
    decision.kind = Decision::Kind::kViolation;
    decision.witness = {observer};
    if (between != kNone) decision.witness.push_back(between);
    std::sort(decision.witness.begin(), decision.witness.end());
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
