#include "harness/run/replay.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include "base/check.h"
#include "checker/report/anomaly.h"
#include "harness/store/results_file.h"

namespace capsize::harness {
namespace {

using base::Json;

void read_violations(const Json& results, RecordedRun& run) {
  for (const auto& check : results.value("checks", Json::array())) {
    if (check.value("verdict", "") == "invalid") run.violated.push_back(check.value("name", ""));
  }
  const Json report = results.value("linearizable", Json::object());
  for (const auto& violation : report.value("violations", Json::array())) {
    const std::string anomaly(checker::present_name(violation.value("anomaly", std::string())));
    auto& known = run.anomalies;
    if (std::find(known.begin(), known.end(), anomaly) == known.end()) known.push_back(anomaly);
  }
}

/// No faults if there is no such file: the run was killed before its first fault.
base::Result<nemesis::RecordedFaults> read_faults(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return nemesis::RecordedFaults{};
  std::ifstream lines(path);
  if (!lines) {
    return base::Error{fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno))};
  }
  return nemesis::read_recorded_faults(lines, path.string());
}

}  // namespace

base::Result<RecordedRun> read_run(const std::filesystem::path& directory) {
  auto scenario = read_scenario(directory / "scenario.json");
  if (!scenario) return scenario.error();
  if (auto fine = validate(scenario.value()); !fine) {
    return base::Error{(directory / "scenario.json").string() + ": " + fine.error().message};
  }
  if (!scenario.value().seed) {
    return base::Error{(directory / "scenario.json").string() + ": found no seed"};
  }
  auto faults = read_faults(directory / "faults.jsonl");
  if (!faults) return faults.error();
  scenario.value().name = "replay";
  RecordedRun run{.scenario = std::move(scenario).value(), .faults = std::move(faults).value()};
  // A run that was killed has a plan and no verdict.
  run.was_judged = std::filesystem::exists(directory / "results.json");
  if (!run.was_judged) return run;
  const auto results = read_results(directory);
  if (!results) return results.error();
  if (!std::filesystem::exists(directory / "faults.jsonl") &&
      !std::filesystem::exists(directory / "history.jsonl")) {
    return base::Error{directory.string() +
                       ": found only the results of a run, expected its faults.jsonl: a suite "
                       "keeps all files of failed runs only (keep, in its file)"};
  }
  read_violations(results.value(), run);
  return run;
}

bool came_back(const RecordedRun& recorded, const Outcome& outcome) {
  const auto& names = recorded.violated;
  return std::any_of(outcome.checks.begin(), outcome.checks.end(), [&](const Check& check) {
    return check.verdict == checker::Verdict::kInvalid &&
           std::find(names.begin(), names.end(), check.name) != names.end();
  });
}

Interval wilson(std::uint64_t times, std::uint64_t of) {
  CHECK(of > 0 && times <= of, "a share of something");
  constexpr double kZ = 1.959964;  // two-sided 95 %
  const auto n = static_cast<double>(of);
  const double share = static_cast<double>(times) / n;
  const double middle = share + kZ * kZ / (2 * n);
  const double half = kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  const double scale = 1 + kZ * kZ / n;
  return {.low = std::max(0.0, (middle - half) / scale),
          .high = std::min(1.0, (middle + half) / scale)};
}

}  // namespace capsize::harness
