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
  [[nodiscard]] const std::vector<std::uint32_t>& useful_classes() const { return useful_; }
  /// Whether it may take several mutations to serve one observer.
  [[nodiscard]] bool takes_several() const { return takes_several_; }

 protected:
  explicit Demand(bool takes_several) : takes_several_(takes_several) {}

  std::vector<std::uint32_t> useful_;  // find() says which

 private:
  bool takes_several_;
};

/// Nothing for a problem of which nothing is known.
[[nodiscard]] std::unique_ptr<Demand> make_demand(const SearchProblem& problem,
                                                  const StateTable& states);

}  // namespace capsize::checker
