// What the formats with one line an operation have in common, whatever their notation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checker/history/intervals.h"

namespace capsize::checker {

/// A field that is wrong, by Capsize's name, and what should stand there.
struct FieldError {
  std::string_view field;
  std::string expected;
};

/// Whether an operation can be as its line says: an end where it completed, not before its start.
[[nodiscard]] std::optional<FieldError> problem_of(const Interval& interval);

inline constexpr std::string_view kTimeExpected = "whole nanoseconds >= 0";
inline constexpr std::string_view kProcessExpected = "a number >= 0, or \"nemesis\"";
inline constexpr std::string_view kOutcomeExpected = "\"ok\", \"fail\" or \"info\"";

/// Events of the nemesis are no operations.
inline constexpr std::string_view kNemesis = "nemesis";

}  // namespace capsize::checker
