#include "checker/explain/clash_choice.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "checker/explain/lost_or_stale.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kCandidatesMin = 8;
constexpr std::size_t kCandidatesMax = 256;
constexpr std::size_t kLooksMax = 10'000'000;  // operations examined, for all candidates together
constexpr std::uint32_t kNoOperation = 0xFFFFFFFFu;

using Clash = std::optional<std::vector<std::uint32_t>>;

class ClashFinder {
 public:
  explicit ClashFinder(const KeyProblem& problem)
      : problem_(problem), operations_(problem.operations), writers_(operations_) {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      const KeyOperation& operation = operations_[i];
      if (operation.written != kNoValue) writer_[operation.written] = i;
      if (!operation.required || operation.observed == kNoValue) continue;
      Position& last = last_look_[operation.observed];
      last = std::max(last, operation.invoke);
    }
    for (std::uint32_t i = 0; i < operations_.size(); ++i) note_block(i);
  }

  // The last writes come first, because a lost write was not overwritten by any write that is
  // observed.
  Clash lost_write() const {
    std::size_t candidates = 0;
    for (auto i = static_cast<std::uint32_t>(operations_.size());
         i-- > 0 && candidates < candidates_max();) {
      const KeyOperation& write = operations_[i];
      if (!write.required || !write.blind || last_look_.contains(write.written)) continue;
      ++candidates;
      const std::uint32_t late = first_to_see_older(i);
      if (late == kNoOperation) continue;
      const LostOrStale judged = lost_or_stale(
          problem_, {.missing = &write,
                     .late = &operations_[late],
                     .observes_state = [](const auto& one) { return one.observed != kNoValue; },
                     .proves_stale = {},
                     .may_see_newer =
                         [&](const auto& one) {
                           return writers_.may_be_newer(one.observed, write,
                                                        operations_[late].observed);
                         }});
      if (judged.kind == LostOrStale::Kind::kLost) return clash(i, late);
    }
    return std::nullopt;
  }

  Clash stale_read() const {
    std::size_t candidates = 0;
    for (std::uint32_t i = 0; i < operations_.size() && candidates < candidates_max(); ++i) {
      const KeyOperation& write = operations_[i];
      const auto last = last_look_.find(write.written);
      if (!write.required || !write.blind || last == last_look_.end()) continue;
      if (last->second <= write.complete) continue;
      ++candidates;
      const std::uint32_t late = first_to_see_older(i);
      if (late != kNoOperation && operations_[late].complete < last->second) return clash(i, late);
    }
    return std::nullopt;
  }

 private:
  std::size_t candidates_max() const {
    return std::clamp(kLooksMax / (operations_.size() + 1), kCandidatesMin, kCandidatesMax);
  }

  // Returns the write, or the initial value, at which the chain of cas of an operation begins.
  ValueId block_of(const KeyOperation& operation) const {
    ValueId value = operation.observed != kNoValue ? operation.observed : operation.written;
    for (std::size_t steps = 0; steps < operations_.size(); ++steps) {
      const auto writer = writer_.find(value);
      if (writer == writer_.end() || operations_[writer->second].observed == kNoValue) return value;
      value = operations_[writer->second].observed;
    }
    return value;
  }

  void note_block(std::uint32_t place) {
    const KeyOperation& operation = operations_[place];
    if (!operation.required) return;
    const auto [known, added] = first_of_block_.try_emplace(block_of(operation), place);
    if (!added && operation.complete < operations_[known->second].complete) known->second = place;
  }

  /// Whether the value of a block was certainly there before an operation began.
  bool was_there_before(ValueId block, const KeyOperation& operation) const {
    if (block == problem_.initial) return true;
    const auto known = first_of_block_.find(block);
    return known != first_of_block_.end() && operations_[known->second].complete < operation.invoke;
  }

  std::uint32_t first_to_see_older(std::uint32_t write) const {
    const KeyOperation& newer = operations_[write];
    for (std::uint32_t i = write + 1; i < operations_.size(); ++i) {
      const KeyOperation& reader = operations_[i];
      if (!reader.required || reader.observed == kNoValue || reader.invoke <= newer.complete)
        continue;
      if (was_there_before(block_of(reader), newer)) return i;
    }
    return kNoOperation;
  }

  std::vector<std::uint32_t> clash(std::uint32_t write, std::uint32_t late) const {
    std::vector<std::uint32_t> places = {write, late};
    const auto older = first_of_block_.find(block_of(operations_[late]));
    if (older != first_of_block_.end() && older->second != late) places.push_back(older->second);
    return places;
  }

  const KeyProblem& problem_;
  std::span<const KeyOperation> operations_;
  RegisterWriters writers_;
  std::unordered_map<ValueId, std::uint32_t> writer_;          // value -> place
  std::unordered_map<ValueId, std::uint32_t> first_of_block_;  // block -> first to complete
  std::unordered_map<ValueId, Position> last_look_;            // value -> last observer's begin
};

}  // namespace

std::vector<std::uint32_t> choose_clash(
    const KeyProblem& problem, const std::function<Decision(std::span<const KeyOperation>)>& decide,
    std::vector<std::uint32_t> first) {
  const ClashFinder finder(problem);
  if (auto lost = finder.lost_write()) return *std::move(lost);
  if (auto stale = finder.stale_read()) return *std::move(stale);
  std::vector<KeyOperation> observations = problem.operations;
  for (KeyOperation& operation : observations) {
    if (!operation.blind) continue;
    operation.required = false;
    operation.complete = kNever;
  }
  Decision decision = decide(observations);
  if (decision.is_violation()) return std::move(decision.counterexample);
  return first;
}

}  // namespace capsize::checker
