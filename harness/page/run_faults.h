// The faults of a run as its page shows them, from faults.jsonl, which a killed run has too, and
// the service around each from results.json.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace capsize::harness {

/// Times are milliseconds since the start of the load.
struct RunFault {
  std::int64_t id = 0;
  std::string kind, state, planned_by, reason;
  std::vector<std::string> nodes, peers;
  std::optional<double> begin, end;
  std::string params, evidence;  ///< JSON as text, cut
  std::optional<double> outage_ms, recovery_ms, recovery_everywhere_ms;

  [[nodiscard]] bool took_effect() const { return state == "installed"; }
  [[nodiscard]] bool is_about(std::string_view node) const;
  [[nodiscard]] bool is_active(double ms) const;
};

inline constexpr std::size_t kRunFaultsMax = 5'000;

struct RunFaults {
  std::vector<RunFault> list;  ///< by id
  std::uint64_t left_out = 0;  ///< beyond the bound
};

/// Ignores lines that are no faults; a file that cannot be read has none. `results` may be null.
[[nodiscard]] RunFaults read_faults(const std::filesystem::path& file, const base::Json& results);

[[nodiscard]] base::Json to_json(const RunFault& fault);

}  // namespace capsize::harness
