// A bisection on this machine: builds revisions, executes runs of them, and writes a line of its
// log for each, until the search claims a culprit or a bound is reached.
//
// Whatever is killed, a finished run is in the log or has its results.json in a directory that the
// log names, so it is never repeated. All processes end with this one.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "harness/bisect/bisect_log.h"
#include "harness/bisect/builds.h"
#include "harness/bisect/revisions.h"
#include "harness/bisect/search.h"
#include "harness/run/signals.h"
#include "harness/suite/suite_file.h"

namespace capsize::harness {

/// Runs in a row on one revision that gave no evidence, after which it is skipped; and harness
/// errors in a row on any revisions, after which the machine or the installation is broken.
inline constexpr std::uint64_t kRunsWithoutEvidenceMax = 3;
inline constexpr std::uint64_t kBisectHarnessErrorsMax = 12;

struct BisectOptions {
  std::filesystem::path directory;  // of the bisection, absolute
  BisectQuestion question;
  bool seed_is_given = false;  // otherwise a bisection that continues keeps its own
  RevisionList revisions;
  const SuiteCase* of = nullptr;
  base::Duration deadline{};  // of a run
  std::chrono::seconds build_bound{0};
  double confidence = 0.95;
  std::uint64_t runs_max = 0;    // over all calls
  std::uint64_t builds_max = 0;  // kept at a time
  std::uint64_t jobs = 1;
  bool restart = false;  // discard what an earlier call found
};

/// How a bisection ended, or how far it came.
struct BisectEnd {
  RevisionList revisions;
  BisectState state;
  Search search;
  Search::Decision decision;
  std::string why;  // it claims nothing; empty: it claims
  std::filesystem::path directory;
  bool interrupted = false;
};

/// Gets a line for people, about progress.
using BisectNote = std::function<void(const std::string&)>;

/// Bisects, or continues. Must be called by a thread that exists as long as the process, with no
/// other thread (supervised.h). Error: the question of the log is another one, another process is
/// at work, or the machine failed.
[[nodiscard]] base::Result<BisectEnd> run_bisect(const BisectOptions& options,
                                                 const Repository& repository,
                                                 CommandRunner& commands, SignalGuard& signals,
                                                 const BisectNote& note);

}  // namespace capsize::harness
