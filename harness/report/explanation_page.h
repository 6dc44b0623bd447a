// The explanation page of `capsize check --explain OUT.html`: for each violation the sentence, and
// the few operations that show it as bars in the rows of their processes, by order of events or by
// time, to be zoomed with the wheel and dragged.
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

/// What the page says about one report, and the page made of such parts: for reports that are made
/// in processes of their own.
[[nodiscard]] std::string explanation_part(const checker::Report& report);
[[nodiscard]] std::string explanation_page_of(std::span<const std::string> parts);

/// Text as it may stand in an element or in a quoted attribute.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace capsize::harness
