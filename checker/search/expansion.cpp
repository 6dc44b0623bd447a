#include "checker/search/expansion.h"

#include <algorithm>

namespace capsize::checker {

Expansion::Expansion(const SearchProblem& problem, StateTable& states, const RowLayout& layout,
                     Stop stop)
    : problem_(problem),
      states_(states),
      layout_(layout),
      stop_(std::move(stop)),
      demand_(make_demand(problem, states)),
      available_([this](std::size_t one) { return is_available(one); }),
      row_(problem),
      parent_(problem) {
  for (const SearchProblem::InfoClass& one : problem.classes) {
    classes_.push_back(static_cast<std::uint32_t>(classes_.size()));
    first_invoke_.push_back(one.invocations[0]);
  }
}

bool Expansion::begin(const Reached& reached) {
  reached_ = &reached;
  row_.clear();
  row_.set(0, problem_.model.initial(states_, problem_.initial));
  trace_.clear();
  return go_on(false);
}

// What the row in hand leads to by itself. True: there is nothing left to pass.
bool Expansion::go_on(bool wants_observer) {
  if (settle()) return true;
  if (wants_observer && !consumed_) row_.mark_unseen();
  (*reached_)(row_, false);
  return false;
}

// Applies every open pure operation that is possible now, and passes every completion that asks for
// nothing. True: there is none left.
bool Expansion::settle() {
  consumed_ = false;
  for (;;) {
    if (row_.completion() == problem_.completions.size()) return true;
    apply_pure();
    const std::uint32_t next = completing();
    if (!row_.may_pass(next)) return false;
    if (!row_.is_applied(next)) {
      if (problem_.seen_late[next]) reach_as_due(next);
      trace_.push_back(next | kHidden);
    }
    row_.forget(next);
    row_.set(row_.completion() + 1, row_.state());
  }
}

void Expansion::apply_pure() {
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

// The other thing that a write which could have been overwritten can do when it completes: leave
// its value for those who begin later.
void Expansion::reach_as_due(std::uint32_t write) {
  row_.make_due(write);
  (*reached_)(row_, true);
  row_.make_hideable(write);
}

// Tries everything that can be applied next; the row in hand is restored for each.
bool Expansion::expand(std::span<const std::uint64_t> words, const Reached& reached) {
  reached_ = &reached;
  parent_.assign(words);
  row_ = parent_;
  alike_.clear();
  const auto open = problem_.open_at(row_.completion());
  work_ += open.size() + problem_.classes.size() / 8;
  if (demand_) demand_->find(row_, available_);
  for (const std::uint32_t operation : open) {
    if (row_.is_applied(operation) || problem_.operations[operation].pure) continue;
    if (stop_()) return false;
    // Of several alike the one that completes first.
    const bool first = !has_open_like(problem_.alike[operation]);
    if (first) alike_.push_back(problem_.alike[operation]);
    if (first && try_open(operation)) return true;
    row_ = parent_;
  }
  for (const std::uint32_t one : demand_ ? demand_->useful_classes() : classes_) {
    if (stop_()) return false;
    if (try_info(one)) return true;
    row_ = parent_;
  }
  return false;
}

bool Expansion::try_open(std::uint32_t operation) {
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

bool Expansion::try_info(std::size_t one) {
  const SearchProblem::InfoClass& info = problem_.classes[one];
  if (!is_available(one)) return false;
  if (row_.is_unseen() && has_to_wait(info.operation)) return false;
  if (info.operation.blind && has_cheaper(one)) return false;
  const auto after = problem_.model.step(states_, row_.state(), info.operation);
  if (!after || (*after == row_.state() && !hides_something(info.operation))) return false;
  const std::uint32_t place = use_one_of(one);
  if (info.operation.blind) overwrite(info.operation);
  row_.set(row_.completion(), *after);
  trace_.assign(1, place);
  return go_on(demand_ != nullptr);
}

// Whether the operation is applied early only if another operation waits for it. A cas is not: it
// may have to come before something that destroys what it expects.
bool Expansion::is_gated(const KeyOperation& mutation) const {
  return demand_ && (mutation.blind || problem_.kind == SearchProblem::Kind::kSums);
}

// Whether what was applied last and nobody has seen has to be seen before this is applied.
bool Expansion::has_to_wait(const KeyOperation& mutation) const {
  return is_gated(mutation) && !demand_->takes_several();
}

// The first of a class stands for those that there are not.
std::uint32_t Expansion::use_one_of(std::size_t one) {
  const SearchProblem::InfoClass& info = problem_.classes[one];
  const std::uint32_t next = row_.used(one);
  if (!is_left(one)) {
    row_.overuse(one);
    return info.places[0];
  }
  row_.use(one);
  return info.places[next];
}

// Whether one that was not used has begun.
bool Expansion::is_left(std::size_t one) const {
  const auto& invocations = problem_.classes[one].invocations;
  const std::uint32_t next = row_.used(one);
  return next < invocations.size() &&
         invocations[next] <= problem_.operations[completing()].complete;
}

// An acknowledged operation that does the same is to be preferred: it has to be applied anyway.
bool Expansion::is_available(std::size_t one) const {
  if (first_invoke_[one] > problem_.operations[completing()].complete) return false;
  if (layout_.is_tracked(one) && !is_left(one)) return false;
  return !has_open_like(problem_.classes[one].alike);
}

bool Expansion::has_open_like(std::uint32_t alike) const {
  return std::ranges::find(alike_, alike) != alike_.end();
}

// Whether something else in the group of an indeterminate write leaves the same value, and nothing
// is won by overwriting.
bool Expansion::has_cheaper(std::size_t write) const {
  if (problem_.kind != SearchProblem::Kind::kExact) return false;
  for (std::size_t one = write + 1; one < problem_.classes.size(); ++one) {
    const KeyOperation& other = problem_.classes[one].operation;
    if (other.written != problem_.classes[write].operation.written) return false;
    if (other.observed == row_.state() && is_available(one)) return !has_unsafe_write();
  }
  return false;
}

// Even a write of what is there already can be needed for that, before a cas.
bool Expansion::hides_something(const KeyOperation& write) const {
  const bool only_observers = demand_ && demand_->takes_several();
  return write.blind && !only_observers && has_unsafe_write();
}

bool Expansion::has_unsafe_write() const {
  return std::ranges::any_of(problem_.open_at(row_.completion()), [this](std::uint32_t operation) {
    return problem_.operations[operation].blind && operation != completing() &&
           !row_.may_pass(operation);
  });
}

// A blind write is applied: other open ones can stand right before it. Not the one that completes:
// nothing is applied here that is not to come before it.
void Expansion::overwrite(const KeyOperation& later) {
  for (const std::uint32_t other : problem_.open_at(row_.completion())) {
    const KeyOperation& earlier = problem_.operations[other];
    if (!earlier.blind || other == completing() || row_.is_applied(other)) continue;
    if (problem_.overwrites(later, earlier)) row_.make_hideable(other);
  }
}

}  // namespace capsize::checker
