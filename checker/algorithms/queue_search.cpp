#include "checker/algorithms/queue_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "checker/algorithms/distinct_queue.h"
#include "checker/models/collection.h"

namespace capsize::checker {
namespace {

using Number = std::uint32_t;

constexpr std::uint64_t kStepsBetweenLooks = 256;
constexpr std::uint64_t kStateOverheadBytes = 160;  // three vectors, a node of a map
constexpr Number kNobody = 0xFFFFFFFFu;

// What is not common to all orders of the operations up to some completion. Elements are numbers in
// order of completion of their enqueue, dequeues places of operations; all ascending.
struct State {
  std::vector<Number> in;     // put in and not taken
  std::vector<Number> early;  // taken though their enqueue has not completed
  std::vector<Number> done;   // dequeues that have taken theirs and not completed

  friend auto operator<=>(const State&, const State&) = default;
};

void insert(std::vector<Number>& numbers, Number number) {
  numbers.insert(std::ranges::lower_bound(numbers, number), number);
}

bool erase(std::vector<Number>& numbers, Number number) {
  const auto found = std::ranges::lower_bound(numbers, number);
  if (found == numbers.end() || *found != number) return false;
  numbers.erase(found);
  return true;
}

// How a state was reached: the first way, for all others used as many indeterminate dequeues. (They
// took what was put in, is not in, and nobody else took.)
struct Past {
  Number used = 0;        // indeterminate dequeues
  Number last = kNobody;  // the last step
};
using States = std::map<State, Past>;

class QueueSearch {
 public:
  QueueSearch(std::span<const KeyOperation> operations, const SearchBounds& bounds)
      : operations_(operations), bounds_(bounds) {}

  Decision run() {
    if (!gather()) return {.kind = Decision::Kind::kNotApplicable};
    states_.emplace();
    for (const Number place : completions_) {
      come_to(operations_[place].complete);
      while (!states_.empty()) {
        if (auto bound = reached_bound()) return unknown(*std::move(bound));
        auto taken = states_.extract(states_.begin());
        complete(place, std::move(taken.key()), taken.mapped());
      }
      if (next_.empty()) return {.kind = Decision::Kind::kViolation, .end = now_};
      states_.swap(next_);
      leave(place);
    }
    return legal();
  }

 private:
  struct Candidate {
    std::size_t in_the_way;  // how many must be taken out before
    Number number;
    friend auto operator<=>(const Candidate&, const Candidate&) = default;
  };
  struct Step {
    Number before;  // the step before; kNobody: none
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
    for (Number i = 0; i < elements_.size(); ++i) {
      equal_[element(i).argument].push_back(i);
      number_of_.emplace(elements_[i], i);
    }
    earliest_from_.assign(elements_.size(), kNever);
    for (Number i = static_cast<Number>(elements_.size()); i-- > 0;) {
      const Position later = i + 1 < elements_.size() ? earliest_from_[i + 1] : kNever;
      earliest_from_[i] = std::min(later, element(i).invoke);
    }
    return true;
  }

  // What has begun by here.
  void come_to(Position now) {
    now_ = now;
    memory_bytes_ = steps_.size() * sizeof(Step);
    for (; begun_ < dequeues_.size() && operations_[dequeues_[begun_]].invoke <= now; ++begun_) {
      open_.push_back(dequeues_[begun_]);
    }
    std::ranges::stable_sort(open_, {},
                             [this](Number place) { return operations_[place].complete; });
    unknown_begun_ =
        static_cast<Number>(std::ranges::upper_bound(unknown_, now) - unknown_.begin());
  }

  const KeyOperation& element(Number number) const { return operations_[elements_[number]]; }

  // Behind a completion.
  void leave(Number place) {
    std::erase(open_, place);
    if (operations_[place].code == kCodeAdd) completed_ = number_of_.at(place) + 1;
  }

  void complete(Number place, State state, const Past& past) {
    const KeyOperation& operation = operations_[place];
    if (operation.code == kCodeAdd) {
      enqueue_completes(number_of_.at(place), std::move(state), past);
    } else if (erase(state.done, place)) {
      add(std::move(state), past);
    } else if (operation.argument == kNullValue) {
      find_empty(state, past, [&](State emptied, const Past& then) {
        erase(emptied.done, place);
        add(std::move(emptied), then);
      });
    } else {
      dequeue_completes(place, state, past);
    }
  }

  void enqueue_completes(Number number, State state, const Past& past) {
    const auto put_in = [&](State after, const Past& then) {
      if (!erase(after.early, number)) insert(after.in, number);
      add(std::move(after), then);
    };
    const bool anybody_waits = std::ranges::any_of(open_, [&](Number place) {
      return operations_[place].argument == kNullValue && !is_done(state, place);
    });
    if (anybody_waits) find_empty(state, past, put_in);
    // To have found nothing costs nothing where nothing is in.
    if (!anybody_waits || !state.in.empty()) put_in(std::move(state), past);
  }

  void dequeue_completes(Number place, const State& state, const Past& past) {
    // The more is taken out of the way, the more elements may be taken: only one that is better
    // than those before is worth it.
    Number best = kNobody;
    for (const Candidate& candidate : candidates(operations_[place].argument, state, past)) {
      const Number number = candidate.number;
      if (number >= best) continue;
      best = number;
      take_out(candidate.in_the_way, state, past, [&](State cleared, const Past& then) {
        take(cleared, number);
        add(std::move(cleared), {then.used, step(then.last, place, number)});
      });
    }
  }

  // Equal elements that are in or can be by now, in order.
  std::vector<Candidate> candidates(ValueId value, const State& state, const Past& past) const {
    std::vector<Candidate> found;
    const auto equal = equal_.find(value);
    if (equal == equal_.end()) return found;
    const std::size_t most = open_.size() + unknown_begun_ - past.used;
    const Number first = state.in.empty() ? completed_ : std::min(state.in.front(), completed_);
    for (auto at = std::ranges::lower_bound(equal->second, first); at != equal->second.end();
         ++at) {
      if (in_the_way(state, earliest_from_[*at]) > most) break;
      const bool there = *at < completed_ ? std::ranges::binary_search(state.in, *at)
                                          : !std::ranges::binary_search(state.early, *at);
      if (!there || element(*at).invoke > now_) continue;
      const std::size_t before = in_the_way(state, element(*at).invoke);
      if (before <= most) found.push_back({before, *at});
      if (before == 0) break;  // those behind it are no better
    }
    std::ranges::sort(found);
    return found;
  }

  // How many elements are in that were put in for sure before this position.
  std::size_t in_the_way(const State& state, Position position) const {
    const auto behind = std::ranges::lower_bound(
        state.in, position, {}, [this](Number in) { return element(in).complete; });
    return static_cast<std::size_t>(behind - state.in.begin());
  }

  static void take(State& state, Number number) {
    if (!erase(state.in, number)) insert(state.early, number);
  }

  // Takes so many of what is in out, those whose enqueues completed first, in every way.
  template <class Then>
  void take_out(std::size_t count, const State& state, const Past& past, const Then& then) {
    if (count == 0) return then(state, past);
    const Number number = state.in.front();
    State after = state;
    after.in.erase(after.in.begin());
    if (past.used < unknown_begun_) take_out(count - 1, after, {past.used + 1, past.last}, then);
    if (const auto dequeue = open_dequeue(element(number).argument, state)) {
      insert(after.done, *dequeue);
      take_out(count - 1, after, {past.used, step(past.last, *dequeue, number)}, then);
    }
  }

  // At a moment at which nothing is in, of which all make use that can.
  template <class Then>
  void find_empty(const State& state, const Past& past, const Then& then) {
    take_out(state.in.size(), state, past, [&](State emptied, const Past& after) {
      for (const Number place : open_) {
        const bool waits = operations_[place].argument == kNullValue && !is_done(emptied, place);
        if (waits) insert(emptied.done, place);
      }
      then(std::move(emptied), after);
    });
  }

  // Of the dequeues of equal elements, the one that has to have taken something first.
  std::optional<Number> open_dequeue(ValueId value, const State& state) const {
    for (const Number place : open_) {
      if (operations_[place].argument == value && !is_done(state, place)) return place;
    }
    return std::nullopt;
  }

  static bool is_done(const State& state, Number place) {
    return std::ranges::binary_search(state.done, place);
  }

  Number step(Number before, Number dequeue, Number number) {
    steps_.push_back({before, dequeue, number});
    return static_cast<Number>(steps_.size() - 1);
  }

  void add(State state, const Past& past) {
    const auto [known, is_new] = next_.try_emplace(std::move(state), past);
    if (!is_new) return;
    const State& its = known->first;
    memory_bytes_ +=
        kStateOverheadBytes + (its.in.size() + its.early.size() + its.done.size()) * sizeof(Number);
  }

  std::optional<std::string> reached_bound() {
    if (++work_ >= bounds_.steps_max) return "the bound on steps";
    // Those before are there as well.
    if (2 * memory_bytes_ > bounds_.memory_bytes) return "the memory bound";
    const bool look = bounds_.budget != nullptr && work_ % kStepsBetweenLooks == 0;
    if (!look || !bounds_.budget->time_is_up()) return std::nullopt;
    return fmt::format("the time bound of {:g} s",
                       std::chrono::duration<double>(bounds_.budget->time_limit()).count());
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
    std::vector<KeyOperation> named(operations_.begin(), operations_.end());
    const auto name_of = [](Number place) { return ValueId{place} + kFirstName; };
    for (const Number place : elements_) named[place].argument = name_of(place);
    for (Number i = states_.begin()->second.last; i != kNobody; i = steps_[i].before) {
      named[steps_[i].dequeue].argument = name_of(elements_[steps_[i].element]);
    }
    return decide_distinct_queue(named, kNullValue, bounds_.want_order);
  }

  static constexpr ValueId kFirstName = kEmptyList + 1;  // no name is null, or an empty queue

  std::span<const KeyOperation> operations_;
  const SearchBounds& bounds_;
  std::vector<Number> completions_;  // places of required operations, by completion
  std::vector<Number> elements_;     // places of enqueues, by completion
  std::unordered_map<Number, Number> number_of_;
  std::unordered_map<ValueId, std::vector<Number>> equal_;  // numbers of elements
  std::vector<Position> earliest_from_;  // invocation, of the elements from one on
  std::vector<Number> dequeues_;         // places of those that are known to have found something,
                                         // or nothing, by invocation
  std::vector<Position> unknown_;        // when indeterminate dequeues began
  // As of now_, where something completes:
  Position now_ = 0;
  std::vector<Number> open_;  // of dequeues_, by completion
  std::size_t begun_ = 0;     // of dequeues_
  Number completed_ = 0;      // elements whose enqueues did
  Number unknown_begun_ = 0;
  States states_, next_;
  std::vector<Step> steps_;
  std::uint64_t work_ = 0;
  std::uint64_t memory_bytes_ = 0;
};

}  // namespace

Decision search_queue(std::span<const KeyOperation> operations, ValueId initial,
                      const SearchBounds& bounds) {
  if (!starts_empty(initial)) return {.kind = Decision::Kind::kNotApplicable};
  return QueueSearch(operations, bounds).run();
}

}  // namespace capsize::checker
