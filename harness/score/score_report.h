// The matrix for people: on a terminal, as Markdown, and as the track record of the README.
#pragma once

#include <string>

#include "base/result.h"
#include "harness/score/baseline.h"
#include "harness/score/matrix.h"

namespace capsize::harness {

/// The lines between which a file holds the track record.
inline constexpr const char* kTableBegin = "<!-- track record: begin -->";
inline constexpr const char* kTableEnd = "<!-- track record: end -->";
/// The same for the track record in a few sentences.
inline constexpr const char* kSummaryBegin = "<!-- track record in short: begin -->";
inline constexpr const char* kSummaryEnd = "<!-- track record in short: end -->";

/// At most 100 columns, unless a name is longer; strategies that do not fit follow in a second
/// block.
[[nodiscard]] std::string score_text(const Matrix& matrix);
/// Regressions and cells without a decision, one line each; empty if there are none.
[[nodiscard]] std::string comparison_text(const Comparison& comparison);
[[nodiscard]] std::string score_markdown(const Matrix& matrix);

/// The track record: one row for each bug, with what the directed scenario and the mixtures
/// together catch.
[[nodiscard]] std::string track_record(const Matrix& matrix);
/// The same in a few sentences: how many bugs, of how many runs, and how many false alarms.
[[nodiscard]] std::string track_summary(const Matrix& matrix);
/// Replaces what `text` has between kTableBegin and kTableEnd by the track record, and between
/// kSummaryBegin and kSummaryEnd by its summary. Error: it has neither block, or a mark of a block
/// more than once or in the wrong order.
[[nodiscard]] base::Result<std::string> with_track_record(const std::string& text,
                                                          const Matrix& matrix);

}  // namespace capsize::harness
