// SearchRow: one configuration with named access to its words (row_layout.h).
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "checker/search/search_problem.h"

namespace capsize::checker {

class SearchRow {
 public:
  explicit SearchRow(const SearchProblem& problem)
      : problem_(&problem), words_(problem.layout.width()) {}

  [[nodiscard]] std::span<const std::uint64_t> words() const { return words_; }
  void assign(std::span<const std::uint64_t> words) {
    std::copy(words.begin(), words.end(), words_.begin());
  }
  void clear() { std::fill(words_.begin(), words_.end(), 0); }

  /// The next completion to be passed, as a place in SearchProblem::completions.
  [[nodiscard]] std::size_t completion() const { return completion_of(words_); }
  [[nodiscard]] static std::size_t completion_of(std::span<const std::uint64_t> words) {
    return (words[0] & ~kUnseen) >> 32;
  }
  [[nodiscard]] State state() const { return static_cast<State>(words_[0]); }
  void set(std::size_t completion, State state) {
    words_[0] = (std::uint64_t{completion} << 32) | state;
  }
  /// Whether the state is useful only if the next operation observes it.
  [[nodiscard]] bool is_unseen() const { return (words_[0] & kUnseen) != 0; }
  void mark_unseen() { words_[0] |= kUnseen; }

  [[nodiscard]] bool is_applied(std::uint32_t operation) const {
    const KeyOperation& one = problem_->operations[operation];
    return bit(operation, one.pure ? layout().safe() : applied_plane(one));
  }
  /// Whether the operation can complete without a further step.
  [[nodiscard]] bool may_pass(std::uint32_t operation) const {
    return is_applied(operation) || is_hideable(operation);
  }
  /// Whether an open blind write that is not applied can have been overwritten immediately.
  [[nodiscard]] bool is_hideable(std::uint32_t operation) const {
    return problem_->operations[operation].blind && bit(operation, layout().safe());
  }
  void apply(std::uint32_t operation) {
    const KeyOperation& one = problem_->operations[operation];
    if (!one.pure) set_bit(operation, applied_plane(one));
    if (one.pure || one.blind) set_bit(operation, layout().safe());
  }
  void make_hideable(std::uint32_t operation) { set_bit(operation, layout().safe()); }
  void make_due(std::uint32_t operation) { clear_bit(operation, layout().safe()); }
  /// The operation has completed and its slot is free.
  void forget(std::uint32_t operation) {
    for (const std::size_t plane : {layout().applied(), layout().safe(), layout().used()}) {
      clear_bit(operation, plane);
    }
  }

  [[nodiscard]] std::uint32_t used(std::size_t info_class) const {
    return layout().count(words_.data(), info_class);
  }
  void use(std::size_t info_class) {
    layout().add_one(words_.data(), info_class);
    ++words_[layout().cost()];
  }
  /// Uses an operation of the class beyond those that have begun.
  void overuse(std::size_t info_class) {
    words_[layout().cost()] += kOverused;
    layout().mark_overused(words_.data(), info_class);
  }
  [[nodiscard]] std::uint64_t overused() const { return words_[layout().cost()] / kOverused; }

 private:
  static constexpr std::uint64_t kOverused = std::uint64_t{1} << 32;
  static constexpr std::uint64_t kUnseen = std::uint64_t{1} << 63;

  [[nodiscard]] const RowLayout& layout() const { return problem_->layout; }
  [[nodiscard]] std::size_t applied_plane(const KeyOperation& operation) const {
    return operation.blind ? layout().used() : layout().applied();
  }
  [[nodiscard]] std::uint64_t mask(std::uint32_t operation) const {
    return std::uint64_t{1} << (problem_->slot[operation] % 64);
  }
  [[nodiscard]] std::size_t word(std::uint32_t operation, std::size_t plane) const {
    return plane + problem_->slot[operation] / 64;
  }
  [[nodiscard]] bool bit(std::uint32_t operation, std::size_t plane) const {
    return (words_[word(operation, plane)] & mask(operation)) != 0;
  }
  void set_bit(std::uint32_t operation, std::size_t plane) {
    words_[word(operation, plane)] |= mask(operation);
  }
  void clear_bit(std::uint32_t operation, std::size_t plane) {
    words_[word(operation, plane)] &= ~mask(operation);
  }

  const SearchProblem* problem_;
  std::vector<std::uint64_t> words_;
};

}  // namespace capsize::checker
