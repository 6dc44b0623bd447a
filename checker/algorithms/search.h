// Search: one search order over one SearchProblem (just_in_time_search.h has the algorithm).
//
// Each configuration remembers the one that it was reached from, so a legal order is found by
// walking back and doing each step once more.
//
// By completion, an exact problem is refined as needed (just_in_time_search.h): at first no class
// of indeterminate operations ever ends. An end that was reached by using more than there is tells
// which classes have to be tracked, and the search begins anew.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "checker/algorithms/configurations.h"
#include "checker/algorithms/demand.h"
#include "checker/algorithms/search_row.h"
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
  // Marks an operation of the trace that stands before the last blind write, and not here.
  static constexpr std::uint32_t kHidden = 0x80000000u;

  [[nodiscard]] std::uint64_t work() const { return work_ + seen_.work(); }
  bool is_out_of_time();
  [[nodiscard]] std::uint32_t completing() const { return problem_.completions[row_.completion()]; }

  void start();
  bool begin();
  void reach_end(std::uint32_t number);
  void refine();
  std::vector<std::uint32_t> steps_to_end();
  bool settle();
  void apply_pure();
  void remember();
  void remember_as_due(std::uint32_t write);
  bool expand(std::uint32_t number);
  bool expand_row();
  bool try_open(std::uint32_t operation);
  bool try_info(std::size_t one);
  bool go_on(bool wants_observer);
  std::uint32_t use_one_of(std::size_t one);
  [[nodiscard]] bool is_left(std::size_t one) const;
  [[nodiscard]] bool is_available(std::size_t one) const;
  [[nodiscard]] bool has_open_like(std::uint32_t alike) const;
  [[nodiscard]] bool has_unsafe_write() const;
  [[nodiscard]] bool has_cheaper(std::size_t write) const;
  [[nodiscard]] bool is_gated(const KeyOperation& mutation) const;
  [[nodiscard]] bool has_to_wait(const KeyOperation& mutation) const;
  void overwrite(const KeyOperation& later);
  void push_children();
  std::uint32_t take();
  std::uint32_t take_from_stack();
  std::uint32_t take_cheapest();
  void compact();

  const SearchProblem& problem_;
  StateTable& states_;
  Order order_;
  const Budget* budget_;
  bool want_order_;
  std::vector<std::uint32_t> classes_;  // all of them
  std::vector<Position> first_invoke_;  // by class
  RowLayout layout_;
  Configurations seen_;
  std::unique_ptr<Demand> demand_;  // of a problem of which enough is known
  Demand::Available available_;
  SearchRow row_;                                        // the configuration in hand
  SearchRow parent_;                                     // the one that is being expanded
  std::uint32_t parent_number_ = Configurations::kNone;  // its number
  std::vector<std::uint32_t> alike_;                     // open and not applied, in parent_
  bool consumed_ = false;                                // by what observes the state
  std::vector<std::uint32_t> stack_, children_, later_;  // depth first
  // By completion, those that overuse least first.
  std::map<std::pair<std::uint64_t, std::size_t>, std::vector<std::uint32_t>> waiting_;
  std::size_t waiting_rows_ = 0;
  std::size_t furthest_ = 0;
  std::uint64_t compact_above_;
  std::uint64_t work_ = 0;
  std::uint64_t next_look_;
  bool out_of_time_ = false;
  Result result_ = Result::kOpen;
  std::uint32_t last_ = Configurations::kNone;  // kLegal: the configuration before the end

  bool tracing_ = false;
  const std::uint64_t* target_ = nullptr;  // the row to come to
  std::vector<std::uint32_t> trace_;       // operations since parent_
  std::vector<std::uint32_t> found_;       // those that led to the target
};

}  // namespace capsize::checker
