// capsize doctor: what this machine can do, what earlier runs left on it, and what load it bears.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "harness/cli/binaries.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/verb.h"
#include "harness/doctor/finding.h"
#include "harness/doctor/load_trial.h"
#include "harness/doctor/machine_findings.h"
#include "harness/process/machine.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {
namespace {

constexpr const char* kDoctorFormat = "capsize-doctor";
constexpr std::uint64_t kDoctorVersion = 1;
constexpr int kImpossibleExit = 1;

class Doctor final : public Verb {
 public:
  std::string_view name() const override { return "doctor"; }
  std::string_view summary() const override {
    return "Examines this machine: what it can do, what is left of earlier runs, what load it "
           "bears";
  }
  std::string_view examples() const override {
    return "Exit code 1 if no run is possible here; warnings do not change it. A measured load of\n"
           "about five seconds yields the recommended --rate and --jobs.\n\n"
           "Examples:\n"
           "  capsize doctor\n"
           "  capsize doctor --store /var/tmp/runs --json\n"
           "  capsize doctor --no-load                 without the measured load\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("--store", store_, "directory of runs").show_default();
    line.flag("--json", json_, "print one JSON object (docs/FORMATS.md)");
    line.flag("--no-load", no_load_, "skip the measured load");
  }

  int run() override {
    survive_closed_readers();
    if (store_.empty()) return usage_error("--store: found '', expected a directory");
    add(program_findings(binary_directory()));
    add(kernel_findings());
    add(limit_findings());
    add(store_findings(store_));
    add(leftover_findings(store_));
    if (!no_load_ && !impossible()) {
      if (!measure_load()) return kInterruptedExit;
    }
    add({finding("recommended-jobs", jobs(), "", false, "")});
    if (json_) fmt::print("{}\n", document().dump(2));
    return impossible() ? kImpossibleExit : 0;
  }

 private:
  /// Each line appears when it is known: a slow disk should not look like a hang.
  void add(std::vector<Finding> findings) {
    for (auto& line : findings) {
      if (!json_) fmt::print("{}", line_of(line));
      findings_.push_back(std::move(line));
    }
    std::fflush(stdout);
  }

  [[nodiscard]] bool impossible() const {
    return std::any_of(findings_.begin(), findings_.end(),
                       [](const Finding& line) { return line.state == FindingState::kImpossible; });
  }

  [[nodiscard]] static std::uint64_t jobs() {
    const Machine machine = this_machine();
    return recommended_jobs(machine.cores, machine.memory_bytes);
  }

  /// False: a signal interrupted it.
  bool measure_load() {
    const ScratchDirectory scratch(store_);
    if (scratch.path().empty()) {
      add({{.name = "load",
            .value = "none",
            .state = FindingState::kImpossible,
            .advice = scratch.error()}});
      return true;
    }
    const auto steps = try_load(binary_directory(), scratch.path());
    for (const auto& step : steps) {
      if (step.interrupted) return false;
      add({of_step(step)});
    }
    const auto rate = borne_rate(steps);
    add({finding("rate-borne", rate.value_or(0), "op/s", !rate,
                 "even the lowest rate is not borne: wait until other work has ended")});
    if (rate) add({finding("recommended-rate", *rate / 2, "op/s", false, "")});
    return true;
  }

  static Finding of_step(const TrialStep& step) {
    const double lag = static_cast<double>(step.lag.count() / 1000) / 1e3;
    const std::string why =
        !step.problem.empty()
            ? step.problem
            : fmt::format(
                  "{:.0f} operations a second reached, timers lagged by {:.0f} ms: "
                  "use a lower --rate",
                  step.reached, lag);
    return finding(fmt::format("timer-lag-at-{:.0f}", step.rate), lag, "ms", !is_borne(step), why);
  }

  [[nodiscard]] base::Json document() const {
    base::Json lines = base::Json::array();
    for (const auto& line : findings_) lines.push_back(to_json(line));
    return {{kDoctorFormat, kDoctorVersion}, {"possible", !impossible()}, {"findings", lines}};
  }

  std::string store_ = kStoreDefault;
  bool json_ = false;
  bool no_load_ = false;
  std::vector<Finding> findings_;
};

const base::Registered<Verb, Doctor> registered;

}  // namespace
}  // namespace capsize::harness
