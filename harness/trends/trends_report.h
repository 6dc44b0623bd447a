// Trends for people and for programs: on a terminal, as Markdown, and as JSON. None of them decides
// anything: what changed is in Trends.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/json.h"
#include "harness/trends/trends.h"

namespace capsize::harness {

/// For each series a line with its last value, and under it a bar for each night, from 0 to the
/// largest value; "·" is a night without a value. A "^" marks the first night after a change. At
/// most `columns` wide, unless a name is longer: of more nights, bars show the last ones.
[[nodiscard]] std::string trends_text(const Trends& trends, std::size_t columns, bool colours);

/// At most some 30 kB.
[[nodiscard]] std::string trends_markdown(const Trends& trends);

/// docs/FORMATS.md, Trends.
[[nodiscard]] base::Json trends_json(const std::vector<Trends>& suites);

}  // namespace capsize::harness
