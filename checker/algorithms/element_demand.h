// ElementDemand: of a set, elements that somebody waits to see there, or not there.
#pragma once

#include <unordered_map>
#include <vector>

#include "checker/algorithms/demand.h"

namespace capsize::checker {

class ElementDemand final : public Demand {
 public:
  explicit ElementDemand(const SearchProblem& problem) : Demand(true), problem_(problem) {}

  void find(const SearchRow& row, const Available& available) override;
  [[nodiscard]] bool wants(std::uint32_t operation) const override {
    return serves_somebody(problem_.operations[operation]);
  }

 private:
  [[nodiscard]] bool serves_somebody(const KeyOperation& mutation) const;
  const std::vector<ValueId>& elements_of(ValueId set);

  const SearchProblem& problem_;
  std::vector<const KeyOperation*> waiting_;              // that ask about one element
  std::vector<const std::vector<ValueId>*> waiting_for_;  // whole sets, sorted
  std::unordered_map<ValueId, std::vector<ValueId>> sorted_;
};

}  // namespace capsize::checker
