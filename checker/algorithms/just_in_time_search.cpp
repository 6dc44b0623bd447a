#include "checker/algorithms/just_in_time_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "checker/algorithms/configurations.h"
#include "checker/algorithms/search_problem.h"
#include "checker/models/state_table.h"

namespace capsize::checker {
namespace {

constexpr std::uint64_t kStepsPerTurnMax = 1024;
constexpr std::uint64_t kStepsPerTurnMin = 16;
constexpr std::uint64_t kChildrenPerTurn = std::uint64_t{1} << 13;  // tried in one turn, about
constexpr std::uint64_t kWordsPerTurn = std::uint64_t{1} << 22;  // what one turn may add, at most
constexpr std::uint64_t kCompactBytes = std::uint64_t{64} << 20;

// One search order over one problem. A row: completion and state, mask words, count words.
class Search {
 public:
  enum class Order : std::uint8_t { kDepthFirst, kByCompletion };
  enum class Result : std::uint8_t { kLegal, kIllegal, kOpen };

  Search(const SearchProblem& problem, StateTable& states, Order order)
      : problem_(problem),
        states_(states),
        order_(order),
        mask_words_((problem.slots + 63) / 64),
        seen_(1 + mask_words_, (problem.classes.size() + 1) / 2),
        row_(1 + mask_words_ + (problem.classes.size() + 1) / 2) {
    set(0, problem.model.initial(states, problem.initial));
    result_ = settle_and_add() ? Result::kLegal : Result::kOpen;
  }

  Result result() const { return result_; }
  std::size_t furthest() const { return furthest_; }
  std::uint64_t memory_bytes() const {
    return seen_.memory_bytes() + stack_.capacity() * sizeof(std::uint32_t) +
           waiting_rows_ * 2 * sizeof(std::uint32_t);
  }

  Result advance(std::uint64_t steps) {
    for (; steps > 0 && result_ == Result::kOpen; --steps) {
      const std::uint32_t next = take();
      if (next == Configurations::kNone) {
        result_ = Result::kIllegal;
      } else if (expand(next)) {
        result_ = Result::kLegal;
      }
    }
    if (order_ == Order::kByCompletion && seen_.memory_bytes() > compact_above_) compact();
    return result_;
  }

 private:
  std::size_t completion() const { return row_[0] >> 32; }
  State state() const { return static_cast<State>(row_[0]); }
  void set(std::size_t completion, State state) {
    row_[0] = (std::uint64_t{completion} << 32) | state;
  }
  bool applied(std::uint32_t operation) const {
    const std::uint32_t slot = problem_.slot[operation];
    return (row_[1 + slot / 64] >> (slot % 64)) & 1;
  }
  void flip(std::uint32_t operation) {
    const std::uint32_t slot = problem_.slot[operation];
    row_[1 + slot / 64] ^= std::uint64_t{1} << (slot % 64);
  }
  std::uint32_t used(std::size_t info_class) const {
    const std::uint64_t word = row_[1 + mask_words_ + info_class / 2];
    return static_cast<std::uint32_t>(info_class % 2 == 0 ? word : word >> 32);
  }
  void use(std::size_t info_class) {
    row_[1 + mask_words_ + info_class / 2] += info_class % 2 == 0 ? 1 : std::uint64_t{1} << 32;
  }
  bool available(std::size_t info_class) const {
    const auto& invocations = problem_.classes[info_class].invocations;
    const KeyOperation& completing = problem_.operations[problem_.completions[completion()]];
    const std::uint32_t next = used(info_class);
    return next < invocations.size() && invocations[next] <= completing.complete;
  }

  // Applies every open pure operation that is possible now, passes every completion whose operation
  // is applied, and remembers what comes out. True: there is nothing left to pass.
  bool settle_and_add() {
    for (;;) {
      if (completion() == problem_.completions.size()) return true;
      for (const std::uint32_t operation : problem_.open_at(completion())) {
        if (!problem_.operations[operation].pure || applied(operation)) continue;
        if (problem_.model.step(states_, state(), problem_.operations[operation])) flip(operation);
      }
      const std::uint32_t completing = problem_.completions[completion()];
      if (!applied(completing)) break;
      flip(completing);
      set(completion() + 1, state());
    }
    furthest_ = std::max(furthest_, completion());
    const std::uint32_t number = seen_.insert(row_);
    if (number == Configurations::kNone) return false;
    if (order_ == Order::kDepthFirst) {
      children_.push_back(number);
    } else {
      waiting_[completion()].push_back(number);
      ++waiting_rows_;
    }
    return false;
  }

  // Tries everything that can be applied next; the row in hand is restored for each.
  bool expand(std::uint32_t number) {
    const auto row = seen_.row(number);
    parent_.assign(row.begin(), row.end());
    row_ = parent_;
    children_.clear();
    bool legal = false;
    for (const std::uint32_t operation : problem_.open_at(completion())) {
      if (applied(operation) || problem_.operations[operation].pure) continue;
      if (apply_open(operation) && settle_and_add()) legal = true;
      row_ = parent_;
      if (legal) return true;
    }
    for (std::size_t one = 0; one < problem_.classes.size(); ++one) {
      if (apply_info(one) && settle_and_add()) return true;
      row_ = parent_;
    }
    // The first child is the most promising one, so it has to lie on top.
    stack_.insert(stack_.end(), children_.rbegin(), children_.rend());
    children_.clear();
    return false;
  }

  bool apply_open(std::uint32_t operation) {
    const KeyOperation& applied_now = problem_.operations[operation];
    const auto after = problem_.model.step(states_, state(), applied_now);
    if (!after) return false;
    flip(operation);
    if (applied_now.blind) hide_dead_writes();
    set(completion(), *after);
    return true;
  }

  void hide_dead_writes() {
    for (const std::uint32_t other : problem_.open_at(completion())) {
      if (problem_.dead[other] && !applied(other)) flip(other);
    }
  }

  bool apply_info(std::size_t one) {
    const KeyOperation& operation = problem_.classes[one].operation;
    if (!available(one)) return false;
    if (problem_.exact && !is_wanted(operation.written)) return false;
    const auto after = problem_.model.step(states_, state(), operation);
    if (!after || *after == state()) return false;
    use(one);
    if (operation.blind) hide_dead_writes();
    set(completion(), *after);
    return true;
  }

  bool is_wanted(ValueId value) const {
    for (const std::uint32_t operation : problem_.open_at(completion())) {
      if (problem_.operations[operation].observed == value && !applied(operation)) return true;
    }
    for (std::size_t one = 0; one < problem_.classes.size(); ++one) {
      if (problem_.classes[one].operation.observed == value && available(one)) return true;
    }
    return false;
  }

  std::uint32_t take() {
    if (order_ == Order::kDepthFirst) {
      if (stack_.empty() && !children_.empty()) stack_.swap(children_);
      if (stack_.empty()) return Configurations::kNone;
      const std::uint32_t top = stack_.back();
      stack_.pop_back();
      return top;
    }
    if (waiting_.empty()) return Configurations::kNone;
    auto& lowest = waiting_.begin()->second;
    const std::uint32_t next = lowest.back();
    lowest.pop_back();
    --waiting_rows_;
    if (lowest.empty()) waiting_.erase(waiting_.begin());
    return next;
  }

  // By completion, nothing behind the lowest one that waits can be met again.
  void compact() {
    std::vector<std::uint32_t> kept;
    for (const auto& [completion, rows] : waiting_) {
      kept.insert(kept.end(), rows.begin(), rows.end());
    }
    seen_.keep_only(kept);
    std::uint32_t number = 0;
    for (auto& [completion, rows] : waiting_) {
      for (std::uint32_t& row : rows) row = number++;
    }
    compact_above_ = std::max(kCompactBytes, 2 * seen_.memory_bytes());
  }

  const SearchProblem& problem_;
  StateTable& states_;
  Order order_;
  std::size_t mask_words_;
  Configurations seen_;
  std::vector<std::uint64_t> row_;                             // the configuration in hand
  std::vector<std::uint64_t> parent_;                          // the one that is being expanded
  std::vector<std::uint32_t> stack_, children_;                // depth first
  std::map<std::size_t, std::vector<std::uint32_t>> waiting_;  // by completion
  std::size_t waiting_rows_ = 0;
  std::size_t furthest_ = 0;
  std::uint64_t compact_above_ = kCompactBytes;
  Result result_ = Result::kOpen;
};

Decision unknown(std::string bound, const SearchProblem& problem) {
  Decision decision;
  decision.kind = Decision::Kind::kUnknown;
  decision.reason = fmt::format(
      "{} ended the search over {} operations, up to {} at the same time, {} different "
      "indeterminate ones",
      bound, problem.operations.size(), problem.slots, problem.classes.size());
  return decision;
}

// Wide rows with many children make a step expensive, and bounds are looked at between turns only.
std::uint64_t steps_per_turn_of(const SearchProblem& problem) {
  const std::uint64_t children = problem.slots + problem.classes.size() + 1;
  const std::uint64_t words = 2 + problem.slots / 64 + problem.classes.size() / 2;
  const std::uint64_t steps = std::min(kWordsPerTurn / words, kChildrenPerTurn) / children;
  return std::clamp(steps, kStepsPerTurnMin, kStepsPerTurnMax);
}

std::string time_bound(const Budget& budget) {
  return fmt::format("the time bound of {:g} s",
                     std::chrono::duration<double>(budget.time_limit()).count());
}

}  // namespace

Decision search_just_in_time(std::span<const KeyOperation> operations, ValueId initial,
                             const Model& model, const ValueTable& values,
                             const SearchBounds& bounds) {
  const SearchProblem problem(operations, model, initial, values);
  StateTable states(values);
  Search depth_first(problem, states, Search::Order::kDepthFirst);
  Search by_completion(problem, states, Search::Order::kByCompletion);
  Search* const searches[] = {&depth_first, &by_completion};
  const std::uint64_t steps_per_turn = steps_per_turn_of(problem);
  std::uint64_t steps = 0;
  for (;;) {
    bool any_running = false;
    for (Search* search : searches) {
      // Each may hold half of the memory; what one does not use is not given to the other, so
      // that the verdict does not depend on which of them grew first.
      if (search->memory_bytes() + (problem.memory_bytes() + states.memory_bytes()) / 2 >
          bounds.memory_bytes / 2) {
        continue;
      }
      any_running = true;
      const Search::Result result = search->advance(steps_per_turn);
      steps += steps_per_turn;
      if (result == Search::Result::kLegal) return {};
      if (result == Search::Result::kIllegal) {
        Decision decision;
        decision.kind = Decision::Kind::kViolation;
        decision.end = operations[problem.completions[search->furthest()]].complete;
        return decision;
      }
      if (bounds.budget != nullptr && bounds.budget->time_is_up()) {
        return unknown(time_bound(*bounds.budget), problem);
      }
    }
    if (!any_running) return unknown("the memory bound", problem);
    if (steps >= bounds.steps_max) return unknown("the bound on steps", problem);
  }
}

}  // namespace capsize::checker
