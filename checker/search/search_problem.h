// SearchProblem: one key's operations, prepared for the just-in-time search.
//
// The search walks the completions of the acknowledged operations, in order. This type provides
// what it needs at each of them: which operations are open (each in a slot, so that its state is a
// bit or two, and a row is as long as the concurrency, not as the history), and how many
// indeterminate operations of which class have begun (equal ones are interchangeable, so a count
// replaces a set). What can be decided before the search is decided here too:
//  - an indeterminate operation that no observation needs is dropped: it may as well not have
//    happened;
//  - an acknowledged blind write may be read after its completion if some operation can observe its
//    value then (visibility.h);
//  - the problem is exact if every operation either expects or leaves one certain value; sets and
//    counters have kinds of their own. In these kinds it is known what an observer waits for, so an
//    operation is worth applying early only if another operation waits for it (mutation_filter.h).
//
// All of this requires that no operation observed an absence: a failed cas that saw "anything but
// 3" switches it off. An element that a set does not contain is no such absence, because the model
// says which operations observe it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/search/row_layout.h"
#include "checker/specification/decision.h"
#include "checker/specification/model.h"

namespace capsize::checker {

struct SearchProblem {
  /// Why the preparation stopped early, if it did; the problem is then incomplete and must not be
  /// searched.
  enum class GivenUp : std::uint8_t { kNot, kTime, kMemory };
  /// What is known about the operations.
  enum class Kind : std::uint8_t { kAny, kExact, kElements, kSums };
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  struct InfoClass {
    KeyOperation operation;             ///< represents all of them
    std::vector<Position> invocations;  ///< ascending; the first n of them are used first
    std::vector<std::uint32_t> places;  ///< places of the same operations
    std::uint32_t alike = kNone;        ///< `alike` of acknowledged operations that do the same
  };

  SearchProblem(std::span<const KeyOperation> all, const Model& its_model, ValueId initial_value,
                const ValueTable& its_values, const SearchBounds& its_bounds);

  const Model& model;
  const ValueTable& values;
  ValueId initial;
  std::span<const KeyOperation> operations;
  std::vector<std::uint32_t> completions;  ///< acknowledged operations in order of completion
  std::vector<std::uint32_t> slot;         ///< by operation; kNone for indeterminate ones
  std::vector<std::uint32_t> alike;        ///< by operation: equal for those that do the same
  std::vector<bool> observable_later;      ///< by operation: a blind write that may be read later
  std::vector<std::uint64_t> open_begin;   ///< by completion, one more than there are
  std::vector<std::uint32_t> open;         ///< operations open at a completion, by completion order
  std::vector<InfoClass> classes;  ///< in an exact problem those that leave one value in a row
  std::uint32_t slots = 0;
  RowLayout layout;
  Kind kind = Kind::kAny;
  GivenUp given_up = GivenUp::kNot;

  [[nodiscard]] std::span<const std::uint32_t> open_at(std::size_t completion) const {
    return std::span(open).subspan(open_begin[completion],
                                   open_begin[completion + 1] - open_begin[completion]);
  }
  /// Whether the later of two blind writes leaves no effect of the earlier one.
  [[nodiscard]] bool overwrites(const KeyOperation& later, const KeyOperation& earlier) const {
    return kind != Kind::kElements || later.argument == earlier.argument;
  }
  [[nodiscard]] std::uint64_t memory_bytes() const;

 private:
  [[nodiscard]] std::vector<const KeyOperation*> observers() const;
  void number_alike();
  void collect_classes(bool drop_unneeded);
  void find_observable_later(bool absence);
  void find_needed(std::span<const KeyOperation* const> observers);
  void lay_out_slots();
  void lay_out_rows();
  bool is_out_of_time();

  const SearchBounds& bounds_;
  std::size_t questions_ = 0;
};

}  // namespace capsize::checker
