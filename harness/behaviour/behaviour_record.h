// STORE/behaviour.jsonl: which run of a store showed which behaviour first (docs/FORMATS.md). It is
// only appended to, a line a run, and each behaviour is named at most three times: by the first
// three runs that show it. That is all that the curve and the estimates need (estimate.h), for
// every number of runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "harness/behaviour/behaviours.h"

namespace capsize::harness {

inline constexpr const char* kBehaviourFile = "behaviour.jsonl";
inline constexpr const char* kBehaviourFormat = "capsize-behaviour";
inline constexpr std::uint64_t kBehaviourVersion = 1;

/// What one run added.
struct BehaviourLine {
  std::string run;                              // its directory, relative to the store
  std::uint64_t seen = 0;                       // different behaviours of the run
  std::vector<Behaviour> first, second, third;  // shown for the first, second, third time
};

/// After some runs of a store.
struct BehaviourRecord {
  std::vector<BehaviourLine> lines;
  /// In how many runs each behaviour was shown; 3 means three or more.
  std::unordered_map<Behaviour, std::uint8_t> runs;
};

/// Reads the file; a store without one has an empty record. A torn last line is left out. Error:
/// file, line, what was found and what was expected.
[[nodiscard]] base::Result<BehaviourRecord> read_behaviour_record(
    const std::filesystem::path& store);

/// Appends a run and returns what was new. Processes that share a store wait for each other. Error:
/// the file cannot be read, locked or written.
[[nodiscard]] base::Result<BehaviourNews> record_behaviours(const std::filesystem::path& store,
                                                            const std::string& run,
                                                            const Behaviours& behaviours);

}  // namespace capsize::harness
