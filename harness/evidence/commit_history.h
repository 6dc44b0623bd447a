// When entries were appended and committed, around a few operations: whether an acknowledged write
// had been committed by then.
//
// Traces do not say which entry belongs to which request. But a write that is acknowledged between
// `begin` and `end` was appended by a leader, committed and applied within that time. If no entry
// that a leader appended in it was also committed in it, the acknowledgement came too early: that
// is a proof. The reverse is not: a concurrent write may have been committed instead.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "checker/properties/trace.h"

namespace capsize::harness {

/// A time by the clock of the traces, in nanoseconds; both ends are included.
struct TraceWindow {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

[[nodiscard]] inline bool contains(const TraceWindow& window, std::int64_t time) {
  return window.begin <= time && time <= window.end;
}
/// Returns the time of a line of a trace without parsing it as JSON; zero if it has none.
[[nodiscard]] std::int64_t trace_time(std::string_view line);

class CommitHistory {
 public:
  CommitHistory() = default;
  /// Keeps only events within these windows: the traces of a long run have millions.
  explicit CommitHistory(std::vector<TraceWindow> windows);

  /// Whether a line of a trace must be passed to add(): cheap, without parsing it as JSON.
  [[nodiscard]] bool wants(std::string_view line) const;
  void add(const checker::TraceEvent& event);

  enum class Acknowledged : std::uint8_t {
    kUnknown,       ///< no traces, or too many events to keep
    kAfterCommit,   ///< or not provably before it
    kBeforeCommit,  ///< the leader appended the entry, and no node had committed it
    kWithoutEntry,  ///< no leader appended anything meanwhile
  };
  /// Of a write that was acknowledged within one of the windows.
  [[nodiscard]] Acknowledged acknowledged(TraceWindow write) const;

 private:
  struct Entries {
    std::int64_t time = 0;
    checker::NodeNumber node = 0;
    std::uint64_t term = 0;
    std::uint64_t first = 0;
    std::uint64_t index = 0;
  };

  std::vector<TraceWindow> windows_;  // disjoint, ascending
  std::vector<Entries> appended_;     // by leaders
  std::vector<Entries> committed_;    // `term` is the entry's
  bool traced_ = false;
  bool complete_ = true;
};

}  // namespace capsize::harness
