// The lines between a campaign and the program that is its engine: JSON objects, one a line
// (docs/FORMATS.md, Engines). An engine is a program of its own, perhaps of others, and passes on
// what comes over a network: its lines are hostile input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "harness/campaign/job.h"

namespace capsize::harness {

inline constexpr const char* kEngineFormat = "capsize-engine";
inline constexpr std::uint64_t kEngineVersion = 1;
/// Longest line of an engine: an answer, whose quotes and line feeds are escaped once more.
inline constexpr std::size_t kEventBytesMax = kAnswerBytesMax + (std::size_t{1} << 20U);

/// What an engine says.
struct EngineEvent {
  enum class Kind : std::uint8_t {
    kHello,      ///< first of all, with the version of the format
    kCapacity,   ///< how many jobs it takes at a time has changed
    kCompleted,  ///< a job has ended, and this is its answer
    kLost,       ///< a job will have no answer
    kNote,       ///< for people
    kFailed,     ///< the engine cannot work, and ends
  };
  Kind kind = Kind::kNote;
  std::string id;             // of a job
  std::uint64_t attempt = 0;  // of a job
  std::uint64_t slots = 0;    // of a capacity
  bool final = false;         // of a failure: starting the engine again would not help
  std::string text;           // answer, reason or note
};

/// Error: what was found and what was expected.
[[nodiscard]] base::Result<EngineEvent> parse_event(std::string_view line);

/// Each returns one line with its line feed. `name` is unique among the jobs of all campaigns.
[[nodiscard]] std::string submit_line(const RunJob& job, const std::string& name, Keep keep);
[[nodiscard]] std::string cancel_line(const std::string& id, std::uint64_t attempt);

}  // namespace capsize::harness
