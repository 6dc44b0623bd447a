#include "checker/algorithms/search.h"

#include <algorithm>
#include <chrono>

namespace capsize::checker {
namespace {

constexpr std::uint64_t kWorkPerTurn = std::uint64_t{1} << 19;  // words looked at: milliseconds
constexpr std::uint64_t kCompactBytes = std::uint64_t{64} << 20;
constexpr std::chrono::nanoseconds kCompactTimePerRow{500};

// Moves each operation that was marked as hidden to where it stands: before the last blind write
// that overwrites it.
std::vector<std::uint32_t> reveal_hidden(const SearchProblem& problem,
                                         const std::vector<std::uint32_t>& marked,
                                         std::uint32_t mark) {
  std::vector<std::uint32_t> reversed;
  std::vector<std::uint32_t> hidden;
  for (auto next = marked.rbegin(); next != marked.rend(); ++next) {
    if ((*next & mark) != 0) {
      hidden.push_back(*next & ~mark);
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
      states_(states),
      order_(order),
      budget_(budget),
      want_order_(want_order),
      layout_(problem.layout),
      seen_(layout_),
      row_(problem),
      parent_(problem),
      compact_above_(kCompactBytes),
      next_look_(kWorkPerTurn) {
  for (const SearchProblem::InfoClass& one : problem.classes) {
    classes_.push_back(static_cast<std::uint32_t>(classes_.size()));
    first_invoke_.push_back(one.invocations[0]);
  }
  // Where nothing is known of the operations, or they add up, there would be no end to the states.
  const bool finite =
      problem.kind == SearchProblem::Kind::kExact || problem.kind == SearchProblem::Kind::kElements;
  if (finite && order == Order::kByCompletion) layout_.track_nothing();
  demand_ = make_demand(problem, states);
  available_ = [this](std::size_t one) { return is_available(one); };
  start();
}

void Search::start() {
  parent_number_ = Configurations::kNone;
  if (begin()) reach_end(Configurations::kNone);
  push_children();
}

// The first child is the most promising one, so it has to lie on top.
void Search::push_children() {
  stack_.insert(stack_.end(), later_.rbegin(), later_.rend());
  stack_.insert(stack_.end(), children_.rbegin(), children_.rend());
  later_.clear();
  children_.clear();
}

bool Search::begin() {
  row_.clear();
  row_.set(0, problem_.model.initial(states_, problem_.initial));
  trace_.clear();
  return go_on(false);
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
      reach_end(next);
    }
  }
  const bool compactable =
      order_ == Order::kByCompletion && !want_order_ && layout_.tracks_everything();
  if (compactable && seen_.memory_bytes() > compact_above_) compact();
  return steps;
}

// One configuration can have thousands of children, each compared with thousands of others: too
// much to look at the clock in between only. What is left undone then is not needed any more.
bool Search::is_out_of_time() {
  if (tracing_) return false;
  if (work() < next_look_) return out_of_time_;
  next_look_ = work() + kWorkPerTurn;
  return out_of_time_ = budget_ != nullptr && budget_->time_is_up();
}

// What the row in hand leads to by itself. True: there is nothing left to pass.
bool Search::go_on(bool wants_observer) {
  if (settle()) return true;
  if (wants_observer && !consumed_) row_.mark_unseen();
  remember();
  return false;
}

// Applies every open pure operation that is possible now, and passes every completion that asks for
// nothing. True: there is none left.
bool Search::settle() {
  consumed_ = false;
  for (;;) {
    if (row_.completion() == problem_.completions.size()) return true;
    apply_pure();
    const std::uint32_t next = completing();
    if (!row_.may_pass(next)) return false;
    if (!row_.is_applied(next)) {
      if (problem_.seen_late[next]) remember_as_due(next);
      trace_.push_back(next | kHidden);
    }
    row_.forget(next);
    row_.set(row_.completion() + 1, row_.state());
  }
}

void Search::apply_pure() {
  const auto open = problem_.open_at(row_.completion());
  work_ += 1 + open.size();
  for (const std::uint32_t operation : open) {
    if (!problem_.operations[operation].pure || row_.is_applied(operation)) continue;
    if (!problem_.model.step(states_, row_.state(), problem_.operations[operation])) continue;
    row_.apply(operation);
    trace_.push_back(operation);
    consumed_ = true;
  }
}

void Search::remember() {
  if (tracing_) {
    if (target_ != nullptr && std::equal(row_.words().begin(), row_.words().end(), target_)) {
      found_ = trace_;
    }
    return;
  }
  furthest_ = std::max(furthest_, row_.completion());
  const std::uint32_t number = seen_.insert(row_.words(), parent_number_);
  if (number == Configurations::kNone) return;
  if (order_ == Order::kDepthFirst) {
    children_.push_back(number);
  } else {
    waiting_[{row_.overused(), row_.completion()}].push_back(number);
    ++waiting_rows_;
  }
}

// The other thing that a write which could have been overwritten can do when it completes: leave
// its value for those who begin later.
void Search::remember_as_due(std::uint32_t write) {
  row_.make_due(write);
  children_.swap(later_);
  remember();
  children_.swap(later_);
  row_.make_hideable(write);
}

bool Search::expand(std::uint32_t number) {
  parent_.assign(seen_.row(number));
  parent_number_ = number;
  if (expand_row()) return true;
  push_children();
  return false;
}

// Tries everything that can be applied next; the row in hand is restored for each.
bool Search::expand_row() {
  row_ = parent_;
  alike_.clear();
  const auto open = problem_.open_at(row_.completion());
  work_ += open.size() + problem_.classes.size() / 8;
  if (demand_) demand_->find(row_, available_);
  for (const std::uint32_t operation : open) {
    if (row_.is_applied(operation) || problem_.operations[operation].pure) continue;
    if (is_out_of_time()) return false;
    // Of several alike the one that completes first.
    const bool first = !has_open_like(problem_.alike[operation]);
    if (first) alike_.push_back(problem_.alike[operation]);
    if (first && try_open(operation)) return true;
    row_ = parent_;
  }
  for (const std::uint32_t one : demand_ ? demand_->useful_classes() : classes_) {
    if (is_out_of_time()) return false;
    if (try_info(one)) return true;
    row_ = parent_;
  }
  return false;
}

bool Search::try_open(std::uint32_t operation) {
  const KeyOperation& one = problem_.operations[operation];
  const bool early = operation != completing();
  const bool for_somebody = early && is_gated(one);
  if (for_somebody && !demand_->wants(operation)) return false;
  if (row_.is_unseen() && (early ? has_to_wait(one) : is_gated(one))) return false;
  const auto after = problem_.model.step(states_, row_.state(), one);
  if (!after) return false;
  // Where only observers look, what changes nothing can wait. A cas may come after it here and now.
  if (for_somebody && *after == row_.state() && demand_->takes_several()) return false;
  row_.apply(operation);
  if (one.blind) overwrite(one);
  row_.set(row_.completion(), *after);
  trace_.assign(1, operation);
  return go_on(for_somebody);
}

bool Search::try_info(std::size_t one) {
  const SearchProblem::InfoClass& info = problem_.classes[one];
  if (!is_available(one)) return false;
  if (row_.is_unseen() && has_to_wait(info.operation)) return false;
  if (info.operation.blind && has_cheaper(one)) return false;
  const auto after = problem_.model.step(states_, row_.state(), info.operation);
  if (!after || *after == row_.state()) return false;
  const std::uint32_t place = use_one_of(one);
  if (info.operation.blind) overwrite(info.operation);
  row_.set(row_.completion(), *after);
  trace_.assign(1, place);
  return go_on(demand_ != nullptr);
}

// Whether the operation is applied early only if somebody waits for it. A cas is not: it may have
// to come before something that destroys what it expects.
bool Search::is_gated(const KeyOperation& mutation) const {
  return demand_ && (mutation.blind || problem_.kind == SearchProblem::Kind::kSums);
}

// Whether what was applied last and nobody has seen has to be seen before this is applied.
bool Search::has_to_wait(const KeyOperation& mutation) const {
  return is_gated(mutation) && !demand_->takes_several();
}

// The first of a class stands for those that there are not.
std::uint32_t Search::use_one_of(std::size_t one) {
  const SearchProblem::InfoClass& info = problem_.classes[one];
  const std::uint32_t next = row_.used(one);
  if (!is_left(one)) {
    row_.overuse();
    return info.places[0];
  }
  row_.use(one);
  return info.places[next];
}

// Whether one that was not used has begun.
bool Search::is_left(std::size_t one) const {
  const auto& invocations = problem_.classes[one].invocations;
  const std::uint32_t next = row_.used(one);
  return next < invocations.size() &&
         invocations[next] <= problem_.operations[completing()].complete;
}

// An acknowledged operation that does the same is to be preferred: it has to be applied anyway.
bool Search::is_available(std::size_t one) const {
  if (first_invoke_[one] > problem_.operations[completing()].complete) return false;
  if (layout_.is_tracked(one) && !is_left(one)) return false;
  return !has_open_like(problem_.classes[one].alike);
}

bool Search::has_open_like(std::uint32_t alike) const {
  return std::ranges::find(alike_, alike) != alike_.end();
}

// Whether something else in the group of an indeterminate write leaves the same value, and nothing
// is won by overwriting.
bool Search::has_cheaper(std::size_t write) const {
  for (std::size_t one = write + 1; one < problem_.classes.size(); ++one) {
    const KeyOperation& other = problem_.classes[one].operation;
    if (problem_.kind != SearchProblem::Kind::kExact ||
        other.written != problem_.classes[write].operation.written)
      return false;
    if (other.observed == row_.state() && is_available(one)) return !has_unsafe_write();
  }
  return false;
}

bool Search::has_unsafe_write() const {
  return std::ranges::any_of(problem_.open_at(row_.completion()), [this](std::uint32_t operation) {
    return problem_.operations[operation].blind && operation != completing() &&
           !row_.may_pass(operation);
  });
}

// A blind write is applied: other open ones can stand right before it. Not the one that completes:
// nothing is applied here that is not to come before it.
void Search::overwrite(const KeyOperation& later) {
  for (const std::uint32_t other : problem_.open_at(row_.completion())) {
    const KeyOperation& earlier = problem_.operations[other];
    if (!earlier.blind || other == completing() || row_.is_applied(other)) continue;
    if (problem_.overwrites(later, earlier)) row_.make_hideable(other);
  }
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

// Every row has been passed that there is to pass.
void Search::reach_end(std::uint32_t number) {
  last_ = number;
  if (row_.overused() == 0) {
    result_ = Result::kLegal;
  } else {
    refine();
  }
}

// What was used twice on the way to the end has to be counted. That is something new each time, or
// the way would not have been taken; so it comes to an end.
void Search::refine() {
  std::vector<bool> used(problem_.operations.size(), false);
  std::vector<bool> used_twice(problem_.operations.size(), false);
  for (const std::uint32_t step : steps_to_end()) {
    const std::uint32_t operation = step & ~kHidden;
    if (used[operation]) used_twice[operation] = true;
    used[operation] = true;
  }
  for (std::size_t one = 0; one < problem_.classes.size(); ++one) {
    if (used_twice[problem_.classes[one].places[0]]) layout_.track(one);
  }
  work_ += seen_.work();
  seen_ = Configurations(layout_);
  waiting_.clear();
  waiting_rows_ = 0;
  furthest_ = 0;
  start();
}

std::vector<std::uint32_t> Search::legal_order() {
  return reveal_hidden(problem_, steps_to_end(), kHidden);
}

std::vector<std::uint32_t> Search::steps_to_end() {
  std::vector<std::uint32_t> path;
  for (std::uint32_t number = last_; number != Configurations::kNone;
       number = seen_.parent(number)) {
    path.push_back(number);
  }
  std::reverse(path.begin(), path.end());
  tracing_ = true;
  std::vector<std::uint32_t> steps;
  for (std::size_t i = 0; i <= path.size(); ++i) {
    target_ = i < path.size() ? seen_.row(path[i]).data() : nullptr;
    found_.clear();
    if (i > 0) parent_.assign(seen_.row(path[i - 1]));
    const bool at_end = i == 0 ? begin() : expand_row();
    const auto& some = at_end ? trace_ : found_;
    steps.insert(steps.end(), some.begin(), some.end());
  }
  tracing_ = false;
  return steps;
}

}  // namespace capsize::checker
