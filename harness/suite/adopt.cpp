#include "harness/suite/adopt.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "harness/store/run_lock.h"
#include "harness/store/stored_runs.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kEndBound = std::chrono::seconds(10);
constexpr auto kEndStep = std::chrono::milliseconds(10);

/// What the run is in the plan: its case, with the seed that it had.
std::optional<PlannedRun> find_planned(const Suite& suite, const LostRun& run) {
  const std::string name = run.id.substr(0, run.id.rfind('/'));
  for (const auto& each : suite.cases) {
    if (each.scenario.name == name) return PlannedRun{&each, run.id, run.seed};
  }
  return std::nullopt;
}

/// From the name of a run directory, which says when the run began, to its results.
double lifetime(const fs::path& directory) {
  std::error_code error;
  const auto written = fs::last_write_time(directory / "results.json", error);
  const auto began = begin_of(directory.filename().string());
  if (error || !began) return 0;
  const auto ended = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::file_clock::to_sys(written).time_since_epoch());
  return std::max(0.0, static_cast<double>(ended.count()) / 1000 - static_cast<double>(*began));
}

}  // namespace

std::optional<LedgerRun> adopt(const Suite& suite, const LostRun& run, const fs::path& store) {
  const auto planned = find_planned(suite, run);
  return planned ? adopt(*planned, run, store) : std::nullopt;
}

std::optional<LedgerRun> adopt(const PlannedRun& planned, const LostRun& run,
                               const fs::path& store) {
  const fs::path directory = store / run.path;
  // The kernel kills a suite's runs with it, but not in the same instant.
  const auto until = Clock::now() + kEndBound;
  while (is_running(directory) && Clock::now() < until) std::this_thread::sleep_for(kEndStep);
  if (was_interrupted(directory)) return std::nullopt;
  auto result = read_result(planned, directory);
  if (!result) return std::nullopt;
  result.value().path = run.path;
  result.value().seconds = lifetime(directory);
  return std::move(result).value();
}

}  // namespace capsize::harness
