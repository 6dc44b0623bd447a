// Texts and numbers of a page from the JSON files of a run directory, beyond base/lenient_fields.h:
// whatever is in the files, texts are valid UTF-8 without control characters, and say how much is
// missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/lenient_fields.h"

namespace capsize::harness {

/// Returns the text in valid UTF-8 with control characters escaped, cut to about `bytes_max`:
/// "abc… (1234 bytes left out)".
[[nodiscard]] std::string page_text(std::string_view text, std::size_t bytes_max);

inline constexpr std::size_t kPageTextBytes = 2'000;  // of a sentence, an explanation
inline constexpr std::size_t kPageNameBytes = 200;    // of a name, a key, a function
inline constexpr double kNsPerMs = 1e6;

/// Returns a string member, as page_text(); empty if it is missing or no string.
[[nodiscard]] std::string text_in(const base::Json& object, std::string_view key,
                                  std::size_t bytes_max = kPageTextBytes);
/// Returns the member as text: a string without quotes, anything else as JSON.
[[nodiscard]] std::string value_in(const base::Json& object, std::string_view key,
                                   std::size_t bytes_max = kPageTextBytes);
[[nodiscard]] std::optional<std::int64_t> integer_in(const base::Json& object,
                                                     std::string_view key);
[[nodiscard]] bool is_set_in(const base::Json& object, std::string_view key);
/// The number as JSON, or null.
[[nodiscard]] base::Json json_of(std::optional<double> number);

}  // namespace capsize::harness
