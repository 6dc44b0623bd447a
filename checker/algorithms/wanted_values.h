// WantedValues: which values would be seen at once, if some operation left them now, and which
// indeterminate operations would leave them.
//
// A value is wanted if an open acknowledged operation that is not applied yet observes it, or if an
// indeterminate operation that is available observes it and leaves a wanted value.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checker/algorithms/search_row.h"

namespace capsize::checker {

class WantedValues {
 public:
  /// Precondition: the problem is exact.
  explicit WantedValues(const SearchProblem& problem);

  /// Of this configuration. `available` says it of a class of indeterminate operations.
  template <typename Available>
  void find(const SearchRow& row, const Available& available) {
    forget();
    for (const std::uint32_t operation : problem_.open_at(row.completion())) {
      if (wants_[operation] != kNobody && !row.is_applied(operation)) want(wants_[operation]);
    }
    for (std::size_t next = 0; next < wanted_.size(); ++next) {
      for (const std::uint32_t one : leaving_[wanted_[next]]) {
        if (class_wants_[one] != kNobody && available(one)) want(class_wants_[one]);
      }
    }
  }

  [[nodiscard]] bool wants_what_leaves(std::uint32_t operation) const {
    return is_wanted_[leaves_[operation]];
  }
  /// Classes that leave a wanted value and could take effect in this state, available or not.
  [[nodiscard]] const std::vector<std::uint32_t>& useful_classes(State state);

 private:
  static constexpr std::uint32_t kNobody = 0xFFFFFFFFu;

  void want(std::uint32_t value) {
    if (is_wanted_[value]) return;
    is_wanted_[value] = true;
    wanted_.push_back(value);
  }
  void forget() {
    for (const std::uint32_t value : wanted_) is_wanted_[value] = false;
    wanted_.clear();
  }

  const SearchProblem& problem_;
  // Values that somebody leaves have numbers from 0; kNobody: nobody leaves what is observed.
  std::vector<std::uint32_t> wants_, leaves_;              // by operation
  std::vector<std::uint32_t> class_wants_, class_leaves_;  // by class
  std::vector<std::vector<std::uint32_t>> leaving_;        // by value: the classes that leave it
  // By what they observe; kNoValue for those that do not.
  std::unordered_map<ValueId, std::vector<std::uint32_t>> observing_;
  std::vector<bool> is_wanted_;  // by value
  std::vector<std::uint32_t> wanted_;
  std::vector<std::uint32_t> useful_;
};

}  // namespace capsize::checker
