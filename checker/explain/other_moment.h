// OtherMoment: would an observation have been right at another moment?
//
// Take operations that have no legal order, and that have one without some observer: it saw what it
// could not see then. If there is a legal order once it may have begun earlier, it saw something
// old; if there is one once it may have ended later, it saw what was still to come. If neither, it
// saw what was never there. That needs no difference between values: all legal orders of the
// others are asked, by the search.
//
// The wider the interval of the observer, the more orders are legal. So by halving the latest
// moment is found at which what it saw may have been there, and who had completed right then.
//
// How it fails: as the search does.
#pragma once

#include <span>
#include <vector>

#include "checker/explain/small_search.h"

namespace capsize::checker {

class OtherMoment {
 public:
  /// All outlive this object. Precondition: the operations, of which the observer is one, have no
  /// legal order.
  OtherMoment(std::span<const KeyOperation> witness, const KeyOperation& observer,
              SmallSearch& search);

  /// Whether it is what the observer saw that has no place in any order of the others.
  [[nodiscard]] bool is_culprit() const { return is_culprit_; }
  /// What it saw was there, at the latest, right before this operation had completed; nullptr if it
  /// was not there before.
  [[nodiscard]] const KeyOperation* overtaken_by() const { return overtaken_by_; }
  /// What it saw was there, at the earliest, when this operation had begun; nullptr if it was not
  /// there afterwards.
  [[nodiscard]] const KeyOperation* ahead_of() const { return ahead_of_; }

 private:
  [[nodiscard]] bool is_legal_with(Position invoke, Position complete);
  void look_earlier();
  void look_later();

  const KeyOperation& observer_;
  SmallSearch& search_;
  std::vector<KeyOperation> others_;
  bool is_culprit_ = false;
  const KeyOperation* overtaken_by_ = nullptr;
  const KeyOperation* ahead_of_ = nullptr;
};

}  // namespace capsize::checker
