// The runs in a store, with verdicts and sizes, and which of them may be removed.
//
// Never follows a symbolic link: one in place of a scenario or a run is ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace capsize::harness {

struct StoredRun {
  std::string scenario;
  std::string name;  // "20260131T120000.000Z-7": sorts by time
  std::filesystem::path path;
  std::string verdict;      // as in results.json; empty: the run has no results
  std::uint64_t bytes = 0;  // on the disk
  bool running = false;     // its process is alive

  /// Whether the run may still be needed: invalid, unknown, harness error, or no results.
  [[nodiscard]] bool failed() const { return verdict != "valid" && verdict != "vacuous"; }
};

/// Returns the runs by scenario, then by time. Error: `store` is no directory, or has no run
/// SCENARIO/TIME-SEED/scenario.json.
[[nodiscard]] base::Result<std::vector<StoredRun>> list_runs(const std::filesystem::path& store);

struct PruneRule {
  /// How many of the newest removable runs of each scenario to keep.
  std::optional<std::uint64_t> keep;
  /// Remove only runs that started before this: seconds since 1970.
  std::optional<std::int64_t> before;
  bool with_failures = false;
};

/// Returns the runs to remove, in the order of list_runs(); never a running one.
[[nodiscard]] std::vector<StoredRun> runs_to_remove(const std::vector<StoredRun>& runs,
                                                    const PruneRule& rule);

/// Removes one run. Renames it first, so that an interruption leaves nothing that looks like a run;
/// the next call of finish_removals() removes the rest.
[[nodiscard]] base::Status remove_run(const StoredRun& run);
/// Completes interrupted removals, repairs dangling `latest` links (or removes them if no run is
/// left), and removes scenarios without runs.
void finish_removals(const std::filesystem::path& store);

/// Returns when a run with this name started, in seconds since 1970; nothing if it is not the name
/// of a run.
[[nodiscard]] std::optional<std::int64_t> begin_of(const std::string& name);
/// Returns what a directory occupies on the disk; zero if it does not exist.
[[nodiscard]] std::uint64_t bytes_on_disk(const std::filesystem::path& directory);
/// "1.5 GiB".
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace capsize::harness
