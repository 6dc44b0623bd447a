#include "checker/search/just_in_time_search.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "checker/search/search.h"

namespace capsize::checker {
namespace {

constexpr std::uint64_t kStepsPerTurnMax = 1024;
// Depth first that comes no further for so long most likely tries the orders in front of a
// violation, and gets only one turn in several.
constexpr std::uint64_t kStuckTurnsMax = 64;
constexpr std::uint64_t kTurnsOfRest = 5;

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

}  // namespace

Decision search_just_in_time(std::span<const KeyOperation> operations, ValueId initial,
                             const Model& model, const ValueTable& values,
                             const SearchBounds& bounds) {
  const SearchProblem problem(operations, model, initial, values, bounds);
  if (problem.given_up != SearchProblem::GivenUp::kNot) {
    const bool time = problem.given_up == SearchProblem::GivenUp::kTime;
    return unknown(time ? bounds.budget->time_bound() : "the memory bound", problem, 0);
  }
  StateTable states(values);
  Search depth_first(problem, states, Search::Order::kDepthFirst, bounds.budget, bounds.want_order);
  Search by_completion(problem, states, Search::Order::kByCompletion, bounds.budget,
                       bounds.want_order);
  Search* const searches[] = {&depth_first, &by_completion};
  const auto furthest = [&] { return std::max(depth_first.furthest(), by_completion.furthest()); };
  // Each may hold half of the memory; what one does not use is not given to the other, so that the
  // verdict does not depend on which of them grew first.
  const auto has_room = [&](const Search& search) {
    return search.memory_bytes() + (problem.memory_bytes() + states.memory_bytes()) / 2 <=
           bounds.memory_bytes / 2;
  };
  std::uint64_t steps = 0;
  std::size_t deepest = 0;
  std::uint64_t stuck_turns = 0;
  for (std::uint64_t turn = 0;; ++turn) {
    bool any_running = false;
    stuck_turns = depth_first.furthest() > deepest ? 0 : stuck_turns + 1;
    deepest = depth_first.furthest();
    const bool rests = stuck_turns > kStuckTurnsMax && turn % kTurnsOfRest != 0;
    for (Search* search : searches) {
      if (search == &depth_first && rests && has_room(by_completion)) continue;
      if (bounds.budget != nullptr && bounds.budget->time_is_up()) {
        return unknown(bounds.budget->time_bound(), problem, furthest());
      }
      if (!has_room(*search)) continue;
      any_running = true;
      steps += search->advance(kStepsPerTurnMax);
      if (search->result() == Search::Result::kLegal) {
        Decision decision;
        if (bounds.want_order) decision.order = search->legal_order();
        return decision;
      }
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
