// Chooses the model that judges a history: the one that is named, else the only one that fits.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/history.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// `wanted` before the header line's, and that before a guess. Nullptr, with the message for the
/// user, if there is none or if the history has functions that the model does not understand.
[[nodiscard]] const Model* choose_model(const History& history, const std::string& wanted,
                                        std::string& message);

/// The names of all models, then of all checks of whole histories: what --model takes.
[[nodiscard]] std::string judge_names();

/// The message for a function of the history that is not among the known ones.
[[nodiscard]] std::optional<std::string> foreign_function(
    const History& history, std::string_view judge, const std::vector<std::string_view>& known);

}  // namespace capsize::checker
