// Search: one search order over one SearchProblem (just_in_time_search.h has the algorithm).
//
// What it knows is a row of words: completion and object state, a mask of open operations that are
// applied already, counts of indeterminate ones. Each row remembers the one it was reached from,
// so a legal order is found by walking back and doing each step once more.
#pragma once

#include <map>
#include <vector>

#include "checker/algorithms/configurations.h"
#include "checker/algorithms/search_problem.h"
#include "checker/models/state_table.h"

namespace capsize::checker {

class Search {
 public:
  enum class Order : std::uint8_t { kDepthFirst, kByCompletion };
  enum class Result : std::uint8_t { kLegal, kIllegal, kOpen };

  Search(const SearchProblem& problem, StateTable& states, Order order, const Budget* budget,
         bool want_order);

  [[nodiscard]] Result result() const { return result_; }
  [[nodiscard]] std::size_t furthest() const { return furthest_; }
  [[nodiscard]] std::uint64_t memory_bytes() const;

  /// Expands so many configurations at most, fewer where each of them costs a lot. Returns how
  /// many.
  std::uint64_t advance(std::uint64_t steps_max);

  /// Places of operations. Preconditions: the result is kLegal, and the order was wanted.
  [[nodiscard]] std::vector<std::uint32_t> legal_order();

 private:
  static constexpr std::size_t kNumberBytes = sizeof(std::uint32_t);
  using Row = std::vector<std::uint64_t>;

  [[nodiscard]] std::uint64_t work() const { return work_ + seen_.work(); }
  bool is_out_of_time();

  [[nodiscard]] std::size_t completion() const { return row_[0] >> 32; }
  [[nodiscard]] State state() const { return static_cast<State>(row_[0]); }
  void set(std::size_t completion, State state) {
    row_[0] = (std::uint64_t{completion} << 32) | state;
  }
  [[nodiscard]] bool applied(std::uint32_t operation) const {
    const std::uint32_t slot = problem_.slot[operation];
    return (row_[1 + slot / 64] >> (slot % 64)) & 1;
  }
  void flip(std::uint32_t operation) {
    const std::uint32_t slot = problem_.slot[operation];
    row_[1 + slot / 64] ^= std::uint64_t{1} << (slot % 64);
  }
  [[nodiscard]] std::uint32_t used(std::size_t info_class) const {
    const std::uint64_t word = row_[1 + mask_words_ + info_class / 2];
    return static_cast<std::uint32_t>(info_class % 2 == 0 ? word : word >> 32);
  }
  void use(std::size_t info_class) {
    row_[1 + mask_words_ + info_class / 2] += info_class % 2 == 0 ? 1 : std::uint64_t{1} << 32;
  }
  [[nodiscard]] bool available(std::size_t info_class) const;

  void begin();
  bool settle();
  void remember(std::uint32_t parent);
  bool expand(std::uint32_t number);
  bool apply_open(std::uint32_t operation);
  void hide_dead_writes();
  bool apply_info(std::size_t one);
  bool is_wanted(ValueId value);
  std::uint32_t take();
  void compact();
  void note(std::uint32_t operation) {
    if (tracing_) trace_.push_back(operation);
  }
  void trace_step(const Row& from, const std::uint64_t* to);

  const SearchProblem& problem_;
  StateTable& states_;
  Order order_;
  const Budget* budget_;
  bool want_order_;
  std::size_t mask_words_;
  Configurations seen_;
  Row row_;                                                    // the configuration in hand
  Row parent_;                                                 // the one that is being expanded
  std::vector<std::uint32_t> stack_, children_;                // depth first
  std::map<std::size_t, std::vector<std::uint32_t>> waiting_;  // by completion
  std::size_t waiting_rows_ = 0;
  std::size_t furthest_ = 0;
  std::uint64_t compact_above_;
  std::uint64_t work_ = 0;
  std::uint64_t next_look_;
  bool out_of_time_ = false;
  Result result_ = Result::kOpen;
  std::uint32_t last_ = Configurations::kNone;  // kLegal: the configuration before the end
  bool tracing_ = false;
  std::vector<std::uint32_t> trace_;  // operations applied since the last trace_step
};

}  // namespace capsize::checker
