// One cell of the table: a number of clients, each with one open operation, for a given time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "harness/client/statistics.h"
#include "harness/cluster/messaging.h"

namespace capsize::harness {

struct CellOptions {
  bool put = true;                     // otherwise linearizable gets
  std::vector<std::string> endpoints;  // of each client's node
  base::Duration time = std::chrono::seconds(5);
  std::size_t value_bytes = 100;
  std::size_t keys = 1000;
  std::function<bool()> stopped =
      {};  // called about ten times a second; true ends the cell with an error
};

struct CellResult {
  LatencyHistogram latency;  // of operations acknowledged during the measurement
  std::uint64_t failed = 0;  // replies other than ok
  base::Duration measured{};
  std::uint64_t acknowledged = 0;  // measured or not
  [[nodiscard]] double per_second() const;
};

/// The first tenth of the time is not measured. Error: a client has no connection or no reply for a
/// long time.
[[nodiscard]] base::Result<CellResult> run_cell(const Messaging& messaging,
                                                const CellOptions& options);
/// Writes every key once, so that gets find something.
[[nodiscard]] base::Status fill_keys(const Messaging& messaging, const CellOptions& options);

}  // namespace capsize::harness
