// capsize replay: injects the faults of a recorded run again, by their anchors, with the same
// operations.
#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/binaries.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/verb.h"
#include "harness/report/summary.h"
#include "harness/run/replay.h"
#include "harness/run/runner.h"

namespace capsize::harness {
namespace {

constexpr std::uint64_t kTimesMax = 10'000;

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

class ReplayVerb final : public Verb {
 public:
  std::string_view name() const override { return "replay"; }
  std::string_view summary() const override {
    return "Repeats the faults of a recorded run, and counts how often the violation recurs";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize replay store/latest\n"
           "  capsize replay store/latest --times 10\n"
           "Real processes are not deterministic: the plan is the same, the outcome may differ.\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("run-directory", directory_, "directory of the run, with its faults.jsonl")
        .required()
        .type_name("RUN_DIR");
    line.option("--times", times_, "number of replays").show_default().range(1, kTimesMax);
    line.option("--store", store_, "directory of runs").show_default();
    line.flag("--quiet", quiet_, "no progress on standard error");
    line.flag("--no-page", no_page_, "do not write report.html (capsize report does it later)");
  }

  int run() override {
    survive_closed_readers();
    if (store_.empty()) return usage_error("--store: found '', expected a directory");
    const auto recorded = read_run(directory_);
    if (!recorded) return usage_error(recorded.error().message);
    // Resolved now: each replay moves the store's link "latest", which may be the argument.
    std::error_code ignored;
    recorded_from_ = std::filesystem::canonical(directory_, ignored);
    print_head(recorded.value());
    std::optional<checker::Verdict> worst;
    std::uint64_t reproductions = 0;
    for (std::uint64_t i = 1; i <= times_; ++i) {
      const Outcome outcome = run_once(recorded.value());
      if (outcome.interrupted) return kInterruptedExit;
      const bool reproduced = came_back(recorded.value(), outcome);
      reproductions += reproduced ? 1 : 0;
      print_line(i, recorded.value(), outcome, reproduced);
      const auto verdict = outcome.verdict();
      worst = worst ? checker::worst_across_runs(*worst, verdict) : verdict;
    }
    print_end(recorded.value(), reproductions);
    return checker::exit_code(*worst);
  }

 private:
  Outcome run_once(const RecordedRun& recorded) const {
    RunOptions options{.store = store_, .binaries = binary_directory(), .page = !no_page_};
    options.recorded = &recorded.faults;
    options.recorded_from = recorded_from_;
    ProgressDisplay display;
    if (!quiet_) options.progress = [&display](const Progress& p) { display.show(p); };
    return run_scenario(recorded.scenario, options);
  }

  void print_head(const RecordedRun& recorded) const {
    fmt::print(
        "replaying {} faults of {}, {}\n", recorded.faults.faults, directory_,
        !recorded.was_judged ? std::string("which was killed before its verdict")
        : recorded.violated.empty()
            ? std::string("which had no violation")
            : fmt::format(
                  "which violated {}{}", joined(recorded.violated),
                  recorded.anomalies.empty() ? "" : " (" + joined(recorded.anomalies) + ")"));
  }

  static void print_line(std::uint64_t number, const RecordedRun& recorded, const Outcome& outcome,
                         bool reproduced) {
    std::size_t installed = 0;
    for (const auto& fault : outcome.faults) {
      installed += fault.state == nemesis::FaultState::kInstalled ? 1 : 0;
    }
    std::string details;
    for (const auto& check : outcome.checks) {
      if (check.verdict != checker::Verdict::kInvalid) continue;
      details += fmt::format("; {}: {}", check.name, check.explanation);
    }
    if (outcome.cause) details += "; " + outcome.cause->text;
    const char* outcome_text = recorded.violated.empty() ? ""
                               : reproduced              ? ", reproduced"
                                                         : ", not reproduced";
    fmt::print("{:>4}  {}{}; {} of {} faults took effect{}\n      {}\n", number,
               checker::name(outcome.verdict()), outcome_text, installed, recorded.faults.faults,
               details, outcome.directory.string());
    std::fflush(stdout);
  }

  void print_end(const RecordedRun& recorded, std::uint64_t reproductions) const {
    if (recorded.violated.empty()) return;
    const auto [low, high] = wilson(reproductions, times_);
    fmt::print(
        "reproduced in {} of {} replays (95 % interval {:.0f} to {:.0f} %); the plan and the "
        "operations are the same, real processes are not deterministic\n",
        reproductions, times_, 100 * low, 100 * high);
  }

  std::string directory_;
  std::filesystem::path recorded_from_;
  std::string store_ = kStoreDefault;
  std::uint64_t times_ = 1;
  bool quiet_ = false;
  bool no_page_ = false;
};

const base::Registered<Verb, ReplayVerb> registered;

}  // namespace
}  // namespace capsize::harness
