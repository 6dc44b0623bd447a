// Search: one search order over one SearchProblem (just_in_time_search.h has the algorithm).
//
// Each configuration stores the one that it was reached from, so a legal order is found by walking
// back and repeating each step.
//
// In order of completion, an exact problem is refined as needed (just_in_time_search.h): at first
// every class of indeterminate operations is unlimited. If the end was reached by using more of
// them than exist, those classes are tracked from then on, and the search starts over.
#pragma once

#include <map>
#include <vector>

#include "checker/search/configurations.h"
#include "checker/search/expansion.h"
#include "checker/specification/state_table.h"

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

  /// Expands at most `steps_max` configurations, fewer if they are expensive. Returns their number.
  std::uint64_t advance(std::uint64_t steps_max);

  /// Returns places of operations. Preconditions: the result is kLegal, and want_order was set.
  [[nodiscard]] std::vector<std::uint32_t> legal_order();

 private:
  static constexpr std::size_t kNumberBytes = sizeof(std::uint32_t);

  [[nodiscard]] std::uint64_t work() const;
  bool is_out_of_time();
  void start();
  void remember(const SearchRow& row, bool second_choice);
  void push_children();
  std::uint32_t take();
  std::uint32_t take_from_stack();
  std::uint32_t take_cheapest();
  void compact();
  void reach_end();
  void refine();
  std::vector<std::uint32_t> steps_to_end();

  const SearchProblem& problem_;
  Order order_;
  const Budget* budget_;
  bool want_order_;
  RowLayout layout_;  // a copy, because each search tracks its own classes
  Configurations seen_;
  Expansion expansion_;
  Expansion::Reached remember_;
  std::uint32_t expanding_ = Configurations::kNone;
  std::vector<std::uint32_t> stack_, children_, later_;  // depth first
  // By completion, least overuse first.
  std::map<std::pair<std::size_t, std::uint64_t>, std::vector<std::uint32_t>> waiting_;
  std::size_t waiting_rows_ = 0;
  std::size_t furthest_ = 0;
  std::uint64_t compact_above_;
  std::uint64_t earlier_work_ = 0;  // before the last restart of the search
  std::uint64_t next_look_;
  bool out_of_time_ = false;
  bool tracing_ = false;
  Result result_ = Result::kOpen;
  std::uint32_t last_ = Configurations::kNone;  // the configuration before the end
};

}  // namespace capsize::checker
