// Shrinking: from operations that have no legal order to a minimal subset that has none.
//
// A set of operations stands for itself only if it is closed: it holds, for every observation, all
// operations that may have produced it (Sources). Without the write of 7, a read of 7 is a
// violation too, but a different one, and a wrong one. So a source is removed only after all
// observers of its value.
//
// If a closed set has a legal order, so has every closed subset (leave the others out of the
// order). So a set is minimal among the closed ones if it becomes legal whichever operation is
// removed together with all that depends on it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "checker/core/budget.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

/// Which operations might have produced what an observer saw.
///
/// An explanation has to show them all: "7 cannot be read here" proves nothing unless every write
/// of 7 that could be meant is shown. But not every write of 7 can be meant. Where operations
/// name the whole value (registers, and each element of a set), a writer is out of the question for
/// an observer if it began after the observer had returned, or if another acknowledged mutation
/// is between the two in time: in every legal order that one comes between them too. Where none
/// is left, the latest is shown in their stead.
///
/// Why that is sound: take any legal order of all operations and remove everything but a set
/// that holds all sources of its observers. Each observer still comes right after its source. So
/// a set without a legal order proves that the whole has none.
///
/// Where values are built up (appends), and for reads of a whole set, everything that the model
/// says is needed is a source.
class Sources {
 public:
  explicit Sources(const KeyProblem& problem);

  /// Places in problem.operations; empty for what observes nothing. Valid until the next call;
  /// those of observers that need the same are the same array.
  [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t observer) const;
  /// Whether what of() returns stays valid as long as this object.
  [[nodiscard]] bool are_kept() const { return !whole_values_; }

 private:
  [[nodiscard]] const std::vector<std::uint32_t>& needed_by(const KeyOperation& observer) const;
  [[nodiscard]] Position last_overwritten(const KeyOperation& observer) const;

  // Part of the object and its value, in one number: a register is one part, of a set each element.
  using Fact = std::uint64_t;
  static constexpr Fact kNoFact = ~Fact{0};
  [[nodiscard]] ValueId part(const KeyOperation& operation) const;
  [[nodiscard]] Fact left_by(const KeyOperation& writer) const;
  [[nodiscard]] Fact seen_by(const KeyOperation& observer) const;
  [[nodiscard]] bool holds_at_first(const KeyOperation& observer) const;

  const KeyProblem& problem_;
  bool whole_values_ = true;
  bool by_element_;
  // The writers of a value, by invocation. The acknowledged ones have the largest completion up to
  // there, so that the search for possible sources ends where all earlier ones are overwritten.
  struct Writers {
    std::vector<std::uint32_t> acknowledged;
    std::vector<Position> last_complete;
    std::vector<std::uint32_t> indeterminate;
  };
  [[nodiscard]] std::vector<std::uint32_t> that_may_be_meant(const Writers& writers,
                                                             std::uint32_t observer) const;
  [[nodiscard]] std::uint32_t latest_of(const Writers& writers, Position position) const;
  std::unordered_map<Fact, Writers> writers_;
  mutable std::vector<std::uint32_t> found_;  // what of() returns where it is not kept
  // What needed_by found, by code and observed value: shrinking asks the same repeatedly.
  mutable std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> needed_;
  // By part: acknowledged mutations by completion, each with the largest invocation up to there.
  std::unordered_map<ValueId, std::vector<std::pair<Position, Position>>> mutations_;
};

/// Whether operations (in order of invocation) certainly have no legal order. "Not known" is false.
using Violates = std::function<bool(std::span<const KeyOperation>)>;

struct Shrunk {
  std::vector<KeyOperation> operations;  ///< in order of invocation
  bool minimal = true;                   ///< false: the budget ended before it was
};

/// The set with all sources of what it observes, and of what those observe, and so on. Sets are
/// places in problem.operations, ascending. Where the time ends it, some sources are missing.
[[nodiscard]] std::vector<std::uint32_t> with_sources(const KeyProblem& problem,
                                                      const Sources& sources,
                                                      std::vector<std::uint32_t> set,
                                                      const Budget& budget);

/// Precondition: `set` is closed and violates.
[[nodiscard]] Shrunk shrink(const KeyProblem& problem, const Sources& sources,
                            std::vector<std::uint32_t> set, const Violates& violates,
                            const Budget& budget);

}  // namespace capsize::checker
