// Any bytes are a history, a malformed file, or a bound that was reached; nothing else happens.
//
// The bytes are read by every format, not only by the one that recognises them, and what turns out
// to be a history is checked too, within bounds so small that no input is slow.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "checker/check.h"
#include "checker/history/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace capsize::checker;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const HistoryFormat* format : list_formats()) {
    CheckOptions options;
    options.reading.format = format->name;
    options.time_limit = std::chrono::milliseconds(200);
    options.memory_limit_bytes = std::uint64_t{64} << 20;
    const LoadResult loaded = load_history_text(text, options, "fuzz");
    if (const auto* malformed = std::get_if<Malformed>(&loaded)) {
      if (malformed->found.empty() || malformed->expected.empty()) std::abort();
      continue;
    }
    const auto* history = std::get_if<History>(&loaded);
    if (history == nullptr) continue;
    const Report report = check_history(*history, options);
    if (report.verdict == Verdict::kInvalid && report.violations.empty()) std::abort();
    if (to_json(report).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).empty()) {
      std::abort();
    }
  }
  return 0;
}
