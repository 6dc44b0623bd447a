#include "checker/search/expansion.h"

#include <algorithm>

namespace capsize::checker {

Expansion::Expansion(const SearchProblem& problem, StateTable& states, const RowLayout& layout,
                     Stop stop)
    : problem_(problem),
      states_(states),
      layout_(layout),
      stop_(std::move(stop)),
      filter_(make_mutation_filter(problem, states)),
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
  return advance(false);
}

// Takes the steps from the current row that need no choice, then reports where they lead. True: all
// completions are passed.
bool Expansion::advance(bool wants_observer) {
  if (settle()) return true;
  if (wants_observer && !consumed_) row_.mark_unseen();
  (*reached_)(row_, false);
  return false;
}

// Alternates between two steps that cost no choice: applies every open pure operation that is
// possible in the current state (it changes nothing and leaves one obligation less), and passes
// every completion whose operation is applied or hideable. Passing frees the slot of the operation
// and moves on to the next completion, where other operations are open, so pure ones may be
// possible again. True: no completion is left.
bool Expansion::settle() {
  consumed_ = false;
  for (;;) {
    if (row_.completion() == problem_.completions.size()) return true;
    apply_pure();
    const std::uint32_t next = completing();
    if (!row_.may_pass(next)) return false;
    if (!row_.is_applied(next)) {
      if (problem_.observable_later[next]) reach_as_due(next);
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

// A hideable write completes. It is taken to be overwritten; but an operation that begins later may
// still read its value, and then it is not. This reports the second alternative as a row of its
// own, of second choice: write 1 and write 2 overlap and both complete, then a read returns 1 or 2.
void Expansion::reach_as_due(std::uint32_t write) {
  row_.make_due(write);
  (*reached_)(row_, true);
  row_.make_hideable(write);
}

// Tries every mutation that can be applied next, acknowledged ones first; each starts from the
// parent row.
bool Expansion::expand(std::span<const std::uint64_t> words, const Reached& reached) {
  reached_ = &reached;
  parent_.assign(words);
  row_ = parent_;
  alike_.clear();
  const auto open = problem_.open_at(row_.completion());
  work_ += open.size() + problem_.classes.size() / 8;
  if (filter_) filter_->prepare(row_, available_);
  for (const std::uint32_t operation : open) {
    if (row_.is_applied(operation) || problem_.operations[operation].pure) continue;
    if (stop_()) return false;
    // Of several that do the same, only the one that completes first: exchanging it with another
    // one in a legal order leaves the order legal.
    const bool first = !has_open_like(problem_.alike[operation]);
    if (first) alike_.push_back(problem_.alike[operation]);
    if (first && try_open(operation)) return true;
    row_ = parent_;
  }
  for (const std::uint32_t one : filter_ ? filter_->useful_classes() : classes_) {
    if (stop_()) return false;
    if (try_info(one)) return true;
    row_ = parent_;
  }
  return false;
}

// Applies an open acknowledged mutation. `early`: its completion does not require it yet, so if the
// problem is exact, it is worth it only when an observer waits for its result (for_observer).
bool Expansion::try_open(std::uint32_t operation) {
  const KeyOperation& one = problem_.operations[operation];
  const bool early = operation != completing();
  const bool for_observer = early && is_gated(one);
  if (for_observer && !filter_->admits(operation)) return false;
  if (row_.is_unseen() && (early ? has_to_wait(one) : is_gated(one))) return false;
  const auto after = problem_.model.step(states_, row_.state(), one);
  if (!after) return false;
  // In sets and counters a mutation that changes nothing serves no observer, so it can wait. In
  // registers it cannot: a cas may come right after it.
  if (for_observer && *after == row_.state() && filter_->takes_several()) return false;
  row_.apply(operation);
  if (one.blind) overwrite(one);
  row_.set(row_.completion(), *after);
  trace_.assign(1, operation);
  return advance(for_observer);
}

// Applies one more operation of an indeterminate class. It need not happen at all, so it has to
// serve something: change the state, or overwrite an open write so that that one becomes hideable.
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
  return advance(filter_ != nullptr);
}

// Whether the operation is applied early only if another operation waits for it. A cas is not: it
// may have to come before something that destroys what it expects.
bool Expansion::is_gated(const KeyOperation& mutation) const {
  return filter_ && (mutation.blind || problem_.kind == SearchProblem::Kind::kSums);
}

// Whether the result of the last mutation has to be observed before this one may be applied: two
// mutations in a row without an observer between them could be applied in the order of their
// completions.
bool Expansion::has_to_wait(const KeyOperation& mutation) const {
  return is_gated(mutation) && !filter_->takes_several();
}

// Where a class is not tracked, more of its operations may be used than exist: the first one stands
// for those, and the row records the overuse (Search::refine() counts them from then on).
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

// Whether an indeterminate cas that is possible now leaves the same value as this write. The cas is
// preferred, because the write can do later whatever the cas could; unless the write would make an
// open write hideable, which a cas does not.
bool Expansion::has_cheaper(std::size_t write) const {
  if (problem_.kind != SearchProblem::Kind::kExact) return false;
  for (std::size_t one = write + 1; one < problem_.classes.size(); ++one) {
    const KeyOperation& other = problem_.classes[one].operation;
    if (other.written != problem_.classes[write].operation.written) return false;
    if (other.observed == row_.state() && is_available(one)) return !has_unsafe_write();
  }
  return false;
}

// A write of the current value can be needed, too: it makes open writes hideable before a cas
// follows.
bool Expansion::hides_something(const KeyOperation& write) const {
  const bool only_observers = filter_ && filter_->takes_several();
  return write.blind && !only_observers && has_unsafe_write();
}

bool Expansion::has_unsafe_write() const {
  return std::ranges::any_of(problem_.open_at(row_.completion()), [this](std::uint32_t operation) {
    return problem_.operations[operation].blind && operation != completing() &&
           !row_.may_pass(operation);
  });
}

// A blind write is applied: every other open blind write may stand right before it, where no
// operation reads it, so it becomes hideable. The one that completes now is excluded: what is
// applied here comes before it, not after.
void Expansion::overwrite(const KeyOperation& later) {
  for (const std::uint32_t other : problem_.open_at(row_.completion())) {
    const KeyOperation& earlier = problem_.operations[other];
    if (!earlier.blind || other == completing() || row_.is_applied(other)) continue;
    if (problem_.overwrites(later, earlier)) row_.make_hideable(other);
  }
}

}  // namespace capsize::checker
