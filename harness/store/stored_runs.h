// What a store holds, and which of it may go: the runs of each scenario, their verdicts and sizes.
//
// Nothing here follows a symbolic link: one in the place of a scenario or a run is ignored.
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
  std::string verdict;      // as in results.json; empty: the run did not get that far
  std::uint64_t bytes = 0;  // on the disk
  bool running = false;     // its process is alive

  /// Everything but valid and vacuous may be wanted again: invalid, unknown, harness error, and
  /// runs without a result.
  [[nodiscard]] bool failed() const { return verdict != "valid" && verdict != "vacuous"; }
};

/// By scenario, then by time. An error where it is no store: no directory, or one without a single
/// run SCENARIO/TIME-SEED/scenario.json.
[[nodiscard]] base::Result<std::vector<StoredRun>> list_runs(const std::filesystem::path& store);

struct PruneRule {
  /// How many of the runs that may go stay, of each scenario: the newest.
  std::optional<std::uint64_t> keep;
  /// Runs that began before this go: seconds since 1970.
  std::optional<std::int64_t> before;
  bool with_failures = false;
};

/// Those that may go, in the order of list_runs(). Running ones never do.
[[nodiscard]] std::vector<StoredRun> runs_to_remove(const std::vector<StoredRun>& runs,
                                                    const PruneRule& rule);

/// Removes one run. It is renamed first, so that an interruption leaves nothing that looks like a
/// run; the next call of finish_removals() removes the rest.
[[nodiscard]] base::Status remove_run(const StoredRun& run);
/// What an interrupted removal left; `latest` links that point nowhere point at the newest run that
/// is left, or go; scenarios without runs go.
void finish_removals(const std::filesystem::path& store);

/// When a run of this name began: seconds since 1970. Nothing if no run has such a name.
[[nodiscard]] std::optional<std::int64_t> begin_of(const std::string& name);
/// "1.5 GiB".
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace capsize::harness
