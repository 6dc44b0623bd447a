// Expansion: the successors of one configuration, by the rules of just_in_time_search.h.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "checker/search/mutation_filter.h"
#include "checker/search/search_row.h"
#include "checker/specification/state_table.h"

namespace capsize::checker {

class Expansion {
 public:
  /// Called with each configuration that is reached, most promising first, and whether it is a
  /// second choice, in which a write that could have been hidden leaves its value.
  using Reached = std::function<void(const SearchRow& row, bool second_choice)>;
  /// Returns whether to stop in the middle.
  using Stop = std::function<bool()>;
  /// Marks an operation of the trace whose place is right before the last blind write.
  static constexpr std::uint32_t kHidden = 0x80000000u;

  /// Classes that `layout` does not track are unlimited. The layout may change between calls.
  Expansion(const SearchProblem& problem, StateTable& states, const RowLayout& layout, Stop stop);

  /// Expands from before the first operation. Returns true once all completions have been passed.
  bool begin(const Reached& reached);
  /// Expands this configuration. Returns true as above; trace() has the operations.
  bool expand(std::span<const std::uint64_t> words, const Reached& reached);

  /// The current row: the one with which `reached` is called, or the final one.
  [[nodiscard]] const SearchRow& row() const { return row_; }
  /// The operations that led to it.
  [[nodiscard]] const std::vector<std::uint32_t>& trace() const { return trace_; }
  /// Operations visited so far, as a measure of the work done.
  [[nodiscard]] std::uint64_t work() const { return work_; }

 private:
  [[nodiscard]] std::uint32_t completing() const { return problem_.completions[row_.completion()]; }

  bool advance(bool wants_observer);
  bool settle();
  void apply_pure();
  void reach_as_due(std::uint32_t write);
  bool try_open(std::uint32_t operation);
  bool try_info(std::size_t one);
  [[nodiscard]] bool is_gated(const KeyOperation& mutation) const;
  [[nodiscard]] bool has_to_wait(const KeyOperation& mutation) const;
  std::uint32_t use_one_of(std::size_t one);
  [[nodiscard]] bool is_left(std::size_t one) const;
  [[nodiscard]] bool is_available(std::size_t one) const;
  [[nodiscard]] bool has_open_like(std::uint32_t alike) const;
  [[nodiscard]] bool has_cheaper(std::size_t write) const;
  [[nodiscard]] bool hides_something(const KeyOperation& write) const;
  [[nodiscard]] bool has_unsafe_write() const;
  void overwrite(const KeyOperation& later);

  const SearchProblem& problem_;
  StateTable& states_;
  const RowLayout& layout_;
  Stop stop_;
  std::unique_ptr<MutationFilter> filter_;  // of a problem of which enough is known
  MutationFilter::Available available_;
  std::vector<std::uint32_t> classes_;  // all classes
  std::vector<Position> first_invoke_;  // by class
  const Reached* reached_ = nullptr;
  SearchRow row_;                     // the current configuration
  SearchRow parent_;                  // the one that is being expanded
  std::vector<std::uint32_t> alike_;  // open and not applied, in parent_
  bool consumed_ = false;             // an operation has observed the state
  std::vector<std::uint32_t> trace_;  // operations since parent_
  std::uint64_t work_ = 0;
};

}  // namespace capsize::checker
