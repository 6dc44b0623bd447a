// capsize bisect: which revision brought a failure that appears in a share of the runs.
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <random>
#include <string>

#include "base/mismatch.h"
#include "base/units.h"
#include "harness/bisect/bisect_report.h"
#include "harness/bisect/bisect_runner.h"
#include "harness/bisect/group_cases.h"
#include "harness/cli/binaries.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/verb.h"
#include "harness/process/machine.h"
#include "harness/report/output_file.h"
#include "harness/store/run_directory.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite/run_process.h"
#include "harness/suite/suite_file.h"

namespace capsize::harness {
namespace {

constexpr std::uint64_t kBisectJobsMax = 1024;
constexpr std::uint64_t kBisectRunsMax = 100'000;
constexpr std::uint64_t kKeptBuildsMax = 4096;
constexpr std::size_t kNameBytesMax = 100;
/// A claim of half a chance is none; one of certainty is never reached.
constexpr double kConfidenceMin = 0.5;
constexpr double kConfidenceMax = 0.9999;

base::Status check_name(const std::string& name) {
  const bool usable =
      !name.empty() && name.size() <= kNameBytesMax && name.front() != '.' &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
          std::string::npos;
  if (usable) return {};
  return base::Error{
      "--name: " +
      base::mismatch(name, "letters, digits, '.', '_' and '-', not beginning with '.'")};
}

class BisectVerb final : public Verb {
 public:
  std::string_view name() const override { return "bisect"; }
  std::string_view summary() const override {
    return "Finds the revision that brought a failure which appears in a share of the runs";
  }
  std::string_view examples() const override {
    return "The failure is a group of the suite's ledger. Each revision is built in one working "
           "tree, and\n"
           "what --keep names is copied from it; runs start from the copy. An interrupted or "
           "killed\n"
           "bisection continues with the same command. Exit code 0: a culprit is claimed; 2: "
           "not.\n\n"
           "Examples:\n"
           "  capsize bisect --suite nightly.json --group 3f9a --build 'make -j4' v1.4..main\n"
           "  capsize bisect --suite nightly.json --group 3f9a --confidence 0.99 \\\n"
           "      --build 'scripts/build release capsize capsize-node capsize-proxy' v1.4..main\n";
  }

  void add_options(base::CommandLine& line) override {
    line.option("range", range_, "a revision without the failure, and one with it")
        .required()
        .type_name("GOOD..BAD");
    line.option("--group", group_, "signature of the failure, or its first four digits or more")
        .required()
        .type_name("SIGNATURE");
    line.option("--suite", suite_, "suite in whose ledger the failure is")
        .required()
        .type_name("SUITE.json");
    line.option("--build", build_, "builds a revision: `sh -c COMMAND` in the working tree")
        .required()
        .type_name("COMMAND");
    line.option("--keep", keep_, "what a run needs of a build: a directory of the working tree")
        .show_default()
        .type_name("DIR");
    line.option("--program", program_, "program in that directory that executes a run")
        .show_default();
    line.option("--repository", repository_, "git repository").show_default().type_name("DIR");
    line.option("--case", case_, "case to run [the one that failed most often]");
    line.option("--confidence", confidence_, "probability at which a culprit is claimed")
        .show_default();
    line.option("--background", background_, "share of runs that fail without the culprit")
        .show_default();
    line.option("--runs-max", runs_max_, "runs over all calls")
        .range(1, kBisectRunsMax)
        .show_default();
    line.option("--builds-max", builds_max_, "builds to keep on the disk at a time")
        .range(1, kKeptBuildsMax)
        .show_default();
    line.option("--build-limit", build_limit_, "a build that takes longer has failed")
        .show_default();
    line.option("--jobs", jobs_, "runs at a time [by cores and memory]").range(1, kBisectJobsMax);
    line.option("--seed", seed_, "seed from which the runs' seeds are drawn [drawn, and kept]");
    line.option("--name", name_, "directory below STORE/bisect [SIGNATURE-GOOD-BAD]");
    line.flag("--restart", restart_, "discard what an earlier call found");
    line.option("--store", store_, "directory of runs").show_default();
    line.option("--json", json_, "report as JSON").type_name("OUT.json");
    line.flag("--quiet", quiet_, "no progress on standard error");
  }

  int run() override {
    survive_closed_readers();
    if (auto checked = check(); !checked) return usage_error(checked.error().message);
    const auto file = suite_file(suite_);
    if (!std::filesystem::exists(file)) {
      return usage_error(
          base::mismatch(suite_, "a suite file, or a name that `capsize list suites` prints"));
    }
    const auto suite = read_suite(file, scenario_directories());
    if (!suite) return usage_error(suite.error().message);
    const auto ledger = read_ledger(ledger_of(store_));
    if (!ledger) return usage_error(ledger.error().message);
    const auto group = find_group_cases(suite.value(), ledger.value(), group_);
    if (!group) return usage_error("--group: " + group.error().message);
    const auto chosen = choose_case(group.value());
    if (!chosen) return usage_error("--case: " + chosen.error().message);

    SignalGuard signals;
    CommandRunner commands(signals);
    const auto repository = Repository::open(commands, repository_);
    if (!repository) return stopped(commands, "--repository: " + repository.error().message);
    auto revisions = repository.value().list(range_);
    if (!revisions) return stopped(commands, revisions.error().message);
    const auto options =
        options_for(suite.value(), group.value(), chosen.value(), std::move(revisions).value());
    print_beginning(options, group.value());
    const auto end = run_bisect(options, repository.value(), commands, signals,
                                [this](const std::string& text) { progress(text); });
    if (!end) return harness_error(end.error().message);
    return report(end.value());
  }

 private:
  [[nodiscard]] base::Status check() {
    if (store_.empty()) return base::Error{"--store: found '', expected a directory"};
    // A comparison with NaN is false.
    if (!(confidence_ >= kConfidenceMin && confidence_ <= kConfidenceMax)) {
      return base::Error{fmt::format("--confidence: found {}, expected a number from {} to {}",
                                     confidence_, kConfidenceMin, kConfidenceMax)};
    }
    if (!(background_ >= 1e-9 && background_ <= 0.5)) {
      return base::Error{
          fmt::format("--background: found {}, expected a number from 1e-9 to 0.5", background_)};
    }
    if (auto inside = check_inside(keep_); !inside) {
      return base::Error{"--keep: " + inside.error().message};
    }
    if (auto inside = check_inside(program_); !inside) {
      return base::Error{"--program: " + inside.error().message};
    }
    if (name_) {
      if (auto usable = check_name(*name_); !usable) return usable;
    }
    if (auto range = parse_range(range_); !range) return range.error();
    const auto limit = base::parse_duration(build_limit_);
    if (!limit) return base::Error{"--build-limit: " + limit.error().message};
    build_bound_ = std::chrono::ceil<std::chrono::seconds>(limit.value());
    if (build_bound_ < std::chrono::seconds(1)) {
      return base::Error{"--build-limit: " + base::mismatch(build_limit_, "at least 1s")};
    }
    return {};
  }

  [[nodiscard]] base::Result<GroupCase> choose_case(const GroupCases& group) const {
    if (case_.empty()) return group.cases.front();
    std::string names;
    for (const auto& each : group.cases) {
      if (each.of->scenario.name == case_) return each;
      names += (names.empty() ? "" : ", ") + each.of->scenario.name;
    }
    return base::Error{base::mismatch(case_, "a case in which the group was seen: " + names)};
  }

  [[nodiscard]] BisectOptions options_for(const Suite& suite, const GroupCases& group,
                                          const GroupCase& chosen, RevisionList revisions) const {
    const std::string name =
        name_.value_or(fmt::format("{}-{}-{}", group.signature, short_commit(revisions.good),
                                   short_commit(revisions.revisions.back().commit)));
    BisectQuestion question{.group = group.signature,
                            .suite = suite.name,
                            .suite_sum = suite.sum,
                            .case_name = chosen.of->scenario.name,
                            .good = revisions.good,
                            .commits = {},
                            .build = build_,
                            .keep = keep_,
                            .program = program_,
                            .seed = seed_.value_or(std::random_device{}()),
                            .background = background_};
    for (const auto& each : revisions.revisions) question.commits.push_back(each.commit);
    const Machine machine = this_machine();
    return {.directory = std::filesystem::absolute(store_).lexically_normal() / "bisect" / name,
            .question = std::move(question),
            .seed_is_given = seed_.has_value(),
            .revisions = std::move(revisions),
            .of = chosen.of,
            .deadline = suite.deadline.value_or(default_deadline(chosen.of->scenario)),
            .build_bound = build_bound_,
            .confidence = confidence_,
            .runs_max = runs_max_,
            .builds_max = builds_max_,
            .jobs = jobs_.value_or(recommended_jobs(machine.cores, machine.memory_bytes)),
            .restart = restart_};
  }

  void print_beginning(const BisectOptions& options, const GroupCases& group) const {
    std::string cases;
    for (const auto& each : group.cases) {
      cases += fmt::format("{}{} {} of {}", cases.empty() ? "" : ", ", each.of->scenario.name,
                           each.failed, each.runs);
    }
    progress(fmt::format("{} revisions, group {}, case {} (failed runs in the ledger: {})",
                         options.revisions.revisions.size(), group.signature,
                         options.of->scenario.name, cases));
  }

  void progress(const std::string& text) const {
    if (quiet_) return;
    fmt::print(stderr, "bisect: {}\n", text);
    std::fflush(stderr);
  }

  int report(const BisectEnd& end) const {
    fmt::print("{}", bisect_text(end));
    std::fflush(stdout);
    if (!json_.empty()) {
      const std::string text = bisect_json(end).dump(2) + "\n";
      const auto written = write_output(json_, [&](const Sink& sink) { sink(text); });
      if (!written) return harness_error(written.error().message);
    }
    if (end.interrupted) return kInterruptedExit;
    return checker::exit_code(end.why.empty() ? checker::Verdict::kValid
                                              : checker::Verdict::kUnknown);
  }

  /// The exit code after an error of git, which a signal may have ended.
  static int stopped(const CommandRunner& commands, const std::string& message) {
    return commands.interrupted() ? kInterruptedExit : usage_error(message);
  }

  static int harness_error(const std::string& message) {
    usage_error(message);
    return checker::exit_code(checker::Verdict::kHarnessError);
  }

  std::string range_;
  std::string group_;
  std::string suite_;
  std::string build_;
  std::string keep_ = "build/bin";
  std::string program_ = "capsize";
  std::string repository_ = ".";
  std::string case_;
  double confidence_ = 0.95;
  double background_ = 0.001;
  std::uint64_t runs_max_ = 500;
  std::uint64_t builds_max_ = 32;
  std::string build_limit_ = "1h";
  std::chrono::seconds build_bound_{0};
  std::optional<std::uint64_t> jobs_;
  std::optional<std::uint64_t> seed_;
  std::optional<std::string> name_;
  bool restart_ = false;
  std::string store_ = kStoreDefault;
  std::string json_;
  bool quiet_ = false;
};

const base::Registered<Verb, BisectVerb> registered;

}  // namespace
}  // namespace capsize::harness
