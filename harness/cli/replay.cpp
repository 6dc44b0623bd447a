// capsize replay: the faults of a recorded run again, by their anchors, with the same operations.
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
    return "Carries out the faults of a recorded run again, and says how often the violation "
           "comes back";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize replay store/latest\n"
           "  capsize replay store/latest --times 10\n"
           "Real processes are not deterministic: the plan is the same, the outcome need not be.\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("run-directory", directory_, "of the run, with its faults.jsonl")
        .required()
        .type_name("RUN_DIR");
    line.option("--times", times_, "how often").show_default().range(1, kTimesMax);
    line.option("--store", store_, "directory of runs").show_default();
    line.flag("--quiet", quiet_, "no progress on standard error");
  }

  int run() override {
    survive_closed_readers();
    if (store_.empty()) return usage_error("--store: found '', expected a directory");
    const auto recorded = read_run(directory_);
    if (!recorded) return usage_error(recorded.error().message);
    // Each replay turns the store's link "latest", which may be what was given.
    std::error_code ignored;
    recorded_from_ = std::filesystem::canonical(directory_, ignored);
    print_head(recorded.value());
    std::optional<checker::Verdict> worst;
    std::uint64_t back = 0;
    for (std::uint64_t i = 1; i <= times_; ++i) {
      const Outcome outcome = run_once(recorded.value());
      if (outcome.interrupted) return kInterruptedExit;
      const bool again = came_back(recorded.value(), outcome);
      back += again ? 1 : 0;
      print_line(i, recorded.value(), outcome, again);
      const auto verdict = outcome.verdict();
      worst = worst ? checker::worst_across_runs(*worst, verdict) : verdict;
    }
    print_end(recorded.value(), back);
    return checker::exit_code(*worst);
  }

 private:
  Outcome run_once(const RecordedRun& recorded) const {
    RunOptions options{.store = store_, .binaries = binary_directory()};
    options.recorded = &recorded.faults;
    options.recorded_from = recorded_from_;
    ProgressDisplay display;
    if (!quiet_) options.progress = [&display](const Progress& p) { display.show(p); };
    return run_scenario(recorded.scenario, options);
  }

  void print_head(const RecordedRun& recorded) const {
    fmt::print(
        "{} faults of {} again, {}\n", recorded.faults.faults, directory_,
        !recorded.was_judged ? std::string("which was killed before it had a verdict")
        : recorded.violated.empty()
            ? std::string("which violated nothing")
            : fmt::format(
                  "which violated {}{}", joined(recorded.violated),
                  recorded.anomalies.empty() ? "" : " (" + joined(recorded.anomalies) + ")"));
  }

  static void print_line(std::uint64_t number, const RecordedRun& recorded, const Outcome& outcome,
                         bool again) {
    std::size_t installed = 0;
    for (const auto& fault : outcome.faults) {
      installed += fault.state == nemesis::FaultState::kInstalled ? 1 : 0;
    }
    std::string said;
    for (const auto& check : outcome.checks) {
      if (check.verdict != checker::Verdict::kInvalid) continue;
      said += fmt::format("; {}: {}", check.name, check.explanation);
    }
    if (!outcome.harness_error.empty()) said += "; " + outcome.harness_error;
    const char* word = recorded.violated.empty() ? "" : again ? ", it came back" : ", it did not";
    fmt::print("{:>4}  {}{}; {} of {} faults took hold{}\n      {}\n", number,
               checker::name(outcome.verdict()), word, installed, recorded.faults.faults, said,
               outcome.directory.string());
    std::fflush(stdout);
  }

  void print_end(const RecordedRun& recorded, std::uint64_t back) const {
    if (recorded.violated.empty()) return;
    const auto [low, high] = wilson(back, times_);
    fmt::print(
        "the violation came back in {} of {} replays (95 % interval {:.0f} to {:.0f} %); the same "
        "plan and operations, real processes decide the rest\n",
        back, times_, 100 * low, 100 * high);
  }

  std::string directory_;
  std::filesystem::path recorded_from_;
  std::string store_ = kStoreDefault;
  std::uint64_t times_ = 1;
  bool quiet_ = false;
};

const base::Registered<Verb, ReplayVerb> registered;

}  // namespace
}  // namespace capsize::harness
