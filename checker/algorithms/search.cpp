#include "checker/algorithms/search.h"

#include <algorithm>
#include <chrono>

namespace capsize::checker {
namespace {

constexpr std::uint64_t kWorkPerTurn = std::uint64_t{1} << 19;  // words looked at: milliseconds
constexpr std::uint64_t kCompactBytes = std::uint64_t{64} << 20;
constexpr std::chrono::nanoseconds kCompactTimePerRow{500};

}  // namespace

Search::Search(const SearchProblem& problem, StateTable& states, Order order, const Budget* budget,
               bool want_order)
    : problem_(problem),
      states_(states),
      order_(order),
      budget_(budget),
      want_order_(want_order),
      mask_words_((problem.slots + 63) / 64),
      seen_(1 + mask_words_, (problem.classes.size() + 1) / 2),
      row_(1 + mask_words_ + (problem.classes.size() + 1) / 2),
      compact_above_(kCompactBytes),
      next_look_(kWorkPerTurn) {
  begin();
  if (settle()) {
    result_ = Result::kLegal;
  } else {
    remember(Configurations::kNone);
  }
}

void Search::begin() {
  std::fill(row_.begin(), row_.end(), 0);
  set(0, problem_.model.initial(states_, problem_.initial));
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
    const std::uint32_t next = take();
    ++steps;
    if (next == Configurations::kNone) {
      result_ = Result::kIllegal;
    } else if (expand(next)) {
      result_ = Result::kLegal;
      last_ = next;
    }
  }
  const bool compactable = order_ == Order::kByCompletion && !want_order_;
  if (compactable && seen_.memory_bytes() > compact_above_) compact();
  return steps;
}

// One configuration can have thousands of children, each compared with thousands of others: too
// much to look at the clock in between only. What is left undone then is not needed any more.
bool Search::is_out_of_time() {
  if (work() < next_look_) return out_of_time_;
  next_look_ = work() + kWorkPerTurn;
  return out_of_time_ = budget_ != nullptr && budget_->time_is_up();
}

bool Search::available(std::size_t info_class) const {
  const auto& invocations = problem_.classes[info_class].invocations;
  const KeyOperation& completing = problem_.operations[problem_.completions[completion()]];
  const std::uint32_t next = used(info_class);
  return next < invocations.size() && invocations[next] <= completing.complete;
}

// Applies every open pure operation that is possible now, and passes every completion whose
// operation is applied. True: there is nothing left to pass.
bool Search::settle() {
  for (;;) {
    if (completion() == problem_.completions.size()) return true;
    work_ += 1 + problem_.open_at(completion()).size();
    for (const std::uint32_t operation : problem_.open_at(completion())) {
      if (!problem_.operations[operation].pure || applied(operation)) continue;
      if (!problem_.model.step(states_, state(), problem_.operations[operation])) continue;
      flip(operation);
      note(operation);
    }
    const std::uint32_t completing = problem_.completions[completion()];
    if (!applied(completing)) return false;
    flip(completing);
    set(completion() + 1, state());
  }
}

void Search::remember(std::uint32_t parent) {
  furthest_ = std::max(furthest_, completion());
  const std::uint32_t number = seen_.insert(row_, parent);
  if (number == Configurations::kNone) return;
  if (order_ == Order::kDepthFirst) {
    children_.push_back(number);
  } else {
    waiting_[completion()].push_back(number);
    ++waiting_rows_;
  }
}

// Tries everything that can be applied next; the row in hand is restored for each.
bool Search::expand(std::uint32_t number) {
  const auto row = seen_.row(number);
  parent_.assign(row.begin(), row.end());
  row_ = parent_;
  children_.clear();
  for (const std::uint32_t operation : problem_.open_at(completion())) {
    if (applied(operation) || problem_.operations[operation].pure) continue;
    if (is_out_of_time()) return false;
    if (apply_open(operation)) {
      if (settle()) return true;
      remember(number);
    }
    row_ = parent_;
  }
  for (std::size_t one = 0; one < problem_.classes.size(); ++one) {
    if (is_out_of_time()) return false;
    if (apply_info(one)) {
      if (settle()) return true;
      remember(number);
    }
    row_ = parent_;
  }
  // The first child is the most promising one, so it has to lie on top.
  stack_.insert(stack_.end(), children_.rbegin(), children_.rend());
  children_.clear();
  return false;
}

bool Search::apply_open(std::uint32_t operation) {
  const KeyOperation& applied_now = problem_.operations[operation];
  const auto after = problem_.model.step(states_, state(), applied_now);
  if (!after) return false;
  flip(operation);
  if (applied_now.blind) hide_dead_writes();
  set(completion(), *after);
  note(operation);
  return true;
}

void Search::hide_dead_writes() {
  for (const std::uint32_t other : problem_.open_at(completion())) {
    if (!problem_.dead[other] || applied(other)) continue;
    flip(other);
    note(other);
  }
}

bool Search::apply_info(std::size_t one) {
  const KeyOperation& operation = problem_.classes[one].operation;
  if (!available(one)) return false;
  if (problem_.exact && !is_wanted(operation.written)) return false;
  const auto after = problem_.model.step(states_, state(), operation);
  if (!after || *after == state()) return false;
  const std::uint32_t place = problem_.classes[one].places[used(one)];
  use(one);
  if (operation.blind) hide_dead_writes();
  set(completion(), *after);
  note(place);
  return true;
}

bool Search::is_wanted(ValueId value) {
  work_ += problem_.open_at(completion()).size() + problem_.classes.size();
  for (const std::uint32_t operation : problem_.open_at(completion())) {
    if (problem_.operations[operation].observed == value && !applied(operation)) return true;
  }
  for (std::size_t one = 0; one < problem_.classes.size(); ++one) {
    if (problem_.classes[one].operation.observed == value && available(one)) return true;
  }
  return false;
}

std::uint32_t Search::take() {
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
void Search::compact() {
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

std::vector<std::uint32_t> Search::legal_order() {
  std::vector<std::uint32_t> path;
  for (std::uint32_t number = last_; number != Configurations::kNone;
       number = seen_.parent(number)) {
    path.push_back(number);
  }
  std::reverse(path.begin(), path.end());
  tracing_ = true;
  std::vector<std::uint32_t> order;
  begin();
  settle();
  order.swap(trace_);
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto row = seen_.row(path[i]);
    const std::uint64_t* next = i + 1 < path.size() ? seen_.row(path[i + 1]).data() : nullptr;
    trace_step(Row(row.begin(), row.end()), next);
    order.insert(order.end(), trace_.begin(), trace_.end());
  }
  tracing_ = false;
  return order;
}

// What leads from one configuration to the next, or to the end (null), is left in trace_.
void Search::trace_step(const Row& from, const std::uint64_t* to) {
  const auto is_it = [&] {
    const bool at_end = settle();
    return to == nullptr ? at_end : !at_end && std::equal(row_.begin(), row_.end(), to);
  };
  row_ = from;
  for (const std::uint32_t operation : problem_.open_at(completion())) {
    row_ = from;
    trace_.clear();
    if (applied(operation) || problem_.operations[operation].pure) continue;
    if (apply_open(operation) && is_it()) return;
  }
  for (std::size_t one = 0; one < problem_.classes.size(); ++one) {
    row_ = from;
    trace_.clear();
    if (apply_info(one) && is_it()) return;
  }
}

}  // namespace capsize::checker
