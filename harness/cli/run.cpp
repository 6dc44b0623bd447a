// capsize run: starts a cluster and clients, injects faults, prints the verdict.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "harness/cli/binaries.h"
#include "harness/cli/live_display.h"
#include "harness/cli/options.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/verb.h"
#include "harness/report/summary.h"
#include "harness/report/terminal.h"
#include "harness/run/control.h"
#include "harness/run/runner.h"

namespace capsize::harness {
namespace {

void print_line(const base::Json& line) {
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

class Run final : public Verb {
 public:
  std::string_view name() const override { return "run"; }
  std::string_view summary() const override {
    return "Starts a cluster, injects faults, and checks what its clients observed";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize run                                  five nodes, 20 s, the default "
           "strategies\n"
           "  capsize run --nemesis none --time-limit 5s   a healthy cluster\n"
           "  capsize run --bug read-without-quorum        a seeded bug, to be caught\n"
           "  capsize run --live                           roles, terms, faults, rates, redrawn in "
           "place\n"
           "  capsize run --control read-without-quorum    does this scenario catch that bug?\n"
           "  capsize run nightly.json --seed 7            a scenario file, with one key "
           "overridden\n"
           "  capsize run --workload append --nemesis kill,pause --node-arg=--no-pre-vote\n";
  }
  void add_options(base::CommandLine& line) override {
    options_.add_options(line);
    line.set_footer(ScenarioOptions::footer() + "\n" + std::string(examples()));
    line.option("--store", store_, "directory of runs").show_default();
    line.option("--run-directory", run_directory_,
                "an empty directory of mode 0700 for the files of this run, instead of one that is "
                "created in the store; for programs that start runs")
        .type_name("DIR");
    line.flag("--quiet", quiet_, "no progress on standard error");
    line.flag("--no-page", no_page_, "do not write report.html (capsize report does it later)");
    line.flag(
            "--live", live_,
            "nodes, roles, terms, faults and rates on standard error, redrawn in place while it is "
            "a terminal")
        .excludes("--quiet");
    line.flag("--interactive", interactive_,
              "take requests for faults on standard input, reply on standard output "
              "(docs/FORMATS.md, Interactive control)");
    line.option(
            "--control", control_,
            "after the run, also run the scenario with this seeded bug (capsize list bugs), with "
            "up to three seeds; vacuous if none of these runs catches it")
        .type_name("BUG")
        .excludes("--interactive");
    line.accept_former("--steer", "--interactive");
  }
  int run() override {
    survive_closed_readers();
    if (store_.empty()) return usage_error("--store: found '', expected a directory");
    const auto scenario = options_.resolve();
    if (!scenario) return usage_error(scenario.error().message);
    if (const auto usable = check_control(scenario.value()); !usable) {
      return usage_error(usable.error().message);
    }
    RunOptions run{.store = store_, .binaries = binary_directory(), .page = !no_page_};
    if (run_directory_) {
      const auto directory = RunDirectory::adopt(*run_directory_);
      if (!directory) return usage_error("--run-directory: " + directory.error().message);
      run.run_directory = directory.value().path();
    }
    LineInput requests(STDIN_FILENO);
    run.answer = [](const base::Json& line) { print_line(line); };
    if (interactive_) run.requests = &requests;
    Outcome outcome;
    const bool complete = execute(scenario.value(), run, outcome);
    print(outcome);
    const bool interrupted = outcome.interrupted || !complete;
    return interrupted ? kInterruptedExit : checker::exit_code(outcome.verdict());
  }

 private:
  base::Status check_control(const Scenario& scenario) const {
    if (!control_) return {};
    if (control_->empty()) return base::Error{"--control: found '', expected a seeded bug"};
    if (!scenario.bug.empty()) {
      return base::Error{"--control: found the bug " + scenario.bug +
                         " in the scenario, expected none: the control adds its own"};
    }
    return check_bug("--control", *control_);
  }

  /// The run and its control. False: a signal interrupted the control.
  bool execute(const Scenario& scenario, RunOptions run, Outcome& outcome) const {
    ProgressDisplay display;
    LiveDisplay live;
    if (!quiet_) run.progress = [&display](const Progress& p) { display.show(p); };
    if (!quiet_) std::fputs(fmt::format("seed {}\n", *scenario.seed).c_str(), stderr);
    if (live_ && LiveDisplay::is_possible()) {
      run.progress = [&live](const Progress& p) { live.note(p); };
      run.created = [&live](const std::filesystem::path& directory) { live.watch(directory); };
    } else if (live_) {
      std::fputs(
          "run: --live needs a terminal on standard error: shows the progress line instead\n",
          stderr);
    }
    outcome = run_scenario(scenario, run);
    live.stop();
    if (!control_ || outcome.interrupted || outcome.cause) return true;
    if (!quiet_) std::fputs(("control with the bug " + *control_ + "\n").c_str(), stderr);
    const bool complete = run_control(outcome, scenario, *control_, run);
    live.stop();
    return complete;
  }

  void print(const Outcome& outcome) const {
    if (!interactive_) {
      fmt::print("{}", harness::summary(outcome, wants_colours(STDOUT_FILENO)));
      std::fflush(stdout);
      return;
    }
    const bool broken = outcome.verdict() == checker::Verdict::kHarnessError;
    print_line({{"verdict", checker::name(outcome.verdict())},
                {"directory", outcome.directory.string()},
                {"harness-error", broken ? outcome.cause->text : std::string()}});
  }

  ScenarioOptions options_;
  std::string store_ = kStoreDefault;
  std::optional<std::string> run_directory_;
  std::optional<std::string> control_;
  bool quiet_ = false;
  bool no_page_ = false;
  bool live_ = false;
  bool interactive_ = false;
};

const base::Registered<Verb, Run> registered;

}  // namespace
}  // namespace capsize::harness
