#include "harness/cli/suite_command.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/mismatch.h"
#include "base/units.h"
#include "base/version.h"
#include "harness/cli/binaries.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/suite_display.h"
#include "harness/cli/suite_reports.h"
#include "harness/cli/verb.h"
#include "harness/process/machine.h"
#include "harness/report/terminal.h"
#include "harness/store/run_directory.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite/merge.h"
#include "harness/suite/suite_file.h"
#include "harness/suite/suite_plan.h"
#include "harness/suite/suite_runner.h"
#include "harness/suite_report/rate_repeats.h"
#include "harness/suite_report/rate_tester.h"
#include "harness/suite_report/text_report.h"

namespace capsize::harness {
namespace {

constexpr std::uint64_t kJobsMax = 1024;
constexpr std::uint64_t kListMax = 100'000;

base::Status check_bugs(const Suite& suite) {
  const auto bugs = seeded_bugs();
  if (!bugs) return bugs.error();
  for (const auto& each : suite.cases) {
    const std::string& bug = each.scenario.bug;
    const bool known = bug.empty() || std::any_of(bugs.value().begin(), bugs.value().end(),
                                                  [&](const BugLine& b) { return b.name == bug; });
    if (known) continue;
    std::string names;
    for (const auto& b : bugs.value()) names += (names.empty() ? "" : ", ") + b.name;
    return base::Error{fmt::format("{}: case {}: bug: found '{}', expected one of: {}", suite.file,
                                   each.scenario.name, bug, names)};
  }
  return {};
}

/// A run of the plan for programs that execute it themselves (the pytest plugin).
base::Json to_json(const PlannedRun& run) {
  Scenario scenario = run.of->scenario;
  scenario.seed = run.seed;
  return {{"id", run.id},
          {"case", scenario.name},
          {"purpose", name(run.of->purpose)},
          {"bug", scenario.bug},
          {"seed", run.seed},
          {"attempt", std::stoull(run.id.substr(run.id.rfind('/') + 1))},
          {"scenario", scenario_file_json(scenario)}};
}

int harness_error(const std::string& message) {
  usage_error(message);
  return checker::exit_code(checker::Verdict::kHarnessError);
}

/// Writes all reports. Returns the exit code.
int report_suite(const Assessment& assessment, const std::vector<ReportPaths>& places) {
  const auto written = write_reports(assessment, places);
  ReportPaths shown = places.back();  // the place that was asked for, if one was
  shown.issues = places.front().issues;
  fmt::print("{}", text_report(assessment, shown, wants_colours(STDOUT_FILENO)));
  std::fflush(stdout);
  if (!written) return harness_error(written.error().message);
  return checker::exit_code(assessment.verdict);
}

}  // namespace

void SuiteCommand::add_options(base::CommandLine& line) {
  line.option("suite", file_, "suite file, or the name of a shipped suite")
      .required()
      .type_name("SUITE.json");
  line.option("--jobs", jobs_, "runs at a time [by cores and memory]").range(1, kJobsMax);
  line.option("--budget", budget_, "run new seeds for this long: 20m, 2h");
  line.option("--shard", shard_, "run the K-th of N parts, and all controls").type_name("K/N");
  line.flag("--resume", resume_, "continue the last execution if it was killed or interrupted");
  line.flag("--confirm", confirm_,
            "then repeat groups until it is clear whether they fail more often than before");
  line.option("--stop-after", stop_after_, "stop after this many failed runs [never]");
  line.option("--only", only_, "run the failed runs of this group again").type_name("SIGNATURE");
  line.option("--merge", merge_, "report on these ledgers, of shards, and run nothing")
      .type_name("LEDGER");
  line.option("--seed", seed_, "seed from which the runs' seeds are drawn [drawn and printed]");
  line.option("--revision", revision_, "revision of the system under test, for the reports")
      .default_text(base::revision());
  line.option("--junit", reports_.junit, "JUnit XML [STORE/reports/SUITE/report.xml]")
      .type_name("OUT.xml");
  line.option("--markdown", reports_.markdown, "summary as Markdown [beside the other reports]")
      .type_name("OUT.md");
  line.option("--json", reports_.json, "report as JSON [beside the other reports]")
      .type_name("OUT.json");
  line.option("--store", store_, "directory of runs").show_default();
  line.option("--runner", runner_,
              "program that executes a run, called as `capsize run` is [capsize]")
      .type_name("PROGRAM");
  line.flag("--list", list_, "print the runs of the plan, and run nothing");
  line.flag("--list-json", list_json_, "the same, one JSON object each");
  line.flag("--quiet", quiet_, "no progress on standard error");
}

int SuiteCommand::run() {
  survive_closed_readers();
  if (auto sensible = check_engine(); !sensible) return usage_error(sensible.error().message);
  if (store_.empty()) return usage_error("--store: found '', expected a directory");
  const auto file = suite_file(file_);
  if (!std::filesystem::exists(file)) {
    return usage_error(
        base::mismatch(file_, "a suite file, or a name that `capsize list suites` prints"));
  }
  const auto suite = read_suite(file, scenario_directories());
  if (!suite) return usage_error(suite.error().message);
  if (auto known = check_bugs(suite.value()); !known) return usage_error(known.error().message);
  if (auto fine = check_confirm(); !fine) return usage_error(fine.error().message);
  auto options = resolve(suite.value());
  if (!options) return usage_error(options.error().message);
  if (list_ || list_json_) return list(suite.value(), options.value());
  if (!merge_.empty()) return merge(suite.value());
  return execute(suite.value(), options.value());
}

base::Result<SuiteOptions> SuiteCommand::resolve(const Suite& suite) const {
  SuiteOptions options{.store = store_,
                       .budget = suite.budget,
                       .stop_after = stop_after_,
                       .resume = resume_,
                       .only = only_,
                       .revision = revision_.empty() ? std::string(base::revision()) : revision_};
  const Machine machine = this_machine();
  options.jobs = jobs_.value_or(recommended_jobs(machine.cores, machine.memory_bytes));
  if (budget_) {
    const auto budget = base::parse_duration(*budget_);
    if (!budget) return base::Error{"--budget: " + budget.error().message};
    options.budget = budget.value();
  }
  if (shard_) {
    const auto shard = parse_shard(*shard_);
    if (!shard) return base::Error{"--shard: " + shard.error().message};
    options.shard = shard.value();
  }
  options.rates = suite.rates;
  options.rates.confirm = confirm_;
  options.seed = seed_ ? *seed_ : suite.seed.value_or(std::random_device{}());
  options.seed_is_given = seed_.has_value();
  return options;
}

int SuiteCommand::list(const Suite& suite, const SuiteOptions& options) const {
  std::vector<PlannedRun> runs = control_runs(suite, options.seed);
  TestRuns tests(suite, options.seed, options.shard, false);
  while (auto run = tests.next()) {
    runs.push_back(*run);
    if (runs.size() > kListMax) {
      return usage_error(fmt::format("--list: found over {} runs, expected fewer", kListMax));
    }
  }
  if (!list_json_) {
    fmt::print("suite {}, seed {}{}\n", suite.name, options.seed,
               seed_ || suite.seed ? "" : " (drawn: pass it with --seed to run these)");
  }
  for (const auto& run : runs) {
    if (list_json_) {
      fmt::print("{}\n", to_json(run).dump());
    } else {
      fmt::print("{:<48} seed {:<12} {:<16} {}\n", run.id, run.seed, harness::name(run.of->purpose),
                 parameters_of(run.of->scenario).dump());
    }
  }
  return 0;
}

int SuiteCommand::merge(const Suite& suite) const {
  const auto shards = merge_ledgers(store_, suite.name, merge_);
  if (!shards) return usage_error(shards.error().message);
  auto ledger = read_ledger(ledger_of(store_));
  if (!ledger) return usage_error(ledger.error().message);
  std::vector<std::string> executions;
  for (const auto& shard : shards.value()) {
    executions.push_back(shard.execution);
    for (auto& execution : ledger.value().executions) {
      if (execution.id != shard.execution) continue;
      // So that commands in the report work where the shards' stores were unpacked.
      for (auto& run : execution.runs) run.path = (shard.store / run.path).string();
      for (auto& run : execution.lost) run.path = (shard.store / run.path).string();
    }
  }
  Assessment assessment = assess_suite(suite, ledger.value(), executions, store_, true);
  assessment.store.clear();
  return report_suite(assessment, reports_.resolve(store_, suite.name));
}

int SuiteCommand::execute(const Suite& suite, SuiteOptions& options) const {
  RateTester tester;
  RateRepeats repeats(tester);
  options.repeats = &repeats;
  if (auto known = check_only(suite); !known) return usage_error(known.error().message);
  const auto places = reports_.resolve(store_, only_.empty() ? suite.name : suite.name + "-only");
  auto engine = make_engine(
      {.store = options.store,
       .program = runner_.empty() ? binary_directory() / "capsize" : std::filesystem::path(runner_),
       .jobs = options.jobs,
       .keep = suite.keep});
  if (!engine) return harness_error(engine.error().message);
  base::Result<SuiteEnd> ended = base::Error{};
  {
    SuiteDisplay display(quiet_);
    SuiteReports reports(suite, options.store, places, display);
    ended = run_suite(suite, options, *engine.value(), reports);
  }
  if (!ended) return harness_error(ended.error().message);
  SuiteEnd& end = ended.value();
  const std::string id = end.execution.id;
  end.earlier.executions.push_back(std::move(end.execution));
  const int code = report_suite(assess_suite(suite, end.earlier, {id}, store_), places);
  return end.interrupted ? kInterruptedExit : code;
}

base::Status SuiteCommand::check_confirm() const {
  const char* with = shard_ ? "--shard" : !only_.empty() ? "--only" : "--merge";
  if (!confirm_ || (!shard_ && only_.empty() && merge_.empty())) return {};
  return base::Error{fmt::format(
      "--confirm: found with {}, expected without: it repeats what a whole night leaves open",
      with)};
}

base::Status SuiteCommand::check_only(const Suite& suite) const {
  if (only_.empty()) return {};
  const auto ledger = read_ledger(ledger_of(store_));
  if (!ledger) return ledger.error();
  const auto runs = runs_of_group(suite, ledger.value(), only_);
  return runs ? base::Status() : base::Error{"--only: " + runs.error().message};
}

}  // namespace capsize::harness
