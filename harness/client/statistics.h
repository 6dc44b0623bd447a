// What the clients of a run measured: outcomes, latencies, and when operations succeeded.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "harness/client/client.h"

namespace capsize::harness {

/// Latencies in buckets of equal relative width, as in HdrHistogram: memory does not grow with the
/// number of operations, and a quantile is off by less than 1/128 of itself, upwards.
class LatencyHistogram {
 public:
  /// Width of a bucket relative to its lower bound, at most.
  static constexpr double kRelativeErrorMax = 1.0 / 128;

  void add(base::Duration latency);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] base::Duration max() const { return max_; }  // exact
  /// The upper bound of the bucket that holds it, but at most max(); zero without any latency.
  /// Precondition: 0 <= q <= 1.
  [[nodiscard]] base::Duration quantile(double q) const;

 private:
  static constexpr unsigned kBitsInBucket = 7;  // 128 buckets for each power of two
  static constexpr std::size_t kBuckets = std::size_t{64 - kBitsInBucket + 1} << kBitsInBucket;
  [[nodiscard]] static std::size_t bucket_of(std::uint64_t nanoseconds);
  [[nodiscard]] static std::uint64_t upper_bound_of(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  base::Duration max_{};
};

struct OutcomeCounts {
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;
  [[nodiscard]] std::uint64_t total() const { return ok + fail + info; }
};

struct Statistics {
  std::map<std::string, OutcomeCounts> by_function;
  /// By function and error, the number of operations that were not ok; of each function the first
  /// kErrorsMax errors only.
  std::map<std::string, std::map<std::string, std::uint64_t>> errors;
  static constexpr std::size_t kErrorsMax = 20;
  std::map<std::string, LatencyHistogram> latency;  // per outcome: "ok", "fail", "info"
  std::vector<base::Duration> ok_times;             // completions of all ok operations, ascending
  struct Span {
    base::Duration begin, end;
  };
  std::vector<Span> spans;  // of all operations, of any outcome; ascending by end
  std::vector<base::Duration> ok_write_times;  // of operations that write, ascending
  /// ok_write_times by the node that acknowledged them; sized by the highest such node.
  std::vector<std::vector<base::Duration>> ok_writes_by_node;

  void add(const Finished& finished, base::Duration now);
  [[nodiscard]] OutcomeCounts totals() const;
};

/// Number of times within [begin, end); `times` ascending. O(log n).
[[nodiscard]] std::uint64_t count_between(const std::vector<base::Duration>& times,
                                          base::Duration begin, base::Duration end);

}  // namespace capsize::harness
