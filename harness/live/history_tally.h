// Counts the operations of a history that is being written, by outcome and over time. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "base/time.h"
#include "harness/live/run_watch.h"

namespace capsize::harness {

class HistoryTally {
 public:
  /// Counts one line. It looks for `type`, `time` and `process` where the recorder writes them and
  /// does not parse the line: the streaming checker, which does, complains about malformed ones.
  void add(std::string_view line);

  [[nodiscard]] const OutcomeCounts& total() const { return total_; }
  /// Operations that were invoked and not completed.
  [[nodiscard]] std::uint64_t open() const;
  /// The largest time of an event, since the start of the load.
  [[nodiscard]] base::Duration newest() const { return newest_; }
  [[nodiscard]] std::uint64_t invocations() const { return invocations_; }
  /// Completions in the second that ends at `end`, exact to a tenth of a second.
  [[nodiscard]] OutcomeCounts second_before(base::Duration end) const;
  /// Fills in `seconds` and `first_second`.
  void write_seconds(RunSnapshot& snapshot) const;

 private:
  using Bins = std::map<std::uint64_t, OutcomeCounts>;  // by the number of the bin
  OutcomeCounts total_;
  std::uint64_t invocations_ = 0;
  base::Duration newest_{};
  Bins seconds_;
  Bins tenths_;  // of the last seconds
};

}  // namespace capsize::harness
