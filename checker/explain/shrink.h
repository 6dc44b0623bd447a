// Shrinking: reduces operations that have no legal order to a minimal subset that has none.
//
// A set of operations proves the violation only if it is closed, that is, if it contains all
// operations that may have produced any of its observations (Sources). Without the write of 7, a
// read of 7 is a violation, too, but a different one that did not happen. So a source is removed
// only after all observers of its value.
//
// If a closed set has a legal order, so has every closed subset (leave the others out of the
// order). So a closed set is minimal if removing any operation, together with all operations that
// depend on it, makes it legal.
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

/// Finds the operations that may have produced what an observer saw.
///
/// An explanation has to show them all: "7 cannot be read here" proves nothing unless every write
/// of 7 that may be the source is shown. But not every write of 7 may be. Where operations name the
/// whole value (registers, and each element of a set), a writer is excluded for an observer if it
/// began after the observer had returned, or if another acknowledged mutation is between the two in
/// time, because it is then between them in every legal order. If all are excluded, the latest one
/// is shown.
///
/// Why that is sound: in any legal order of all operations, keep only a set that contains all
/// sources of its observers. Each observer still directly follows its source. So if such a set has
/// no legal order, neither has the whole.
///
/// If values are built up (appends), and for reads of a whole set, every operation that the model
/// says is needed is a source.
class Sources {
 public:
  explicit Sources(const KeyProblem& problem);

  /// Places in problem.operations; empty for an operation that observes nothing. Valid until the
  /// next call. Observers with the same sources get the same array.
  [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t observer) const;
  /// Whether the result of of() stays valid as long as this object.
  [[nodiscard]] bool are_kept() const { return !whole_values_; }

 private:
  [[nodiscard]] const std::vector<std::uint32_t>& needed_by(const KeyOperation& observer) const;
  [[nodiscard]] Position last_overwritten(const KeyOperation& observer) const;

  // A part of the object and its value, as one number. A register is one part; each element of a
  // set is one.
  using Fact = std::uint64_t;
  static constexpr Fact kNoFact = ~Fact{0};
  [[nodiscard]] ValueId part(const KeyOperation& operation) const;
  [[nodiscard]] Fact left_by(const KeyOperation& writer) const;
  [[nodiscard]] Fact seen_by(const KeyOperation& observer) const;
  [[nodiscard]] bool holds_at_first(const KeyOperation& observer) const;

  const KeyProblem& problem_;
  bool whole_values_ = true;
  bool by_element_;
  // The writers of a value, by invocation. Each acknowledged one has the largest completion so far,
  // so that the search for possible sources can stop where all earlier ones are overwritten.
  struct Writers {
    std::vector<std::uint32_t> acknowledged;
    std::vector<Position> last_complete;
    std::vector<std::uint32_t> indeterminate;
  };
  [[nodiscard]] std::vector<std::uint32_t> possible_sources(const Writers& writers,
                                                            std::uint32_t observer) const;
  [[nodiscard]] std::uint32_t latest_of(const Writers& writers, Position position) const;
  std::unordered_map<Fact, Writers> writers_;
  mutable std::vector<std::uint32_t> found_;  // the result of of(), if it is not cached
  // Cached results of needed_by, by code and observed value, because shrinking repeats the same
  // calls.
  mutable std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> needed_;
  // By part: acknowledged mutations by completion, each with the largest invocation so far.
  std::unordered_map<ValueId, std::vector<std::pair<Position, Position>>> mutations_;
};

/// Returns whether operations (in order of invocation) certainly have no legal order; false if that
/// is unknown.
using Violates = std::function<bool(std::span<const KeyOperation>)>;

struct Shrunk {
  std::vector<KeyOperation> operations;  ///< in order of invocation
  bool minimal = true;                   ///< false: the budget ended before it was minimal
};

/// Returns the set with all sources of its observations, their sources, and so on. Sets are
/// ascending places in problem.operations. If the time ends, some sources are missing.
[[nodiscard]] std::vector<std::uint32_t> with_sources(const KeyProblem& problem,
                                                      const Sources& sources,
                                                      std::vector<std::uint32_t> set,
                                                      const Budget& budget);

/// Precondition: `set` is closed and has no legal order.
[[nodiscard]] Shrunk shrink(const KeyProblem& problem, const Sources& sources,
                            std::vector<std::uint32_t> set, const Violates& violates,
                            const Budget& budget);

}  // namespace capsize::checker
