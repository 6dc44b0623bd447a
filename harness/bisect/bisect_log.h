// The log of a bisection: what is asked, what was built and skipped, and every run. It is the only
// state, so that a bisection continues after SIGKILL (docs/FORMATS.md, Bisections).
//
// JSON lines, appended by one process (store/line_log.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "harness/store/line_log.h"

namespace capsize::harness {

inline constexpr const char* kBisectFormat = "capsize-bisect";
inline constexpr std::uint64_t kBisectVersion = 1;

/// What is asked. Evidence for one question is none for another.
struct BisectQuestion {
  std::string group;  // signature, 16 hexadecimal digits
  std::string suite;
  std::string suite_sum;
  std::string case_name;
  std::string good;                  // commit
  std::vector<std::string> commits;  // the candidates, the oldest first
  std::string build;                 // shell command
  std::string keep;                  // directory of the working tree
  std::string program;               // in that directory
  std::uint64_t seed = 0;            // from which the seeds of the runs are drawn
  double background = 0;
};

/// The name of the first key in which two questions differ; empty: in none.
[[nodiscard]] std::string difference(const BisectQuestion& a, const BisectQuestion& b);

/// What a run says about the group.
enum class RunOutcome : std::uint8_t {
  kFailed,   ///< its failures include the group
  kPassed,   ///< valid
  kOther,    ///< another failure only: the group did not appear
  kNothing,  ///< no verdict about the system: harness error, vacuous, unknown, usage error
};
[[nodiscard]] std::string_view name(RunOutcome outcome);

/// A run that has begun.
struct BegunBisectRun {
  std::uint64_t number = 0;  // from 1
  std::size_t revision = 0;  // from 0
  std::uint64_t seed = 0;
  std::string path;  // of its directory, relative to the directory of the bisection
};
struct BisectRun : BegunBisectRun {
  BisectRun() = default;
  explicit BisectRun(const BegunBisectRun& begun) : BegunBisectRun(begun) {}
  RunOutcome outcome = RunOutcome::kNothing;
  std::string verdict;
  std::string reason;
  std::vector<std::string> others;  // signatures besides the group's
  double seconds = 0;
};

enum class SkipCause : std::uint8_t { kBuild, kRuns };
struct SkippedRevision {
  SkipCause cause = SkipCause::kBuild;
  std::string reason;
};

/// What the lines of a log add up to.
struct BisectState {
  BisectQuestion question;
  std::vector<BisectRun> runs;
  std::map<std::uint64_t, BegunBisectRun> open;  // by number: begun, neither finished nor lost
  std::map<std::size_t, SkippedRevision> skipped;
  std::uint64_t next_number = 1;
  std::uint64_t builds = 0;  // that succeeded
  std::uint64_t builds_failed = 0;
  double build_seconds = 0;  // of all of them
  double seconds = 0;        // of all earlier calls; of one that was killed, until its last line
};

/// Parses a log. Error: line, what was found and what was expected. An incomplete last line is no
/// error. Nothing if there is no question yet.
[[nodiscard]] base::Result<std::optional<BisectState>> parse_bisect_log(std::string_view text,
                                                                        const std::string& origin);
/// As parse_bisect_log(), from a file of at most 256 MiB; one that does not exist is empty.
[[nodiscard]] base::Result<std::optional<BisectState>> read_bisect_log(
    const std::filesystem::path& path);

/// Appends to the log, and keeps the state up to date. Each call writes one line and syncs it.
class BisectLog {
 public:
  BisectLog(LineLog file, BisectState state) : file_(std::move(file)), state_(std::move(state)) {}

  [[nodiscard]] const BisectState& state() const { return state_; }
  [[nodiscard]] int descriptor() const { return file_.descriptor(); }

  /// Discards everything, and begins.
  base::Status begin(const BisectQuestion& question);
  base::Status resume();
  base::Status built(std::size_t revision, double seconds);
  base::Status skip(std::size_t revision, const SkippedRevision& skipped, double build_seconds);
  base::Status start(const BegunBisectRun& run);
  base::Status finish(const BisectRun& run);
  /// It ended without a verdict, because the bisection was interrupted or killed.
  base::Status lose(const BegunBisectRun& run);
  /// This call ends: the state's seconds include it.
  base::Status pause();

 private:
  /// Adds the time since this object was made to the line.
  base::Status append(base::Json line);

  LineLog file_;
  BisectState state_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace capsize::harness
