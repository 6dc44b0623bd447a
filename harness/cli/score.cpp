// capsize score: which strategies catch which seeded bugs.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "base/mismatch.h"
#include "base/units.h"
#include "base/version.h"
#include "harness/cli/binaries.h"
#include "harness/cli/score_display.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/verb.h"
#include "harness/process/machine.h"
#include "harness/report/output_file.h"
#include "harness/report/results.h"
#include "harness/score/score_json.h"
#include "harness/score/score_report.h"
#include "harness/score/score_runner.h"
#include "harness/store/run_directory.h"
#include "harness/suite_report/texts.h"
#include "nemesis/plan/strategy.h"

namespace capsize::harness {
namespace {

constexpr std::uint64_t kScoreJobsMax = 1024;
constexpr std::uint64_t kRunsMax = 100'000;
constexpr std::size_t kPlanMax = 10'000;
constexpr const char* kBudgetDefault = "10m";
constexpr const char* kBugsDefault = "core";
constexpr const char* kStrategiesDefault = "directed,all,each";
constexpr std::size_t kCellsBytesMax = 84;  // so that the line has at most 100 columns

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream stream(list);
  for (std::string item; std::getline(stream, item, ',');) {
    if (!item.empty() && std::find(items.begin(), items.end(), item) == items.end()) {
      items.push_back(item);
    }
  }
  return items;
}

/// "directed,each" -> directed, and every strategy that is registered.
std::vector<std::string> parse_strategies(const std::string& list) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  };
  for (const auto& item : split(list)) {
    if (item != "each") {
      add(item);
      continue;
    }
    for (const auto& strategy : nemesis::Strategies::instance().all()) add(strategy->name());
  }
  return names;
}

/// "core", "all", or names; from the bugs that the node lists.
base::Result<std::vector<ScoredBug>> select_bugs(const std::string& list) {
  const auto known = seeded_bugs();
  if (!known) return known.error();
  const std::vector<std::string> names = split(list);
  std::vector<ScoredBug> bugs;
  std::string all;
  for (const auto& bug : known.value()) {
    all += ", " + bug.name;
    const bool wanted = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name == bug.name || name == "all" || (name == "core" && bug.core);
    });
    if (!wanted) continue;
    bugs.push_back({.name = bug.name,
                    .what = bug.summary,
                    .seen_in = bug.seen_in,
                    .topic = bug.topic,
                    .core = bug.core,
                    .reports = bug.reports});
  }
  for (const auto& name : names) {
    const bool found = name == "all" || name == "core" ||
                       std::any_of(bugs.begin(), bugs.end(),
                                   [&](const ScoredBug& bug) { return bug.name == name; });
    if (!found) return base::Error{base::mismatch(name, "core, all" + all)};
  }
  if (bugs.empty()) return base::Error{base::mismatch(list, "core, all" + all)};
  return bugs;
}

base::Result<std::optional<Scenario>> find_directed(const std::string& bug) {
  const std::filesystem::path name = std::filesystem::path("bugs") / (bug + ".json");
  for (const auto& directory : scenario_directories()) {
    std::error_code ignored;
    if (!std::filesystem::exists(directory / name, ignored)) continue;
    auto scenario = read_scenario(directory / name);
    if (!scenario) return scenario.error();
    return std::optional(std::move(scenario).value());
  }
  return std::optional<Scenario>();
}

/// The revision that the nodes were built from. Two builds of a modified tree have the same
/// revision, so the checksum of the node is added to it.
std::string node_revision() {
  const std::string revision(base::revision());
  if (!revision.ends_with("-modified") && revision != "unknown") return revision;
  const std::string sum = checksum(binary_directory() / "capsize-node-with-bugs");
  return revision + "-" + sum.substr(sum.find(':') + 1);
}

/// What this call added, by what the runs say and by cell.
std::string added_text(const std::vector<ScoreCell>& cells, const Ledger& ledger) {
  const Execution& execution = ledger.executions.back();
  std::size_t before = 0;
  for (const auto& each : ledger.executions) before += each.runs.size();
  before -= execution.runs.size();
  std::map<std::string, std::size_t> words;
  std::map<std::string, std::size_t> by_cell;
  for (const auto& run : execution.runs) {
    const ScoreCell* cell = find_cell(cells, run.id);
    if (cell == nullptr) continue;
    ++words[word_of(run, *cell)];
    ++by_cell[cell->id()];
  }
  std::string text =
      fmt::format("added: {} in {} to {} of the ledger, none repeated{}{}\n",
                  counted(execution.runs.size(), "run"), rounded_seconds(execution.seconds), before,
                  words.empty() ? "" : ": ", counts_text(words));
  if (!by_cell.empty()) {
    text += fmt::format("in {}: {}\n", counted(by_cell.size(), "cell"),
                        one_line(counts_text(by_cell), kCellsBytesMax));
  }
  if (!execution.ended_early.empty()) text += "ended early: " + execution.ended_early + "\n";
  return text;
}

base::Status write_text(const std::string& path, const std::string& text) {
  return write_output(path, [&](const Sink& sink) { sink(text); });
}

class ScoreVerb final : public Verb {
 public:
  std::string_view name() const override { return "score"; }
  std::string_view summary() const override {
    return "Measures which strategies catch which seeded bugs";
  }
  std::string_view examples() const override {
    return "Strategies: directed (the bug's own scenario), the mixtures default and all, each (all "
           "strategies\nthat `capsize list nemeses` prints), or names. Each call first runs the "
           "directed cells, then the\nmixtures, then narrows the widest intervals. Each finished "
           "run is a line of the ledger, so the\nnext call continues, whatever ended this one.\n\n"
           "Examples:\n"
           "  capsize score --budget 20m                     the core bugs; again: continues\n"
           "  capsize score --bugs all --strategies directed --runs 3\n"
           "  capsize score --bugs no-dedup --strategies directed,kill,all\n"
           "  capsize score --dry-run                        what would run\n"
           "  capsize score --report --markdown score.md --json score.json\n"
           "  capsize score --baseline score.json            exit code 1 if a bug is no longer "
           "caught\n"
           "  capsize score --from score.json --update README.md   the table of the track record\n"
           "Exit codes: 0 done, 1 a bug of the baseline is no longer caught or a false alarm of "
           "the clean\nnode, 2 too few runs to compare with the baseline, 130 interrupted.\n";
  }

  void add_options(base::CommandLine& line) override {
    line.option("--bugs", bugs_,
                "core, all, or names of capsize list bugs [core, or the baseline's]")
        .type_name("NAMES");
    line.option("--strategies", strategies_,
                "directed, default, all, each, or names [directed,all,each, or the baseline's]")
        .type_name("NAMES");
    line.option("--budget", budget_, "run for this long: 20m, 2h [10m, unless --runs is given]")
        .type_name("DURATION");
    line.option("--runs", runs_, "this many runs of each cell, and stop").range(1, kRunsMax);
    line.option("--jobs", jobs_, "runs at a time [by cores and memory]").range(1, kScoreJobsMax);
    line.option("--time-limit", time_limit_, "load of a run that is not directed")
        .type_name("DURATION")
        .show_default();
    line.option("--baseline", baseline_, "compare with this score; runs what that needs first")
        .type_name("SCORE.json");
    line.option("--seed", seed_, "seed of order and runs [that of the ledger, or drawn]");
    line.option("--store", store_, "directory of runs").show_default();
    line.option("--ledger", ledger_, "ledger of the runs [STORE/score.jsonl]").type_name("FILE");
    line.option("--revision", revision_, "revision of the nodes, whose runs count [of this build]");
    line.flag("--all-revisions", all_revisions_, "count the runs of other revisions, too");
    line.option("--runner", runner_,
                "program that executes a run, called as `capsize run` is [capsize]")
        .type_name("PROGRAM");
    line.flag("--dry-run", dry_run_, "print the runs of the plan, and run nothing");
    line.flag("--report", report_, "report on the ledger, and run nothing");
    line.option("--from", from_, "report on this score, and run nothing").type_name("SCORE.json");
    line.option("--markdown", markdown_, "the matrix as Markdown").type_name("OUT.md");
    line.option("--json", json_, "the matrix as JSON").type_name("OUT.json");
    line.flag("--table", table_, "print the table of the track record instead of the matrix");
    line.option("--update", update_, "replace the track record between its markers in this file")
        .type_name("FILE.md");
    line.flag("--quiet", quiet_, "no progress on standard error");
  }

  int run() override {
    survive_closed_readers();
    if (!baseline_.empty()) {
      auto then = read_matrix(baseline_);
      if (!then) return usage_error("--baseline: " + then.error().message);
      then_ = std::move(then).value();
    }
    if (!from_.empty()) return publish_file();
    if (store_.empty()) return usage_error("--store: found '', expected a directory");
    const auto bugs = chosen_bugs();
    if (!bugs) return usage_error("--bugs: " + bugs.error().message);
    const auto limit = base::parse_duration(time_limit_);
    if (!limit) return usage_error("--time-limit: " + limit.error().message);
    const auto names = strategies_ || !then_
                           ? parse_strategies(strategies_.value_or(kStrategiesDefault))
                           : then_->strategies;
    if (names.empty()) return usage_error("--strategies: found no strategy, expected some");
    const auto cells = plan_cells(bugs.value(), names, limit.value(), find_directed);
    if (!cells) return usage_error(cells.error().message);
    auto options = resolve(bugs.value(), names);
    if (!options) return usage_error(options.error().message);
    return execute(cells.value(), options.value());
  }

 private:
  /// Those of --bugs, those of the baseline that still exist, or the core.
  [[nodiscard]] base::Result<std::vector<ScoredBug>> chosen_bugs() const {
    if (bugs_ || !then_) return select_bugs(bugs_.value_or(kBugsDefault));
    auto all = select_bugs("all");
    if (!all) return all;
    std::vector<ScoredBug> bugs;
    for (const auto& before : then_->bugs) {
      const auto now = std::find_if(all.value().begin(), all.value().end(),
                                    [&](const ScoredBug& bug) { return bug.name == before.name; });
      if (now != all.value().end()) {
        bugs.push_back(*now);
      } else {
        fmt::print(stderr,
                   "capsize: {}: its bug {} is not compared: the node has none of that name\n",
                   baseline_, base::excerpt(before.name));
      }
    }
    if (bugs.empty()) return base::Error{"found no bug in the baseline, expected some"};
    return bugs;
  }

  base::Result<ScoreOptions> resolve(const std::vector<ScoredBug>& bugs,
                                     const std::vector<std::string>& strategies) const {
    ScoreOptions options{.store = store_,
                         .ledger = std::filesystem::path(store_) / "score.jsonl",
                         .program = binary_directory() / "capsize",
                         .budget = {},
                         .queue = {}};
    if (!ledger_.empty()) options.ledger = ledger_;
    if (!runner_.empty()) options.program = runner_;
    const Machine machine = this_machine();
    options.jobs = jobs_.value_or(recommended_jobs(machine.cores, machine.memory_bytes));
    QueueOptions& queue = options.queue;
    queue.extent.runs = runs_;
    queue.revision = revision_.empty() ? node_revision() : revision_;
    queue.all_revisions = all_revisions_;
    queue.baseline = compared_cells(bugs, strategies);
    queue.extent.only_baseline = then_ && !runs_ && !budget_;
    if (budget_ || (!runs_ && !then_)) {
      const auto budget = base::parse_duration(budget_.value_or(kBudgetDefault));
      if (!budget) return base::Error{"--budget: " + budget.error().message};
      options.budget = budget.value();
    }
    const auto ledger = read_ledger(options.ledger);
    if (!ledger) return ledger.error();
    queue.seed = seed_ ? *seed_ : score_seed(ledger.value()).value_or(std::random_device{}());
    return options;
  }

  /// The cells of --baseline that may be compared; none without it.
  [[nodiscard]] std::vector<BaselineCell> compared_cells(
      const std::vector<ScoredBug>& bugs, const std::vector<std::string>& strategies) const {
    if (!then_) return {};
    std::vector<std::string> names;
    for (const auto& bug : bugs) names.push_back(bug.name);
    return baseline_cells(*then_, names, strategies);
  }

  /// --from: compares and publishes a score that was published before.
  [[nodiscard]] int publish_file() const {
    const auto matrix = read_matrix(from_);
    if (!matrix) return usage_error("--from: " + matrix.error().message);
    return publish(matrix.value(), compared_cells(matrix.value().bugs, matrix.value().strategies));
  }

  int execute(const std::vector<ScoreCell>& cells, const ScoreOptions& options) const {
    if (dry_run_) return print_plan(cells, options);
    ScoreEnd end;
    if (report_) {
      auto ledger = read_ledger(options.ledger);
      if (!ledger) return usage_error(ledger.error().message);
      end.ledger = std::move(ledger).value();
    } else {
      ScoreDisplay display(cells, quiet_);
      auto ended = run_score(cells, options, display);
      if (!ended) return harness_error(ended.error().message);
      end = std::move(ended).value();
    }
    const Matrix matrix =
        fill_matrix(cells, end.ledger, options.queue.revision, options.queue.all_revisions);
    const std::string added = report_ ? "" : added_text(cells, end.ledger);
    const int published = publish(matrix, options.queue.baseline, added);
    const bool broken = !report_ && end.ledger.executions.back().early_cause != "interrupted" &&
                        !end.ledger.executions.back().ended_early.empty();
    if (end.interrupted) return kInterruptedExit;
    if (published == 0 && broken) return checker::exit_code(checker::Verdict::kHarnessError);
    return published;
  }

  /// The exit code that the matrix deserves.
  static int judge(const Matrix& matrix, const Comparison& comparison) {
    const bool failed = !comparison.regressions.empty() || matrix.clean().caught > 0;
    if (failed) return checker::exit_code(checker::Verdict::kInvalid);
    return comparison.undecided.empty() ? 0 : checker::exit_code(checker::Verdict::kUnknown);
  }

  int print_plan(const std::vector<ScoreCell>& cells, const ScoreOptions& options) const {
    const auto ledger = read_ledger(options.ledger);
    if (!ledger) return usage_error(ledger.error().message);
    std::optional<double> budget_s;
    if (options.budget) {
      budget_s = std::chrono::duration<double>(*options.budget).count() *
                 static_cast<double>(options.jobs);
    }
    const auto runs = plan_score(cells, options.queue, ledger.value(), budget_s, kPlanMax);
    fmt::print(
        "{} of {}, seed {}{}\n", counted(runs.size(), "run"), counted(cells.size(), "cell"),
        options.queue.seed,
        seed_ || score_seed(ledger.value()) ? "" : " (drawn: pass it with --seed to run these)");
    for (const auto& run : runs) {
      fmt::print("{:<48} seed {:<12} {}\n", run.id, run.seed,
                 parameters_of(run.of->scenario).dump());
    }
    for (const auto& cell : cells) {
      if (!cell.impossible.empty()) fmt::print("{}: no run: {}\n", cell.id(), cell.impossible);
    }
    return 0;
  }

  /// Writes and prints the matrix in the forms that were asked for, and what this call added.
  /// Returns the exit code.
  [[nodiscard]] int publish(const Matrix& matrix, const std::vector<BaselineCell>& baseline,
                            const std::string& added = {}) const {
    const Comparison comparison = compare(baseline, matrix);
    base::Status written;
    if (!json_.empty()) written = write_text(json_, json_text(matrix));
    if (written && !markdown_.empty()) written = write_text(markdown_, score_markdown(matrix));
    if (written && !update_.empty()) written = update(matrix);
    fmt::print("{}", table_ ? track_record(matrix) : score_text(matrix));
    if (!added.empty()) fmt::print("\n{}", added);
    if (then_) fmt::print("\n{}", comparison_text(comparison));
    std::fflush(stdout);
    return written ? judge(matrix, comparison) : harness_error(written.error().message);
  }

  [[nodiscard]] base::Status update(const Matrix& matrix) const {
    std::ifstream file(update_, std::ios::binary);
    if (!file) return base::Error{"--update: " + update_ + ": cannot be read"};
    std::ostringstream text;
    text << file.rdbuf();
    const auto updated = with_track_record(text.str(), matrix);
    if (!updated) return base::Error{"--update: " + update_ + ": " + updated.error().message};
    return write_text(update_, updated.value());
  }

  static int harness_error(const std::string& message) {
    usage_error(message);
    return checker::exit_code(checker::Verdict::kHarnessError);
  }

  std::optional<std::string> bugs_;
  std::optional<std::string> strategies_;
  std::optional<std::string> budget_;
  std::optional<std::uint64_t> runs_;
  std::optional<std::uint64_t> jobs_;
  std::string time_limit_ = "20s";
  std::string baseline_;
  std::optional<Matrix> then_;  // the baseline
  std::optional<std::uint64_t> seed_;
  std::string store_ = kStoreDefault;
  std::string ledger_;
  std::string revision_;
  bool all_revisions_ = false;
  std::string runner_;
  bool dry_run_ = false;
  bool report_ = false;
  std::string from_;
  std::string markdown_;
  std::string json_;
  bool table_ = false;
  std::string update_;
  bool quiet_ = false;
};

const base::Registered<Verb, ScoreVerb> registered;

}  // namespace
}  // namespace capsize::harness
