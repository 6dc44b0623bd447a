#include "checker/search/queue_search.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "checker/collections/distinct_queue.h"
#include "checker/search/queue_state.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

using Number = QueueState::Number;

constexpr Number kNoStep = 0xFFFFFFFFu;
constexpr std::uint64_t kStepsPerBudgetCheck = 256;
constexpr std::uint64_t kOperationBytes = 128;       // of what is gathered about each
constexpr std::uint64_t kOperationOrderBytes = 160;  // of each, to find a legal order at the end
constexpr std::uint64_t kStateBytes = 160;           // two vectors, a node of a map

// How a state was reached: the first way, since all others used as many indeterminate dequeues.
// (These took the elements that were enqueued, are not in, and that no other dequeue took.)
struct Past {
  Number used = 0;        // indeterminate dequeues
  Number last = kNoStep;  // the last step
};
using States = std::map<QueueState, Past>;

class QueueSearch {
 public:
  QueueSearch(std::span<const KeyOperation> operations, const SearchBounds& bounds)
      : operations_(operations), bounds_(bounds) {}

  Decision run() {
    if (operations_.size() * kOperationBytes > bounds_.memory_bytes) return unknown(kMemoryBound);
    if (!gather()) return {.kind = Decision::Kind::kNotApplicable};
    states_.emplace();
    for (const Number place : completions_) {
      come_to(operations_[place].complete);
      if (changes_nothing(place)) {
        if (bound_is_reached()) return unknown(bound_);
      } else {
        for (const auto& [state, past] : states_) {
          if (bound_is_reached()) return unknown(bound_);
          complete(place, state, past);
          if (!bound_.empty()) return unknown(bound_);
        }
        if (next_.empty()) return {.kind = Decision::Kind::kViolation, .end = now_};
        states_.swap(next_);
        next_.clear();
      }
      leave(place);
    }
    return legal();
  }

 private:
  static constexpr const char* kMemoryBound = "the memory bound";
  static constexpr ValueId kFirstName = kEmptyList + 1;  // no name is null, or an empty queue

  struct Candidate {
    std::size_t in_the_way;  // how many must be taken out before
    Number number;
    friend auto operator<=>(const Candidate&, const Candidate&) = default;
  };
  struct Step {
    Number before;  // the step before; kNoStep: none
    Number dequeue;
    Number element;
  };

  bool gather() {
    for (Number i = 0; i < operations_.size(); ++i) {
      const KeyOperation& operation = operations_[i];
      const bool adds = operation.code == kCodeAdd && operation.argument != kNullValue;
      if (!adds && operation.code != kCodeTake) return false;
      if (operation.required) completions_.push_back(i);
      if (adds) {
        elements_.push_back(i);
      } else if (operation.argument == kNoValue) {
        unknown_.push_back(operation.invoke);
      } else {
        dequeues_.push_back(i);
      }
    }
    const auto by_completion = [this](Number i) { return operations_[i].complete; };
    std::ranges::stable_sort(completions_, {}, by_completion);
    std::ranges::stable_sort(elements_, {}, by_completion);
    earliest_from_.assign(elements_.size() + 1, kNever);
    for (Number i = static_cast<Number>(elements_.size()); i-- > 0;) {
      earliest_from_[i] = std::min(earliest_from_[i + 1], element(i).invoke);
    }
    for (Number i = 0; i < elements_.size(); ++i) equal_[element(i).argument].push_back(i);
    return true;
  }

  const KeyOperation& element(Number number) const { return operations_[elements_[number]]; }

  // What has begun by here.
  void come_to(Position now) {
    now_ = now;
    states_bytes_ = 2 * states_.size() * kStateBytes;
    for (; begun_ < dequeues_.size() && operations_[dequeues_[begun_]].invoke <= now; ++begun_) {
      insert_by_completion(dequeues_[begun_]);
    }
    while (unknown_begun_ < unknown_.size() && unknown_[unknown_begun_] <= now) ++unknown_begun_;
  }

  void insert_by_completion(Number place) {
    const auto by_completion = [this](Number i) { return operations_[i].complete; };
    open_.insert(std::ranges::upper_bound(open_, operations_[place].complete, {}, by_completion),
                 place);
    nulls_open_ += operations_[place].argument == kNullValue ? 1 : 0;
  }

  // Behind a completion. Elements complete in the order of their numbers.
  void leave(Number place) {
    if (operations_[place].code == kCodeAdd) {
      ++completed_;
    } else {
      std::erase(open_, place);
      nulls_open_ -= operations_[place].argument == kNullValue ? 1 : 0;
    }
  }

  // An enqueue completes, and no empty dequeue waits: the states stay as they are.
  bool changes_nothing(Number place) const {
    return operations_[place].code == kCodeAdd && nulls_open_ == 0;
  }

  void complete(Number place, const QueueState& state, const Past& past) {
    const KeyOperation& operation = operations_[place];
    if (operation.code == kCodeAdd) {
      enqueue_completes(state, past);
    } else if (state.is_done(place)) {
      QueueState after = state;
      after.forget(place);
      add(std::move(after), past);
    } else if (operation.argument == kNullValue) {
      find_empty(state, past, [&](QueueState emptied, const Past& then) {
        emptied.forget(place);
        add(std::move(emptied), then);
      });
    } else {
      dequeue_completes(place, state, past);
    }
  }

  void enqueue_completes(const QueueState& state, const Past& past) {
    const bool anybody_waits = std::ranges::any_of(open_, [&](Number place) {
      return operations_[place].argument == kNullValue && !state.is_done(place);
    });
    if (anybody_waits) {
      find_empty(state, past,
                 [&](QueueState emptied, const Past& then) { add(std::move(emptied), then); });
    }
    // To have found nothing costs nothing where nothing is in.
    if (!anybody_waits || in_count(state) > 0) add(state, past);
  }

  void dequeue_completes(Number place, const QueueState& state, const Past& past) {
    // The more is taken out of the way, the more elements may be taken: only one that is better
    // than those before is worth it.
    Number best = kNoStep;
    for (const Candidate& candidate : candidates(operations_[place].argument, state, past)) {
      const Number number = candidate.number;
      if (number >= best) continue;
      best = number;
      take_out(candidate.in_the_way, state, past, [&](QueueState cleared, const Past& then) {
        cleared.take(number);
        add(std::move(cleared), {then.used, step(then.last, place, number)});
      });
    }
  }

  // Equal elements that are in or can be by now, in order.
  std::vector<Candidate> candidates(ValueId value, const QueueState& state,
                                    const Past& past) const {
    std::vector<Candidate> found;
    const auto equal = equal_.find(value);
    if (equal == equal_.end()) return found;
    const std::size_t most = takers(past);
    for (auto at = std::ranges::lower_bound(equal->second, state.first); at != equal->second.end();
         ++at) {
      if (earliest_from_[*at] > now_ || in_the_way(state, earliest_from_[*at]) > most) break;
      if (element(*at).invoke > now_ || state.is_taken(*at)) continue;
      const std::size_t before = in_the_way(state, element(*at).invoke);
      if (before <= most) found.push_back({before, *at});
      if (before == 0) break;  // those after it are no better
    }
    std::ranges::sort(found);
    return found;
  }

  // How many elements can be taken out by others at most.
  std::size_t takers(const Past& past) const { return open_.size() + unknown_begun_ - past.used; }

  // How many elements are in, of those before a number.
  std::size_t in_count(const QueueState& state, Number before) const {
    const Number end = std::min(before, completed_);
    if (end <= state.first) return 0;
    const auto taken = std::ranges::lower_bound(state.taken, end) - state.taken.begin();
    return end - state.first - static_cast<std::size_t>(taken);
  }
  std::size_t in_count(const QueueState& state) const { return in_count(state, completed_); }

  // How many elements are in that were put in for sure before this position.
  std::size_t in_the_way(const QueueState& state, Position position) const {
    const auto behind = std::ranges::lower_bound(
        elements_, position, {}, [this](Number place) { return operations_[place].complete; });
    return in_count(state, static_cast<Number>(behind - elements_.begin()));
  }

  // Takes `count` elements out, those whose enqueues completed first, in every way: each by an
  // open dequeue of its value or by an indeterminate one. It differs by the open ones only.
  template <class Then>
  void take_out(std::size_t count, const QueueState& state, const Past& past, const Then& then) {
    if (count > takers(past)) return;
    States here, after;
    here.emplace(state, past);
    for (; count > 0; --count) {
      after.clear();
      for (const auto& [one, its] : here) {
        if (bound_is_reached()) return;
        take_first_out(one, its, after);
      }
      here.swap(after);
    }
    for (const auto& [one, its] : here) then(one, its);
  }

  void take_first_out(const QueueState& state, const Past& past, States& after) {
    const Number number = state.first;
    QueueState taken = state;
    taken.take(number);
    const auto dequeue = open_dequeue(element(number).argument, state);
    if (past.used < unknown_begun_) {
      after.try_emplace(taken, Past{past.used + 1, past.last});
    }
    if (!dequeue) return;
    taken.finish(*dequeue);
    after.try_emplace(std::move(taken), Past{past.used, step(past.last, *dequeue, number)});
  }

  // At a moment at which nothing is in, of which all make use that can.
  template <class Then>
  void find_empty(const QueueState& state, const Past& past, const Then& then) {
    take_out(in_count(state), state, past, [&](QueueState emptied, const Past& after) {
      for (const Number place : open_) {
        const bool waits = operations_[place].argument == kNullValue && !emptied.is_done(place);
        if (waits) emptied.finish(place);
      }
      then(std::move(emptied), after);
    });
  }

  // Of the dequeues of equal elements, the one that has to have taken something first.
  std::optional<Number> open_dequeue(ValueId value, const QueueState& state) const {
    for (const Number place : open_) {
      if (operations_[place].argument == value && !state.is_done(place)) return place;
    }
    return std::nullopt;
  }

  Number step(Number before, Number dequeue, Number number) {
    if (!bounds_.want_order) return kNoStep;
    steps_.push_back({before, dequeue, number});
    return static_cast<Number>(steps_.size() - 1);
  }

  void add(QueueState state, const Past& past) {
    const auto [known, is_new] = next_.try_emplace(std::move(state), past);
    if (!is_new) return;
    states_bytes_ +=
        kStateBytes + (known->first.taken.size() + known->first.done.size()) * sizeof(Number);
  }

  // Stored in bound_: which one was reached.
  bool bound_is_reached() {
    // A vector that grows is there twice, and the states of the completion before are there too.
    const std::uint64_t memory = operations_.size() * kOperationBytes +
                                 3 * steps_.capacity() * sizeof(Step) + 2 * states_bytes_;
    if (++work_ >= bounds_.steps_max) {
      bound_ = "the bound on steps";
    } else if (memory > bounds_.memory_bytes) {
      bound_ = kMemoryBound;
    } else if (bounds_.budget != nullptr && work_ % kStepsPerBudgetCheck == 0 &&
               bounds_.budget->time_is_up()) {
      bound_ = bounds_.budget->time_bound();
    }
    return !bound_.empty();
  }

  Decision unknown(const std::string& bound) const {
    return {
        .kind = Decision::Kind::kUnknown,
        .end = now_,
        .reason = fmt::format("{} ended the search over {} operations, {} states of a queue and "
                              "{} indeterminate dequeues",
                              bound, operations_.size(), states_.size(), unknown_.size())};
  }

  // With a name of its own for each element, it is a question of another kind.
  Decision legal() const {
    if (!bounds_.want_order) return {};
    if (operations_.size() * (kOperationBytes + kOperationOrderBytes) > bounds_.memory_bytes) {
      return unknown(kMemoryBound);
    }
    std::vector<KeyOperation> named(operations_.begin(), operations_.end());
    const auto name_of = [](Number place) { return ValueId{place} + kFirstName; };
    for (const Number place : elements_) named[place].argument = name_of(place);
    for (Number i = states_.begin()->second.last; i != kNoStep; i = steps_[i].before) {
      named[steps_[i].dequeue].argument = name_of(elements_[steps_[i].element]);
    }
    return decide_distinct_queue(named, kNullValue, true);
  }

  std::span<const KeyOperation> operations_;
  const SearchBounds& bounds_;
  std::vector<Number> completions_;  // places of required operations, by completion
  std::vector<Number> elements_;     // places of enqueues, by completion
  std::unordered_map<ValueId, std::vector<Number>> equal_;  // numbers of elements
  std::vector<Position> earliest_from_;  // invocation, of the elements from one on
  std::vector<Number> dequeues_;         // places of those that are known to have found something,
                                         // or nothing, by invocation
  std::vector<Position> unknown_;        // when indeterminate dequeues began
  // As of now_, where something completes:
  Position now_ = kNever;
  std::vector<Number> open_;  // of dequeues_, by completion
  std::size_t nulls_open_ = 0;
  std::size_t begun_ = 0;  // of dequeues_
  Number completed_ = 0;   // elements whose enqueues did
  Number unknown_begun_ = 0;
  States states_, next_;
  std::vector<Step> steps_;
  std::uint64_t work_ = 0;
  std::uint64_t states_bytes_ = 0;
  std::string bound_;
};

}  // namespace

Decision search_queue(std::span<const KeyOperation> operations, ValueId initial,
                      const SearchBounds& bounds) {
  if (!starts_empty(initial)) return {.kind = Decision::Kind::kNotApplicable};
  return QueueSearch(operations, bounds).run();
}

constinit const ModelSearch kQueueSearch{
    "queue-search",
    [](std::span<const KeyOperation> operations, ValueId initial, const ValueTable&,
       const SearchBounds& bounds) { return search_queue(operations, initial, bounds); }};

}  // namespace capsize::checker
