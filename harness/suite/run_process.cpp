#include "harness/suite/run_process.h"

#include <fmt/core.h>

#include <csignal>
#include <utility>

#include "base/units.h"
#include "harness/cluster/out_of_memory.h"
#include "harness/store/run_directory.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kOverhead = 90s;
/// What a run has after SIGTERM to heal and to check the prefix that it recorded.
constexpr auto kStopBound = 30s;
constexpr int kUsageExit = 254;

}  // namespace

base::Duration default_deadline(const Scenario& scenario) {
  return scenario.time_limit + scenario.live_bound + scenario.check_limit + kOverhead;
}

base::Result<RunProcess> RunProcess::start(PlannedRun planned, RunPlace place) {
  Scenario scenario = planned.of->scenario;
  scenario.seed = planned.seed;
  const auto file = place.directory / kScenarioFile;
  if (auto written = write_json(file, scenario_file_json(scenario)); !written)
    return written.error();
  auto child = ChildProcess::spawn(
      {.program = place.program,
       .arguments = {"run", file.string(), "--run-directory", place.directory.string(), "--store",
                     place.store.string(), "--quiet"},
       .log = place.directory / kOutputFile,
       .dies_with_parent = true});
  if (!child) return child.error();
  return RunProcess(std::move(planned), std::move(place), std::move(child).value());
}

RunProcess::RunProcess(PlannedRun planned, RunPlace place, ChildProcess child)
    : planned_(std::move(planned)),
      place_(std::move(place)),
      child_(std::move(child)),
      started_(Clock::now()),
      out_of_memory_before_(out_of_memory_kills()) {}

double RunProcess::seconds() const {
  return std::chrono::duration<double>(Clock::now() - started_).count();
}

void RunProcess::interrupt() {
  interrupted_ = true;
  if (stopped_) return;
  stopped_ = Clock::now();
  child_.signal(SIGTERM);
}

void RunProcess::kill() {
  killed_ = true;
  child_.signal(SIGKILL);
}

void RunProcess::enforce_deadline() {
  const auto now = Clock::now();
  if (!stopped_ && now - started_ > place_.deadline) {
    late_ = true;
    stopped_ = now;
    child_.signal(SIGTERM);
  }
  if (stopped_ && !killed_ && now - *stopped_ > kStopBound) kill();
}

std::optional<RunProcess::End> RunProcess::poll() {
  const auto ending = child_.poll();
  if (!ending) {
    enforce_deadline();
    return std::nullopt;
  }
  End end{.run = judge(*ending)};
  end.run.seconds = seconds();
  end.run.path = place_.path;
  // A violation in the recorded prefix is one, however the run ended.
  end.interrupted = interrupted_ && end.run.verdict != checker::Verdict::kInvalid &&
                    (ending->signal != 0 || was_interrupted(place_.directory) ||
                     end.run.verdict == checker::Verdict::kHarnessError);
  return end;
}

LedgerRun RunProcess::judge(const Ending& ending) const {
  const auto result = read_result(planned_, place_.directory);
  if (!result) return broken(ending);
  LedgerRun run = result.value();
  if (run.verdict == checker::Verdict::kInvalid || !was_interrupted(place_.directory)) return run;
  run.verdict = checker::Verdict::kHarnessError;
  run.cause = late_ ? "deadline" : "signal";
  run.reason = late_ ? fmt::format("did not end within {}; what it recorded until then is {}",
                                   base::format_duration(place_.deadline),
                                   checker::name(result.value().verdict))
                     : "a signal from outside the suite stopped it";
  return run;
}

LedgerRun RunProcess::broken(const Ending& ending) const {
  const std::string output = last_line(place_.directory / kOutputFile);
  std::error_code ignored;
  const auto history = place_.directory / "history.jsonl";
  const std::string rest =
      std::filesystem::exists(history, ignored)
          ? fmt::format("; what it recorded can be checked: capsize check {}", history.string())
          : std::string();
  if (ending.signal == 0 && ending.exit_code == kUsageExit) {
    LedgerRun run = without_result(planned_, "", output);
    run.verdict = checker::Verdict::kUsageError;
    return run;
  }
  if (late_) {
    return without_result(planned_, "deadline",
                          fmt::format("did not end within {}, and was killed{}",
                                      base::format_duration(place_.deadline), rest));
  }
  if (ending.signal != 0) {
    return without_result(planned_, "signal",
                          fmt::format("the run's process ended by {}{}", describe(ending), rest));
  }
  return without_result(planned_, "harness",
                        fmt::format("ended with {} and without results: {}{}", describe(ending),
                                    output.empty() ? "no output" : output, rest));
}

}  // namespace capsize::harness
