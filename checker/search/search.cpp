#include "checker/search/search.h"

#include <algorithm>
#include <chrono>

#include "base/check.h"

namespace capsize::checker {
namespace {

constexpr std::uint64_t kWorkPerTurn = std::uint64_t{1} << 19;  // words visited: milliseconds
constexpr std::uint64_t kCompactBytes = std::uint64_t{64} << 20;
constexpr std::chrono::nanoseconds kCompactTimePerRow{500};

// Puts each operation that was marked as hidden in its place: right before the last blind write
// that overwrites it. Walks backwards, so the first overwriting write that it meets is the last
// one.
std::vector<std::uint32_t> reveal_hidden(const SearchProblem& problem,
                                         const std::vector<std::uint32_t>& marked) {
  std::vector<std::uint32_t> reversed;
  std::vector<std::uint32_t> hidden;
  for (auto next = marked.rbegin(); next != marked.rend(); ++next) {
    if ((*next & Expansion::kHidden) != 0) {
      hidden.push_back(*next & ~Expansion::kHidden);
      continue;
    }
    reversed.push_back(*next);
    const KeyOperation& later = problem.operations[*next];
    if (!later.blind) continue;
    std::erase_if(hidden, [&](std::uint32_t earlier) {
      const bool here = problem.overwrites(later, problem.operations[earlier]);
      if (here) reversed.push_back(earlier);
      return here;
    });
  }
  std::ranges::reverse(reversed);
  return reversed;
}

}  // namespace

Search::Search(const SearchProblem& problem, StateTable& states, Order order, const Budget* budget,
               bool want_order)
    : problem_(problem),
      order_(order),
      budget_(budget),
      want_order_(want_order),
      layout_(problem.layout),
      seen_(layout_),
      expansion_(problem, states, layout_, [this] { return is_out_of_time(); }),
      remember_([this](const SearchRow& row, bool second_choice) { remember(row, second_choice); }),
      compact_above_(kCompactBytes),
      next_look_(kWorkPerTurn) {
  // In other kinds of problems untracked classes would make the number of states infinite:
  // additions that can be repeated without end reach every sum.
  const bool finite =
      problem.kind == SearchProblem::Kind::kExact || problem.kind == SearchProblem::Kind::kElements;
  if (finite && order == Order::kByCompletion) layout_.track_nothing();
  start();
}

void Search::start() {
  expanding_ = Configurations::kNone;
  if (expansion_.begin(remember_)) reach_end();
  push_children();
}

std::uint64_t Search::work() const {
  return expansion_.work() + seen_.work() + earlier_work_;
}

std::uint64_t Search::memory_bytes() const {
  // Three times: a vector that grows holds its old elements and twice as many places for new
  // ones.
  return seen_.memory_bytes() + (3 * stack_.capacity() + 3 * waiting_rows_) * kNumberBytes;
}

std::uint64_t Search::advance(std::uint64_t steps_max) {
  std::uint64_t steps = 0;
  const std::uint64_t enough = work() + kWorkPerTurn;
  out_of_time_ = false;
  while (steps < steps_max && result_ == Result::kOpen && work() < enough && !out_of_time_) {
    expanding_ = take();
    ++steps;
    if (expanding_ == Configurations::kNone) {
      result_ = Result::kIllegal;
    } else if (expansion_.expand(seen_.row(expanding_), remember_)) {
      reach_end();
    } else {
      push_children();
    }
  }
  const bool compactable = order_ == Order::kByCompletion && !want_order_;
  if (compactable && seen_.memory_bytes() > compact_above_) compact();
  return steps;
}

// One configuration can have thousands of children, each compared with thousands of others, so the
// clock is read within an expansion, too. What that leaves undone is not needed.
bool Search::is_out_of_time() {
  if (tracing_) return false;
  if (work() < next_look_) return out_of_time_;
  next_look_ = work() + kWorkPerTurn;
  return out_of_time_ = budget_ != nullptr && budget_->time_is_up();
}

void Search::remember(const SearchRow& row, bool second_choice) {
  furthest_ = std::max(furthest_, row.completion());
  const std::uint32_t number = seen_.insert(row.words(), expanding_);
  if (number == Configurations::kNone) return;
  if (order_ == Order::kDepthFirst) {
    (second_choice ? later_ : children_).push_back(number);
  } else {
    waiting_[{row.completion(), row.overused()}].push_back(number);
    ++waiting_rows_;
  }
}

// The first child is the most promising one, so it has to be on top.
void Search::push_children() {
  stack_.insert(stack_.end(), later_.rbegin(), later_.rend());
  stack_.insert(stack_.end(), children_.rbegin(), children_.rend());
  later_.clear();
  children_.clear();
}

// The next one to be expanded; kNone if there is none left.
std::uint32_t Search::take() {
  for (;;) {
    const std::uint32_t next = order_ == Order::kDepthFirst ? take_from_stack() : take_cheapest();
    if (next == Configurations::kNone || !seen_.is_superseded(next)) return next;
  }
}

std::uint32_t Search::take_from_stack() {
  if (stack_.empty()) return Configurations::kNone;
  const std::uint32_t top = stack_.back();
  stack_.pop_back();
  return top;
}

std::uint32_t Search::take_cheapest() {
  if (waiting_.empty()) return Configurations::kNone;
  auto& cheapest = waiting_.begin()->second;
  const std::uint32_t next = cheapest.back();
  cheapest.pop_back();
  --waiting_rows_;
  if (cheapest.empty()) waiting_.erase(waiting_.begin());
  return next;
}

// In order of completion, the search never returns to a completion before the lowest one that
// waits, so rows of those are dropped. Not where most rows would stay, or where too little time is
// left.
void Search::compact() {
  const auto time_needed = kCompactTimePerRow * static_cast<std::int64_t>(waiting_rows_);
  if (waiting_rows_ > seen_.size() / 2 ||
      (budget_ != nullptr && budget_->left() / 8 < time_needed)) {
    compact_above_ = seen_.memory_bytes() + seen_.memory_bytes() / 4;
    return;
  }
  std::vector<std::uint32_t> kept;
  for (auto& [place, rows] : waiting_) {
    waiting_rows_ -= std::erase_if(rows, [&](auto row) { return seen_.is_superseded(row); });
    kept.insert(kept.end(), rows.begin(), rows.end());
  }
  seen_.keep_only(kept);
  std::uint32_t number = 0;
  for (auto& [place, rows] : waiting_) {
    for (std::uint32_t& row : rows) row = number++;
  }
  std::erase_if(waiting_, [](const auto& level) { return level.second.empty(); });
  compact_above_ = std::max(kCompactBytes, 2 * seen_.memory_bytes());
}

// The configuration that was expanded leads to the end.
void Search::reach_end() {
  last_ = expanding_;
  if (expansion_.row().overused() == 0) {
    result_ = Result::kLegal;
  } else {
    refine();
  }
}

// The path to the end used some classes more often than they have operations: an order of the
// abstraction, not of the history. Tracks those classes and starts over. Each refinement tracks a
// class that was not tracked before (a tracked class cannot be overused), so there are at most as
// many as classes.
void Search::refine() {
  layout_.track_overused(expansion_.row().words().data());
  earlier_work_ += seen_.work();
  seen_ = Configurations(layout_);
  waiting_.clear();
  waiting_rows_ = 0;
  furthest_ = 0;
  start();
}

std::vector<std::uint32_t> Search::legal_order() {
  CHECK(want_order_ && result_ == Result::kLegal, "an order was asked for, and there is one");
  return reveal_hidden(problem_, steps_to_end());
}

// Rows do not store operations, so each configuration on the path is expanded a second time, to
// find the operations that led to the next one.
std::vector<std::uint32_t> Search::steps_to_end() {
  std::vector<std::uint32_t> path;
  for (std::uint32_t number = last_; number != Configurations::kNone;
       number = seen_.parent(number)) {
    path.push_back(number);
  }
  std::ranges::reverse(path);
  tracing_ = true;
  std::vector<std::uint32_t> steps;
  for (std::size_t i = 0; i <= path.size(); ++i) {
    std::vector<std::uint32_t> led_there;
    const Expansion::Reached visit = [&](const SearchRow& row, bool) {
      if (i == path.size()) return;
      if (std::ranges::equal(row.words(), seen_.row(path[i]))) led_there = expansion_.trace();
    };
    const bool at_end =
        i == 0 ? expansion_.begin(visit) : expansion_.expand(seen_.row(path[i - 1]), visit);
    const auto& some = at_end ? expansion_.trace() : led_there;
    steps.insert(steps.end(), some.begin(), some.end());
  }
  tracing_ = false;
  return steps;
}

}  // namespace capsize::checker
