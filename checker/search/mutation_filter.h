// MutationFilter: which mutations are worth applying in a configuration before they complete.
//
// Only those for which an open acknowledged observer that is not applied yet is waiting;
// just_in_time_search.h says why. What an observer waits for depends on what mutations do
// (SearchProblem::Kind), so there is one filter per kind.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "checker/search/search_row.h"
#include "checker/specification/state_table.h"

namespace capsize::checker {

class MutationFilter {
 public:
  /// Returns whether one more indeterminate operation of a class may take effect.
  using Available = std::function<bool(std::size_t)>;

  virtual ~MutationFilter() = default;

  /// Prepares for queries about one configuration.
  virtual void prepare(const SearchRow& row, const Available& available) = 0;
  [[nodiscard]] virtual bool admits(std::uint32_t operation) const = 0;
  /// Returns the classes that could serve a waiting observer in this state, available or not.
  [[nodiscard]] const std::vector<std::uint32_t>& useful_classes() const { return useful_; }
  /// Whether serving one observer may take several mutations.
  [[nodiscard]] bool takes_several() const { return takes_several_; }

 protected:
  explicit MutationFilter(bool takes_several) : takes_several_(takes_several) {}

  std::vector<std::uint32_t> useful_;  // set by prepare()

 private:
  bool takes_several_;
};

/// For sets: elements whose presence or absence a waiting operation observes.
class ElementFilter final : public MutationFilter {
 public:
  explicit ElementFilter(const SearchProblem& problem) : MutationFilter(true), problem_(problem) {}

  void prepare(const SearchRow& row, const Available& available) override;
  [[nodiscard]] bool admits(std::uint32_t operation) const override {
    return serves_a_waiting_operation(problem_.operations[operation]);
  }

 private:
  [[nodiscard]] bool serves_a_waiting_operation(const KeyOperation& mutation) const;
  const std::vector<ValueId>& elements_of(ValueId set);

  const SearchProblem& problem_;
  std::vector<const KeyOperation*> waiting_;              // that test one element
  std::vector<const std::vector<ValueId>*> waiting_for_;  // whole sets, sorted
  std::unordered_map<ValueId, std::vector<ValueId>> sorted_;
};

/// For counters: sums that a waiting read returns and that can still be reached.
///
/// A read of v can be served from the sum s only if v - s is between what all open additions that
/// are not applied and all indeterminate ones that are left could take away and what they could
/// add.
class SumFilter final : public MutationFilter {
 public:
  SumFilter(const SearchProblem& problem, const StateTable& states)
      : MutationFilter(true), problem_(problem), states_(states) {}

  void prepare(const SearchRow& row, const Available& available) override;
  [[nodiscard]] bool admits(std::uint32_t operation) const override {
    return serves_a_waiting_operation(problem_.operations[operation]);
  }

 private:
  [[nodiscard]] bool serves_a_waiting_operation(const KeyOperation& addition) const;
  void may_follow(const KeyOperation& addition, double times);

  const SearchProblem& problem_;
  const StateTable& states_;
  std::vector<double> missing_;  // v - s of each waiting read
  double least_ = 0, most_ = 0;  // largest possible sums of one sign
};

/// For exact problems: values that would be observed at once if an operation left them.
///
/// A value is wanted if an open acknowledged operation that is not applied yet observes it, or if
/// an indeterminate operation that is available observes it and leaves a wanted value.
class ValueFilter final : public MutationFilter {
 public:
  explicit ValueFilter(const SearchProblem& problem);

  void prepare(const SearchRow& row, const Available& available) override;
  [[nodiscard]] bool admits(std::uint32_t operation) const override {
    return is_wanted_[leaves_[operation]];
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  void want(std::uint32_t value) {
    if (is_wanted_[value]) return;
    is_wanted_[value] = true;
    wanted_.push_back(value);
  }
  void forget();
  void find_useful(State state);

  const SearchProblem& problem_;
  // Values that some operation leaves have numbers from 0; kNone: no operation leaves the
  // observed one.
  std::vector<std::uint32_t> wants_, leaves_;              // by operation
  std::vector<std::uint32_t> class_wants_, class_leaves_;  // by class
  std::vector<std::vector<std::uint32_t>> leaving_;        // by value: the classes that leave it
  // By what they observe; kNoValue for those that do not.
  std::unordered_map<ValueId, std::vector<std::uint32_t>> observing_;
  std::vector<bool> is_wanted_;  // by value
  std::vector<std::uint32_t> wanted_;
};

/// Returns the filter for the kind of problem; nullptr if nothing is known about the problem.
[[nodiscard]] std::unique_ptr<MutationFilter> make_mutation_filter(const SearchProblem& problem,
                                                                   const StateTable& states);

}  // namespace capsize::checker
