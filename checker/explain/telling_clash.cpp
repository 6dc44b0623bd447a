#include "checker/explain/telling_clash.h"

#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace capsize::checker {
namespace {

constexpr std::size_t kCandidatesMax = 256;
constexpr std::uint32_t kNobody = 0xFFFFFFFFu;

class LostWriteFinder {
 public:
  LostWriteFinder(std::span<const KeyOperation> operations, ValueId initial)
      : operations_(operations), initial_(initial) {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const KeyOperation& operation = operations_[i];
      if (operation.written != kNoValue) writer_[operation.written] = i;
      if (operation.required && operation.observed != kNoValue) seen_.insert(operation.observed);
    }
    for (std::uint32_t i = 0; i < operations_.size(); ++i) note_in_force(i);
  }

  std::optional<std::vector<std::uint32_t>> find() const {
    std::size_t candidates = 0;
    for (std::uint32_t i = 0; i < operations_.size() && candidates < kCandidatesMax; ++i) {
      const KeyOperation& write = operations_[i];
      if (!write.required || !write.blind || seen_.contains(write.written)) continue;
      ++candidates;
      const std::uint32_t late = first_to_see_older(i);
      if (late == kNobody || newer_was_seen(i, late)) continue;
      std::vector<std::uint32_t> clash = {i, late};
      const auto in_force = in_force_.find(block_of(operations_[late]));
      if (in_force != in_force_.end() && in_force->second != late) {
        clash.push_back(in_force->second);
      }
      return clash;
    }
    return std::nullopt;
  }

 private:
  // The write, or the initial value, at the foot of the chain of cas that an operation belongs to.
  ValueId block_of(const KeyOperation& operation) const {
    ValueId value = operation.observed != kNoValue ? operation.observed : operation.written;
    for (std::size_t steps = 0; steps < operations_.size(); ++steps) {
      const auto writer = writer_.find(value);
      if (writer == writer_.end() || operations_[writer->second].observed == kNoValue) return value;
      value = operations_[writer->second].observed;
    }
    return value;
  }

  void note_in_force(std::uint32_t place) {
    const KeyOperation& operation = operations_[place];
    if (!operation.required) return;
    const auto [known, added] = in_force_.try_emplace(block_of(operation), place);
    if (!added && operation.complete < operations_[known->second].complete) known->second = place;
  }

  /// Whether a block was in force for certain before an operation began.
  bool in_force_before(ValueId block, const KeyOperation& operation) const {
    if (block == initial_) return true;
    const auto known = in_force_.find(block);
    return known != in_force_.end() && operations_[known->second].complete < operation.invoke;
  }

  std::uint32_t first_to_see_older(std::uint32_t write) const {
    const KeyOperation& lost = operations_[write];
    for (std::uint32_t i = write + 1; i < operations_.size(); ++i) {
      const KeyOperation& reader = operations_[i];
      if (!reader.required || reader.observed == kNoValue || reader.invoke < lost.complete)
        continue;
      if (in_force_before(block_of(reader), lost)) return i;
    }
    return kNobody;
  }

  /// Whether something acknowledged between the older value's time and its return is ever seen:
  /// then that was in force, and the reader was merely behind.
  bool newer_was_seen(std::uint32_t write, std::uint32_t late) const {
    const ValueId older = block_of(operations_[late]);
    for (std::uint32_t i = 0; i < late; ++i) {
      const KeyOperation& other = operations_[i];
      if (i == write || !other.required || other.written == kNoValue) continue;
      if (other.complete >= operations_[late].invoke || !seen_.contains(other.written)) continue;
      if (block_of(other) != older && in_force_before(older, other)) return true;
    }
    return false;
  }

  std::span<const KeyOperation> operations_;
  ValueId initial_;
  std::unordered_map<ValueId, std::uint32_t> writer_;    // value -> place
  std::unordered_map<ValueId, std::uint32_t> in_force_;  // block -> first to complete in it
  std::unordered_set<ValueId> seen_;
};

}  // namespace

std::vector<std::uint32_t> telling_clash(
    std::span<const KeyOperation> operations, ValueId initial,
    const std::function<Decision(std::span<const KeyOperation>)>& decide,
    std::vector<std::uint32_t> first) {
  std::vector<KeyOperation> observations(operations.begin(), operations.end());
  for (KeyOperation& operation : observations) {
    if (!operation.blind) continue;
    operation.required = false;
    operation.complete = kNever;
  }
  Decision decision = decide(observations);
  if (decision.is_violation()) return std::move(decision.witness);
  if (auto lost = LostWriteFinder(operations, initial).find()) return *std::move(lost);
  return first;
}

}  // namespace capsize::checker
