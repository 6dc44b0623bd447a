#include "checker/search/search_problem.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "checker/search/visibility.h"

namespace capsize::checker {
namespace {

// Deciding what is needed compares classes with observations; above this many pairs it costs more
// than it saves.
constexpr std::size_t kComparisonsMax = 4'000'000;
constexpr std::size_t kQuestionsPerBudgetCheck = 1024;

// Operations of one code with equal values are the same to every model.
using ClassKey = std::tuple<std::uint8_t, ValueId, ValueId, ValueId>;

ClassKey class_key(const KeyOperation& operation) {
  return {operation.code, operation.argument, operation.observed, operation.written};
}

bool observes_absence(const KeyOperation& operation) {
  return operation.code >= kFirstPartialCode || (operation.pure && operation.observed == kNoValue);
}

bool is_exact(const KeyOperation& operation) {
  return operation.pure ? operation.observed != kNoValue : operation.written != kNoValue;
}

SearchProblem::Kind kind_of(const Model& model, std::span<const KeyOperation> operations,
                            bool absence) {
  if (model.mutations == Mutations::kOfElements) return SearchProblem::Kind::kElements;
  if (model.mutations == Mutations::kAddUp) return SearchProblem::Kind::kSums;
  const bool exact = !absence && std::ranges::all_of(operations, is_exact);
  return exact ? SearchProblem::Kind::kExact : SearchProblem::Kind::kAny;
}

}  // namespace

SearchProblem::SearchProblem(std::span<const KeyOperation> all, const Model& its_model,
                             ValueId initial_value, const ValueTable& its_values,
                             const SearchBounds& its_bounds)
    : model(its_model),
      values(its_values),
      initial(initial_value),
      operations(all),
      bounds_(its_bounds) {
  const bool absence = model.mutations == Mutations::kInOrder &&
                       std::any_of(all.begin(), all.end(), observes_absence);
  kind = kind_of(model, all, absence);
  collect_classes(!absence);
  number_alike();
  find_observable_later(absence);
  lay_out_slots();
  lay_out_rows();
}

// One operation for each different observation of the acknowledged ones.
std::vector<const KeyOperation*> SearchProblem::observers() const {
  std::map<ClassKey, const KeyOperation*> different;
  for (const KeyOperation& operation : operations) {
    if (!operation.required) continue;
    if (operation.observed != kNoValue) {
      different.try_emplace({0, 0, operation.observed, 0}, &operation);
    } else if (operation.pure) {
      different.try_emplace(class_key(operation), &operation);
    }
  }
  std::vector<const KeyOperation*> all;
  for (const auto& [key, operation] : different) all.push_back(operation);
  return all;
}

// A question about two long strings takes a while, and there can be millions of them.
bool SearchProblem::is_out_of_time() {
  if (given_up == GivenUp::kNot && ++questions_ % kQuestionsPerBudgetCheck == 0 &&
      bounds_.budget != nullptr && bounds_.budget->time_is_up()) {
    given_up = GivenUp::kTime;
  }
  return given_up == GivenUp::kTime;
}

void SearchProblem::collect_classes(bool drop_unneeded) {
  std::map<ClassKey, InfoClass> all;
  std::map<ClassKey, const KeyOperation*> firsts;
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    const KeyOperation& operation = operations[i];
    if (operation.required) continue;
    firsts.try_emplace(class_key(operation), &operation);
    InfoClass& one =
        all.try_emplace(class_key(operation), InfoClass{operation, {}, {}}).first->second;
    one.invocations.push_back(operation.invoke);
    one.places.push_back(i);
  }
  auto observers = this->observers();
  std::vector<InfoClass> rest;
  for (auto& [key, one] : all) rest.push_back(std::move(one));
  if (!drop_unneeded || rest.size() * (observers.size() + rest.size()) > kComparisonsMax) {
    classes = std::move(rest);
    return;
  }
  // An indeterminate operation is kept if some observer needs it. If it is a cas, the value that it
  // expects counts as observed from then on, so the list of observers grows while it is read: read
  // 3 needs cas 2 -> 3, which needs cas 1 -> 2, which needs write 1.
  for (std::size_t next = 0; next < observers.size(); ++next) {
    const auto needed = std::stable_partition(rest.begin(), rest.end(), [&](const InfoClass& one) {
      return !is_out_of_time() && !model.needs(values, *observers[next], one.operation);
    });
    for (auto one = needed; one != rest.end(); ++one) {
      if (one->operation.observed != kNoValue) {
        observers.push_back(firsts.at(class_key(one->operation)));
      }
      classes.push_back(std::move(*one));
    }
    rest.erase(needed, rest.end());
  }
}

void SearchProblem::number_alike() {
  std::map<ClassKey, std::uint32_t> numbers;
  const auto number = [&](const KeyOperation& operation) {
    return numbers.try_emplace(class_key(operation), static_cast<std::uint32_t>(numbers.size()))
        .first->second;
  };
  alike.reserve(operations.size());
  for (const KeyOperation& operation : operations) {
    if (is_out_of_time()) return;
    alike.push_back(number(operation));
  }
  for (InfoClass& one : classes) one.alike = number(one.operation);
}

void SearchProblem::find_observable_later(bool absence) {
  if (kind == Kind::kExact) {
    observable_later =
        seen_after_completion(operations, classes, [this] { return is_out_of_time(); });
    return;
  }
  observable_later.assign(operations.size(), true);
  if (absence) return;
  auto observers = this->observers();
  for (const InfoClass& one : classes) {
    if (one.operation.observed != kNoValue) observers.push_back(&one.operation);
  }
  find_needed(observers);
}

void SearchProblem::find_needed(std::span<const KeyOperation* const> observers) {
  std::map<ClassKey, bool> known;
  std::size_t comparisons = 0;
  for (std::size_t i = 0; i < operations.size() && comparisons < kComparisonsMax; ++i) {
    const KeyOperation& operation = operations[i];
    if (!operation.required || !operation.blind) continue;
    const auto [entry, added] = known.try_emplace(class_key(operation), true);
    if (added) {
      comparisons += observers.size();
      entry->second = std::any_of(observers.begin(), observers.end(), [&](const auto* observer) {
        return is_out_of_time() || model.needs(values, *observer, operation);
      });
    }
    observable_later[i] = entry->second;
  }
}

// Gives each acknowledged operation a slot from its invocation to its completion. A slot is free
// for another operation afterwards, so there are as many slots as operations open at a time. Also
// lists, for each completion, the operations that are open at it, those that complete first in
// front.
void SearchProblem::lay_out_slots() {
  slot.assign(operations.size(), kNone);
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    if (operations[i].required) completions.push_back(i);
  }
  const auto completes_earlier = [this](std::uint32_t a, std::uint32_t b) {
    return operations[a].complete < operations[b].complete;
  };
  std::stable_sort(completions.begin(), completions.end(), completes_earlier);
  std::vector<std::uint32_t> free_slots;
  std::vector<std::uint32_t> now_open;
  std::size_t next = 0;
  open_begin.assign(1, 0);
  for (const std::uint32_t completing : completions) {
    if (is_out_of_time()) return;
    // Growing takes the old places and twice as many new ones.
    if (3 * open.capacity() * sizeof(std::uint32_t) > bounds_.memory_bytes) {
      given_up = GivenUp::kMemory;
      return;
    }
    for (; next < operations.size() && operations[next].invoke <= operations[completing].complete;
         ++next) {
      const auto operation = static_cast<std::uint32_t>(next);
      if (!operations[next].required) continue;
      if (free_slots.empty()) free_slots.push_back(slots++);
      slot[next] = free_slots.back();
      free_slots.pop_back();
      now_open.insert(
          std::upper_bound(now_open.begin(), now_open.end(), operation, completes_earlier),
          operation);
    }
    open.insert(open.end(), now_open.begin(), now_open.end());
    open_begin.push_back(open.size());
    now_open.erase(std::find(now_open.begin(), now_open.end(), completing));
    free_slots.push_back(slot[completing]);
  }
}

// Sorts classes that leave the same value next to each other, a blind write first: RowLayout
// compares such a group as one, because the write can stand in for any of the others.
void SearchProblem::lay_out_rows() {
  const auto order = [](const InfoClass& one) {
    return std::tuple(one.operation.written, !one.operation.blind);
  };
  const bool exact = kind == Kind::kExact;
  if (exact) std::ranges::stable_sort(classes, {}, order);
  std::vector<RowLayout::Class> rows;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const KeyOperation& one = classes[i].operation;
    const bool joins = exact && i > 0 && one.written == classes[i - 1].operation.written;
    rows.push_back({classes[i].places.size(), joins, one.blind});
  }
  layout = RowLayout(slots, rows);
}

std::uint64_t SearchProblem::memory_bytes() const {
  return (completions.size() + slot.size() + alike.size() + open.size()) * sizeof(std::uint32_t) +
         open_begin.size() * sizeof(std::uint64_t) + observable_later.size() / 8 +
         operations.size() * sizeof(Position);
}

}  // namespace capsize::checker
