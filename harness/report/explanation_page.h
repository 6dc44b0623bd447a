// The explanation page of `capsize check --explain OUT.html`: for each violation the sentence and
// the operations of its counterexample, drawn as bars in the rows of their processes, by order of
// events or by time, with zoom and drag.
//
// One file without references to anything else. Everything that comes from a history is escaped;
// the script gets numbers only.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "checker/report/report.h"

namespace capsize::harness {

[[nodiscard]] std::string explanation_page(std::span<const checker::Report> reports);

/// The part of the page for one report, and the page that consists of such parts. They are separate
/// because each report may come from its own process.
[[nodiscard]] std::string explanation_part(const checker::Report& report);
[[nodiscard]] std::string explanation_page_of(std::span<const std::string> parts);

/// Returns text escaped for an element or a quoted attribute.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace capsize::harness
