// Demand: which mutations are worth applying in a configuration before they complete.
//
// Only those that an open acknowledged observer, not applied yet, is waiting for;
// just_in_time_search.h says why. What an observer waits for depends on what mutations do
// (SearchProblem::Kind), so there is one demand for each kind.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "checker/algorithms/search_row.h"
#include "checker/models/state_table.h"

namespace capsize::checker {

class Demand {
 public:
  /// Of a class: whether one more of these indeterminate operations may take effect.
  using Available = std::function<bool(std::size_t)>;

  virtual ~Demand() = default;

  /// Has to be called for a configuration before it is asked about.
  virtual void find(const SearchRow& row, const Available& available) = 0;
  [[nodiscard]] virtual bool wants(std::uint32_t operation) const = 0;
  /// Classes that could serve somebody in this state, available or not.
  [[nodiscard]] virtual const std::vector<std::uint32_t>& useful_classes() const = 0;
  /// Whether it may take several mutations to serve one observer.
  [[nodiscard]] virtual bool takes_several() const = 0;
};

/// Nothing for a problem of which nothing is known.
[[nodiscard]] std::unique_ptr<Demand> make_demand(const SearchProblem& problem,
                                                  const StateTable& states);

}  // namespace capsize::checker
