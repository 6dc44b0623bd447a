#include "checker/algorithms/demand.h"

#include "checker/algorithms/element_demand.h"
#include "checker/algorithms/sum_demand.h"
#include "checker/algorithms/value_demand.h"

namespace capsize::checker {

std::unique_ptr<Demand> make_demand(const SearchProblem& problem, const StateTable& states) {
  switch (problem.kind) {
    case SearchProblem::Kind::kExact:
      return std::make_unique<ValueDemand>(problem);
    case SearchProblem::Kind::kElements:
      return std::make_unique<ElementDemand>(problem);
    case SearchProblem::Kind::kSums:
      return std::make_unique<SumDemand>(problem, states);
    case SearchProblem::Kind::kAny:
      break;
  }
  return nullptr;
}

}  // namespace capsize::checker
