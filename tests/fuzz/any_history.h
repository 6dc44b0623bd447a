// Any bytes are a history, a malformed file, or exceed a bound; nothing else may happen.
//
// A valid history is checked, within bounds so small that no input is slow, and written in every
// format that can represent it; reading that back yields as many operations.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include "base/json.h"

#include "checker/check/check.h"
#include "checker/convert/convert.h"

namespace capsize::checker::fuzz {

inline CheckOptions small_bounds(std::string_view format) {
  CheckOptions options;
  options.reading.format = format;
  options.time_limit = std::chrono::milliseconds(200);
  options.memory_limit_bytes = std::uint64_t{64} << 20;
  return options;
}

inline void convert_everywhere(const History& history) {
  for (const HistoryWriter* writer : list_writers()) {
    std::string text;
    const Conversion conversion =
        writer->write(history, [&](std::string_view piece) { text += piece; });
    if (conversion.refusal) continue;
    CheckOptions reading = small_bounds(writer->name);
    reading.reading.independent = false;  // the written history has keys, and its pairs are values
    const LoadResult loaded = load_history_text(text, reading, "written");
    if (std::holds_alternative<LimitReached>(loaded)) continue;
    const auto* again = std::get_if<History>(&loaded);
    if (again == nullptr) std::abort();
    // A console log omits what it cannot represent, and reports it.
    const bool whole = writer->name != "jepsen-log";
    if (whole && again->counts.operations != history.counts.operations) std::abort();
    if (again->counts.ok != history.counts.ok) std::abort();
  }
}

inline void read_as(std::string_view text, std::string_view format, bool lenient = false) {
  CheckOptions options = small_bounds(format);
  options.reading.lenient = lenient;
  const LoadResult loaded = load_history_text(text, options, "fuzz");
  if (const auto* malformed = std::get_if<Malformed>(&loaded)) {
    if (malformed->found.empty() || malformed->expected.empty()) std::abort();
    if (!lenient) read_as(text, format, true);
    return;
  }
  const auto* history = std::get_if<History>(&loaded);
  if (history == nullptr) return;
  const Report report = check_history(*history, options);
  if (report.verdict == Verdict::kInvalid && report.violations.empty()) std::abort();
  if (to_json(report).dump().empty()) {
    std::abort();
  }
  convert_everywhere(*history);
}

inline int read_as(const std::uint8_t* data, std::size_t size, std::string_view format) {
  read_as(std::string_view(reinterpret_cast<const char*>(data), size), format);
  return 0;
}

}  // namespace capsize::checker::fuzz
