// NodeLog: a node's log as its trace describes it: which entries it holds, and the chain hashes at
// the ends of appended batches.
//
// The hash at an index identifies the whole log up to it, because hashes are chained. Between two
// hashes only the term of an entry is known: this detects many wrong entries and never rejects a
// correct one.
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
    std::uint64_t entry_term = 0;  ///< of all these entries; 0: unknown
    std::uint64_t hash = 0;
    bool has_hash = false;
  };

  /// Applies an event of the trace; events that do not concern the log have no effect.
  void follow(const TraceEvent& event);

  [[nodiscard]] std::uint64_t last_index() const { return last_index_; }
  /// Returns the hash at exactly this index, if the trace has it and the log still holds the entry.
  [[nodiscard]] std::optional<std::uint64_t> hash_at(std::uint64_t index) const;
  /// Returns the term of the entry at this index; 0: unknown.
  [[nodiscard]] std::uint64_t term_at(std::uint64_t index) const;
  /// Returns all points, ascending by index.
  [[nodiscard]] const std::vector<Point>& points() const { return points_; }
  /// Returns the first point at or above the index.
  [[nodiscard]] std::vector<Point>::const_iterator at_or_above(std::uint64_t index) const;

 private:
  void truncate(std::uint64_t last_kept);
  void recover(const TraceEvent& event);

  std::vector<Point> points_;
  std::uint64_t last_index_ = 0;
};

}  // namespace capsize::checker
