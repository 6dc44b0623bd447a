// Reads faults.jsonl as what happened to each fault, for showing it; replay reads the same file as
// a plan (nemesis/plan/recorded_faults.h) and refuses what it cannot execute.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "nemesis/engine/nemesis.h"

namespace capsize::harness {

struct RecordedFaultList {
  std::vector<nemesis::FaultRecord> faults;       // that began or were skipped, by id
  std::vector<std::vector<nemesis::Node>> peers;  // of each
  std::vector<bool> has_ended;                    // of each; otherwise `end` is its begin
  /// When the load began, by the clock of traces and messages: from a report of the proxy, to a
  /// fraction of a millisecond.
  std::optional<base::Instant> start;
  std::size_t lines_skipped = 0;  // that are no line of this format; the last may be cut
};

inline constexpr std::size_t kFaultRecordsMax = 100'000;

/// Error: the file cannot be read, or has another version.
[[nodiscard]] base::Result<RecordedFaultList> read_fault_records(const std::filesystem::path& file);

}  // namespace capsize::harness
