// Prepares a history for a model that needs more than single operations: groups of connected
// objects become keys (connected_objects.h), or the model's own `prepare` rewrites it.
#pragma once

#include <optional>
#include <string>

#include "base/check.h"
#include "checker/history/history.h"
#include "checker/specification/model.h"

namespace capsize::checker {

class PreparedHistory {
 public:
  /// The history must outlive this. O(n log n); most models use the history unchanged.
  PreparedHistory(const History& history, const Model& model);

  /// Why the model cannot judge this history, as one line.
  [[nodiscard]] const std::optional<std::string>& refusal() const { return refusal_; }
  /// The history to check, and the model that checks it. Precondition: there is no refusal.
  [[nodiscard]] const History& history() const {
    CHECK(!refusal_, "a history that the model refuses is not checked");
    return copy_ ? *copy_ : history_;
  }
  [[nodiscard]] const Model& model() const { return model_; }

 private:
  const History& history_;
  Model model_;
  std::optional<History> copy_;
  std::optional<std::string> refusal_;
};

}  // namespace capsize::checker
