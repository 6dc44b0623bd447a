// NodeLog: what a node's trace says about its log: which entries it holds, and chain hashes at the
// ends of batches that were appended together.
//
// A hash at an index says everything about the log below it, since it is chained. Between two
// hashes only the term of an entry is known, which suffices to detect many wrong entries, and never
// rejects a right one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/properties/trace.h"

namespace capsize::checker {

class NodeLog {
 public:
  struct Point {
    std::uint64_t first = 0;  ///< the entries first..index were appended together
    std::uint64_t index = 0;
    std::uint64_t entry_term = 0;  ///< of all of them; 0: not known
    std::uint64_t hash = 0;
    bool has_hash = false;
  };

  /// Follows the trace; events that do not concern the log change nothing.
  void follow(const TraceEvent& event);

  [[nodiscard]] std::uint64_t last_index() const { return last_index_; }
  /// The hash at exactly this index, if the trace has it and the entry is still there.
  [[nodiscard]] std::optional<std::uint64_t> hash_at(std::uint64_t index) const;
  /// The term of the entry at this index; 0: not known.
  [[nodiscard]] std::uint64_t term_at(std::uint64_t index) const;
  /// All points, ascending by index.
  [[nodiscard]] const std::vector<Point>& points() const { return points_; }
  /// The first point at or above the index.
  [[nodiscard]] std::vector<Point>::const_iterator at_or_above(std::uint64_t index) const;

 private:
  void truncate(std::uint64_t last_kept);
  void recover(const TraceEvent& event);

  std::vector<Point> points_;
  std::uint64_t last_index_ = 0;
};

}  // namespace capsize::checker
