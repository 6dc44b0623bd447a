// ValueDemand: in an exact problem, values that would be seen at once if some operation left them.
//
// A value is wanted if an open acknowledged operation that is not applied yet observes it, or if an
// indeterminate operation that is available observes it and leaves a wanted value.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checker/algorithms/demand.h"

namespace capsize::checker {

class ValueDemand final : public Demand {
 public:
  explicit ValueDemand(const SearchProblem& problem);

  void find(const SearchRow& row, const Available& available) override;
  [[nodiscard]] bool wants(std::uint32_t operation) const override {
    return is_wanted_[leaves_[operation]];
  }

 private:
  static constexpr std::uint32_t kNobody = 0xFFFFFFFFu;

  void want(std::uint32_t value) {
    if (is_wanted_[value]) return;
    is_wanted_[value] = true;
    wanted_.push_back(value);
  }
  void forget();
  void find_useful(State state);

  const SearchProblem& problem_;
  // Values that somebody leaves have numbers from 0; kNobody: nobody leaves what is observed.
  std::vector<std::uint32_t> wants_, leaves_;              // by operation
  std::vector<std::uint32_t> class_wants_, class_leaves_;  // by class
  std::vector<std::vector<std::uint32_t>> leaving_;        // by value: the classes that leave it
  // By what they observe; kNoValue for those that do not.
  std::unordered_map<ValueId, std::vector<std::uint32_t>> observing_;
  std::vector<bool> is_wanted_;  // by value
  std::vector<std::uint32_t> wanted_;
};

}  // namespace capsize::checker
