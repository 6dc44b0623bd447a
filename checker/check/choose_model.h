// Chooses the model of a history: the one that is named, otherwise the only one that fits.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/history.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// `wanted` takes precedence over the header line, and the header line over a guess. Returns
/// nullptr, and a message for the user, if there is no model or if the history has functions that
/// the model does not know.
[[nodiscard]] const Model* choose_model(const History& history, const std::string& wanted,
                                        std::string& message);

/// The names of all models, then of all checks of whole histories: what --model takes.
[[nodiscard]] std::string judge_names();

/// The message for a function of the history that is not among the known ones.
[[nodiscard]] std::optional<std::string> foreign_function(
    const History& history, std::string_view judge, const std::vector<std::string_view>& known);

}  // namespace capsize::checker
