#include "checker/check/prepare_history.h"

#include <utility>

#include "checker/check/connected_objects.h"

namespace capsize::checker {

PreparedHistory::PreparedHistory(const History& history, const Model& model)
    : history_(history), model_(model) {
  if (model.touches != nullptr) {
    copy_ = group_connected_objects(history, model);
  } else if (model.prepare != nullptr) {
    Prepared prepared = model.prepare(history);
    copy_ = std::move(prepared.history);
    if (prepared.decode) model_.decode = std::move(prepared.decode);
    if (prepared.step) model_.step = std::move(prepared.step);
    refusal_ = std::move(prepared.refusal);
  }
}

}  // namespace capsize::checker
