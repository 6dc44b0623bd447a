// Dates of mutes and executions, in UTC.
#pragma once

#include <string>
#include <string_view>

namespace capsize::harness {

/// Whether the text is an existing day as "2027-01-31". Such texts sort by date.
[[nodiscard]] bool is_date(std::string_view text);
/// "2027-01-31".
[[nodiscard]] std::string today();
/// "2027-01-31T20:45:12Z".
[[nodiscard]] std::string utc_now();

}  // namespace capsize::harness
