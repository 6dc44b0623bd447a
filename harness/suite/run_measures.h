// What a run measured besides its verdict: what trends over nights are made of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace capsize::harness {

/// Each is missing in ledgers of releases before it, and if a runner does not say it.
struct RunMeasures {
  struct Recovery {
    std::uint64_t faults = 0;  // that were followed by an acknowledged write
    /// From healing to that write, sorted; of more than ten faults ten evenly spaced ones. Times
    /// have two peaks, as a fault hits the leader or not; a median alone would hide the leader's.
    std::vector<double> times_ms = {};
    friend bool operator==(const Recovery&, const Recovery&) = default;
  };

  std::optional<double> load_ms;             ///< duration of the load
  std::optional<double> ok_per_second;       ///< acknowledged operations while no fault was active
  std::optional<double> new_behaviours;      ///< that no earlier run of the store has shown
  std::map<std::string, Recovery> recovery;  ///< by kind of fault
  friend bool operator==(const RunMeasures&, const RunMeasures&) = default;
};

/// Of a run's results.json, which another program may have written: what is missing, has another
/// type or is beyond its bounds is left out.
[[nodiscard]] RunMeasures measures_in_results(const base::Json& results);

/// As the ledger has it: mostly below 300 bytes, and 1.5 kB at most, whatever the run did. Null if
/// there are none.
[[nodiscard]] base::Json to_json(const RunMeasures& measures);
/// Reads what to_json() wrote. Throws base::JsonTypeError with key, found and expected.
[[nodiscard]] RunMeasures measures_in_ledger(const base::Json& measured);

}  // namespace capsize::harness
