// What a run's clients counted: outcomes, latencies, and when service was there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "harness/client/client.h"
#include "harness/client/latency_histogram.h"

namespace capsize::harness {

struct OutcomeCounts {
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;
  [[nodiscard]] std::uint64_t total() const { return ok + fail + info; }
};

struct Statistics {
  std::map<std::string, OutcomeCounts> by_function;
  std::map<std::string, LatencyHistogram> latency;  // per outcome: "ok", "fail", "info"
  std::vector<base::Duration> ok_times;             // completions of all ok operations, ascending
  std::vector<base::Duration> ok_write_times;       // of those that change something, ascending
  /// The same by the node that acknowledged them; as long as the highest such node asks for.
  std::vector<std::vector<base::Duration>> ok_writes_by_node;

  void add(const Finished& finished, base::Duration now);
  [[nodiscard]] OutcomeCounts totals() const;
};

/// Number of times within [begin, end); `times` ascending. O(log n).
[[nodiscard]] std::uint64_t count_between(const std::vector<base::Duration>& times,
                                          base::Duration begin, base::Duration end);

}  // namespace capsize::harness
