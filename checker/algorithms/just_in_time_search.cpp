#include "checker/algorithms/just_in_time_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

#include "checker/algorithms/configurations.h"
#include "checker/algorithms/search_problem.h"
#include "checker/models/state_table.h"

namespace capsize::checker {
namespace {

constexpr std::uint64_t kStepsPerTurnMax = 1024;
constexpr std::uint64_t kWorkPerTurn = std::uint64_t{1} << 19;  // words looked at: milliseconds
constexpr std::uint64_t kCompactBytes = std::uint64_t{64} << 20;
constexpr std::chrono::nanoseconds kCompactTimePerRow{500};

// One search order over one problem. A row: completion and state, mask words, count words.
class Search {
 public:
  enum class Order : std::uint8_t { kDepthFirst, kByCompletion };
  enum class Result : std::uint8_t { kLegal, kIllegal, kOpen };

  Search(const SearchProblem& problem, StateTable& states, Order order, const Budget* budget)
      : problem_(problem),
        states_(states),
        order_(order),
        budget_(budget),
        mask_words_((problem.slots + 63) / 64),
        seen_(1 + mask_words_, (problem.classes.size() + 1) / 2),
        row_(1 + mask_words_ + (problem.classes.size() + 1) / 2) {
    set(0, problem.model.initial(states, problem.initial));
    result_ = settle_and_add() ? Result::kLegal : Result::kOpen;
  }

  Result result() const { return result_; }
  std::size_t furthest() const { return furthest_; }
  std::uint64_t memory_bytes() const {
    // Three times: a vector that grows holds its old elements and twice as many places for new
    // ones.
    return seen_.memory_bytes() + (3 * stack_.capacity() + 3 * waiting_rows_) * kNumberBytes;
  }

  // Expands so many configurations at most, fewer where each of them costs a lot. Returns how many.
  std::uint64_t advance(std::uint64_t steps_max) {
    std::uint64_t steps = 0;
    const std::uint64_t enough = work() + kWorkPerTurn;
    out_of_time_ = false;
    while (steps < steps_max && result_ == Result::kOpen && work() < enough && !out_of_time_) {
      const std::uint32_t next = take();
      ++steps;
      if (next == Configurations::kNone) {
        result_ = Result::kIllegal;
      } else if (expand(next)) {
        result_ = Result::kLegal;
      }
    }
    if (order_ == Order::kByCompletion && seen_.memory_bytes() > compact_above_) compact();
    return steps;
  }

 private:
  static constexpr std::size_t kNumberBytes = sizeof(std::uint32_t);

  std::uint64_t work() const { return work_ + seen_.work(); }

  // One configuration can have thousands of children, each compared with thousands of others: too
  // much to look at the clock in between only. What is left undone then is not needed any more.
  bool is_out_of_time() {
    if (work() < next_look_) return out_of_time_;
    next_look_ = work() + kWorkPerTurn;
    return out_of_time_ = budget_ != nullptr && budget_->time_is_up();
  }

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
      work_ += 1 + problem_.open_at(completion()).size();
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
      if (is_out_of_time()) return false;
      if (apply_open(operation) && settle_and_add()) legal = true;
      row_ = parent_;
      if (legal) return true;
    }
    for (std::size_t one = 0; one < problem_.classes.size(); ++one) {
      if (is_out_of_time()) return false;
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

  bool is_wanted(ValueId value) {
    work_ += problem_.open_at(completion()).size() + problem_.classes.size();
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

  // By completion, nothing behind the lowest one that waits can be met again. Left alone where most
  // would stay, or where the time would not allow it.
  void compact() {
    const auto time_needed = kCompactTimePerRow * static_cast<std::int64_t>(waiting_rows_);
    if (waiting_rows_ > seen_.size() / 2 ||
        (budget_ != nullptr && budget_->left() / 8 < time_needed)) {
      compact_above_ = seen_.memory_bytes() + seen_.memory_bytes() / 4;
      return;
    }
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
  const Budget* budget_;
  std::size_t mask_words_;
  Configurations seen_;
  std::vector<std::uint64_t> row_;                             // the configuration in hand
  std::vector<std::uint64_t> parent_;                          // the one that is being expanded
  std::vector<std::uint32_t> stack_, children_;                // depth first
  std::map<std::size_t, std::vector<std::uint32_t>> waiting_;  // by completion
  std::size_t waiting_rows_ = 0;
  std::size_t furthest_ = 0;
  std::uint64_t compact_above_ = kCompactBytes;
  std::uint64_t work_ = 0;
  std::uint64_t next_look_ = kWorkPerTurn;
  bool out_of_time_ = false;
  Result result_ = Result::kOpen;
};

Decision unknown(std::string bound, const SearchProblem& problem, std::size_t completion) {
  Decision decision;
  decision.kind = Decision::Kind::kUnknown;
  if (completion < problem.completions.size()) {
    decision.end = problem.operations[problem.completions[completion]].complete;
  }
  decision.reason = fmt::format(
      "{} ended the search over {} operations, up to {} at the same time, {} different "
      "indeterminate ones",
      bound, problem.operations.size(), problem.slots, problem.classes.size());
  return decision;
}

std::string time_bound(const Budget& budget) {
  return fmt::format("the time bound of {:g} s",
                     std::chrono::duration<double>(budget.time_limit()).count());
}

}  // namespace

Decision search_just_in_time(std::span<const KeyOperation> operations, ValueId initial,
                             const Model& model, const ValueTable& values,
                             const SearchBounds& bounds) {
  const SearchProblem problem(operations, model, initial, values, bounds);
  if (problem.given_up != SearchProblem::GivenUp::kNot) {
    const bool time = problem.given_up == SearchProblem::GivenUp::kTime;
    return unknown(time ? time_bound(*bounds.budget) : "the memory bound", problem, 0);
  }
  StateTable states(values);
  Search depth_first(problem, states, Search::Order::kDepthFirst, bounds.budget);
  Search by_completion(problem, states, Search::Order::kByCompletion, bounds.budget);
  Search* const searches[] = {&depth_first, &by_completion};
  const auto furthest = [&] { return std::max(depth_first.furthest(), by_completion.furthest()); };
  std::uint64_t steps = 0;
  for (;;) {
    bool any_running = false;
    for (Search* search : searches) {
      if (bounds.budget != nullptr && bounds.budget->time_is_up()) {
        return unknown(time_bound(*bounds.budget), problem, furthest());
      }
      // Each may hold half of the memory; what one does not use is not given to the other, so
      // that the verdict does not depend on which of them grew first.
      if (search->memory_bytes() + (problem.memory_bytes() + states.memory_bytes()) / 2 >
          bounds.memory_bytes / 2) {
        continue;
      }
      any_running = true;
      steps += search->advance(kStepsPerTurnMax);
      if (search->result() == Search::Result::kLegal) return {};
      if (search->result() == Search::Result::kIllegal) {
        Decision decision;
        decision.kind = Decision::Kind::kViolation;
        decision.end = operations[problem.completions[search->furthest()]].complete;
        return decision;
      }
    }
    if (!any_running) return unknown("the memory bound", problem, furthest());
    if (steps >= bounds.steps_max) return unknown("the bound on steps", problem, furthest());
  }
}

}  // namespace capsize::checker
