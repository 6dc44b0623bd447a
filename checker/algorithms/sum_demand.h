// SumDemand: of a counter, sums that somebody waits to read and that can still be come to.
//
// A read of v can be served from the sum s only if v - s lies between what all open additions that
// are not applied and all indeterminate ones that are left could take away and what they could add.
#pragma once

#include <vector>

#include "checker/algorithms/demand.h"

namespace capsize::checker {

class SumDemand final : public Demand {
 public:
  SumDemand(const SearchProblem& problem, const StateTable& states)
      : Demand(true), problem_(problem), states_(states) {}

  void find(const SearchRow& row, const Available& available) override;
  [[nodiscard]] bool wants(std::uint32_t operation) const override {
    return serves_somebody(problem_.operations[operation]);
  }

 private:
  [[nodiscard]] bool serves_somebody(const KeyOperation& addition) const;
  void may_follow(const KeyOperation& addition, double times);

  const SearchProblem& problem_;
  const StateTable& states_;
  std::vector<double> missing_;  // v - s of each waiting read
  double least_ = 0, most_ = 0;  // what can be added, all of one sign
};

}  // namespace capsize::checker
