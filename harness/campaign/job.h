// A run on another machine, as text: the line that `capsize job` reads there, and the line that it
// answers with (docs/FORMATS.md, Jobs). An engine only carries the two.
//
// Both cross a network, so both are read as hostile input. What an answer says about the plan of
// its run is ignored: the caller knows the plan.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "harness/suite/engine.h"
#include "harness/suite/suite_file.h"

namespace capsize::harness {

inline constexpr const char* kJobFormat = "capsize-job";
inline constexpr const char* kAnswerFormat = "capsize-answer";
inline constexpr std::uint64_t kJobVersion = 1;
/// Longest lines, in bytes. An answer has the archive of a failed run, in base64.
inline constexpr std::size_t kJobBytesMax = std::size_t{4} << 20U;
inline constexpr std::size_t kAnswerBytesMax = std::size_t{96} << 20U;
/// Longest archive in an answer.
inline constexpr std::size_t kArchiveBytesMax = std::size_t{64} << 20U;

struct Job {
  SuiteCase of;
  std::string id;  // "figure-8/3"
  std::uint64_t seed = 0;
  std::uint64_t attempt = 1;
  base::Duration deadline{};
  Keep keep = Keep::kFailures;
  std::string revision;  // of the Capsize that plans and judges: that which executes must be equal
};

/// One line, without a line feed.
[[nodiscard]] std::string job_line(const RunJob& job, Keep keep);
/// Error: one line that names the key, what was found and what was expected.
[[nodiscard]] base::Result<Job> parse_job(std::string_view text);

struct JobAnswer {
  std::optional<LedgerRun> run;  // missing: the run was stopped before it had a verdict
  std::string archive;           // of the run directory, .tar.zst; empty: nothing of it is needed
};

[[nodiscard]] std::string answer_line(const JobAnswer& answer);
/// The same errors as parse_job().
[[nodiscard]] base::Result<JobAnswer> parse_answer(std::string_view text);

/// Returns the run of an answer, with everything that follows from the plan taken from the plan:
/// the command that reproduces it, too, which people paste into a shell.
[[nodiscard]] LedgerRun answered_run(const RunJob& job, LedgerRun run,
                                     const std::filesystem::path& store);

}  // namespace capsize::harness
