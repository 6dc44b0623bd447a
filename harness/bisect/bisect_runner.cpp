#include "harness/bisect/bisect_runner.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/mismatch.h"
#include "base/prng.h"
#include "harness/bisect/bisect_report.h"
#include "harness/store/run_directory.h"
#include "harness/suite/adopt.h"
#include "harness/suite/retention.h"
#include "harness/suite/run_process.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kBisectStep = 10ms;
/// The processes of a build that was killed with its bisection hold the lock until they have ended.
constexpr std::chrono::milliseconds kBisectLockBound = 5s;
constexpr std::uintmax_t kBisectFreeBytesMin = std::uintmax_t{256} << 20U;
constexpr std::uint64_t kSeedBound = 1'000'000'000;
/// Runs that did not pass and keep all their files; of the others the evidence stays.
constexpr std::uint64_t kWholeRunsMax = 20;
/// Before anything was measured. Only their ratio to the real figures matters, and only until then.
constexpr double kBuildSecondsGuess = 60;
constexpr double kChecksSecondsGuess = 3;

class BisectRunner {
 public:
  BisectRunner(const BisectOptions& options, const Repository& repository, CommandRunner& commands,
               SignalGuard& signals, const BisectNote& note, BisectLog log)
      : options_(options),
        commands_(commands),
        signals_(signals),
        note_(note),
        log_(std::move(log)),
        builds_(repository, commands,
                {.directory = options.directory,
                 .command = options.question.build,
                 .keep = options.question.keep,
                 .program = options.question.program,
                 .bound = options.build_bound}),
        search_(options.revisions.revisions.size(),
                {.background = options.question.background, .confidence = options.confidence}) {}

  base::Result<BisectEnd> run(bool resumed) {
    if (resumed) {
      if (auto settled = settle_open(); !settled) return settled.error();
    }
    restore();
    const base::Status done = search();
    if (auto paused = log_.pause(); done && !paused) return paused.error();
    if (!done) return done.error();
    if (decision_.step == Search::Step::kClaim) builds_.remove_tree();
    return BisectEnd{.revisions = options_.revisions,
                     .state = log_.state(),
                     .search = search_,
                     .decision = decision_,
                     .why = why_,
                     .directory = options_.directory,
                     .interrupted = interrupted()};
  }

 private:
  // Continuing.

  /// The runs that had begun when the last call was killed: with results they are finished, without
  /// they are lost, and others take their place.
  base::Status settle_open() {
    const auto open = log_.state().open;
    for (const auto& [number, run] : open) {
      const LostRun lost{.id = id_of(number), .seed = run.seed, .path = run.path};
      const auto adopted = adopt(planned(run), lost, options_.directory);
      const base::Status written = adopted ? log_.finish(classify(run, *adopted)) : log_.lose(run);
      if (!written) return written;
    }
    return {};
  }

  void restore() {
    for (const BisectRun& run : log_.state().runs) add(run);
    for (const auto& [revision, skipped] : log_.state().skipped) search_.skip(revision);
    for (std::size_t i = 0; i < search_.states().size(); ++i) {
      search_.set_built(i, builds_.has(commit(i)));
    }
  }

  void add(const BisectRun& run) {
    if (run.outcome == RunOutcome::kNothing) return;
    search_.add(run.revision, run.outcome == RunOutcome::kFailed);
  }

  // The search.

  base::Status search() {
    while (true) {
      const Posterior posterior = search_.posterior();
      decision_ = search_.decide(posterior, costs());
      if (decision_.step == Search::Step::kClaim) return {};
      if (decision_.step == Search::Step::kStuck) {
        why_ = "no revision that can be tested says more";
        return {};
      }
      if (log_.state().runs.size() >= options_.runs_max) {
        why_ = fmt::format("{} runs were not enough (--runs-max)", log_.state().runs.size());
        return {};
      }
      if (interrupted()) {
        why_ = "interrupted; the same command continues";
        return {};
      }
      const base::Status done = step(decision_.revision, posterior);
      if (!done) return done;
    }
  }

  base::Status step(std::size_t revision, const Posterior& posterior) {
    std::error_code ignored;
    if (fs::space(options_.directory, ignored).available < kBisectFreeBytesMin) {
      return base::Error{
          fmt::format("less than 256 MiB are free for {}", options_.directory.string())};
    }
    if (!search_.states()[revision].built) {
      make_room(posterior);
      return build(revision);
    }
    return run_batch(revision);
  }

  base::Status build(std::size_t revision) {
    note_(fmt::format("building {}", shown(revision)));
    const auto built = builds_.build(commit(revision));
    if (interrupted()) return {};
    if (!built) return built.error();
    const double seconds = built.value().seconds;
    if (built.value().ok) {
      search_.set_built(revision, true);
      return log_.built(revision, seconds);
    }
    note_(fmt::format("skipped {}: build: {}", shown(revision), built.value().reason));
    search_.skip(revision);
    return log_.skip(revision, {SkipCause::kBuild, built.value().reason}, seconds);
  }

  /// Removes the kept builds from whose revisions least is to be learned.
  void make_room(const Posterior& posterior) {
    const std::vector<double> information = expected_information(posterior, 1);
    while (true) {
      std::uint64_t kept = 0;
      std::optional<std::size_t> least;
      for (std::size_t i = 0; i < information.size(); ++i) {
        if (!search_.states()[i].built) continue;
        ++kept;
        if (!least || information[i] < information[*least]) least = i;
      }
      if (kept < options_.builds_max || !least) return;
      builds_.remove(commit(*least));
      search_.set_built(*least, false);
    }
  }

  [[nodiscard]] RevisionCosts costs() const {
    const BisectState& state = log_.state();
    double seconds = 0;
    std::size_t counted = 0;
    for (const BisectRun& run : state.runs) {
      if (run.outcome == RunOutcome::kNothing || run.seconds <= 0) continue;
      seconds += run.seconds;
      ++counted;
    }
    const double guess = std::chrono::duration<double>(options_.of->scenario.time_limit).count() +
                         kChecksSecondsGuess;
    const auto builds = static_cast<double>(state.builds + state.builds_failed);
    return {.run = counted > 0 ? seconds / static_cast<double>(counted) : guess,
            .build = builds > 0 ? state.build_seconds / builds : kBuildSecondsGuess,
            .jobs = options_.jobs};
  }

  // Runs.

  base::Status run_batch(std::size_t revision) {
    if (revision != batch_revision_) without_evidence_ = 0;
    batch_revision_ = revision;
    const std::uint64_t count =
        std::min(options_.jobs, options_.runs_max - log_.state().runs.size());
    std::vector<std::pair<BegunBisectRun, RunProcess>> running;
    for (std::uint64_t i = 0; i < count; ++i) {
      auto begun = begin_run(revision);
      if (!begun) return begun.error();
      auto process = RunProcess::start(planned(begun.value()), place(begun.value()));
      if (process) {
        running.emplace_back(begun.value(), std::move(process).value());
        continue;
      }
      const LedgerRun broken =
          without_result(planned(begun.value()), "start", process.error().message);
      if (auto recorded = record(begun.value(), broken); !recorded) return recorded;
    }
    while (!running.empty()) {
      if (signals_.wait(kBisectStep)) {
        const bool again = interrupted();
        commands_.note_interruption();
        for (auto& [begun, process] : running) again ? process.kill() : process.interrupt();
      }
      for (std::size_t i = 0; i < running.size();) {
        const auto end = running[i].second.poll();
        if (!end) {
          ++i;
          continue;
        }
        const BegunBisectRun begun = running[i].first;
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
        const base::Status written = end->interrupted ? log_.lose(begun) : record(begun, end->run);
        if (!written) return written;
      }
    }
    if (interrupted()) return {};
    return after_batch(revision);
  }

  base::Result<BegunBisectRun> begin_run(std::size_t revision) {
    const std::uint64_t number = log_.state().next_number;
    const std::uint64_t seed =
        base::Prng::stream(log_.state().question.seed, "bisect", number).below(kSeedBound);
    const auto created =
        RunDirectory::create(options_.directory / "runs", options_.of->scenario.name, seed, false);
    if (const auto* failed = std::get_if<InfrastructureCause>(&created)) {
      return base::Error{failed->text};
    }
    const fs::path& directory = std::get<RunDirectory>(created).path();
    BegunBisectRun begun{.number = number,
                         .revision = revision,
                         .seed = seed,
                         .path = directory.lexically_relative(options_.directory).string()};
    if (auto written = log_.start(begun); !written) return written.error();
    return begun;
  }

  [[nodiscard]] RunPlace place(const BegunBisectRun& run) const {
    return {.program = builds_.program(commit(run.revision)),
            .store = options_.directory / "runs",
            .directory = options_.directory / run.path,
            .path = run.path,
            .deadline = options_.deadline};
  }

  [[nodiscard]] PlannedRun planned(const BegunBisectRun& run) const {
    return {options_.of, id_of(run.number), run.seed};
  }

  [[nodiscard]] std::string id_of(std::uint64_t number) const {
    return fmt::format("{}/{}", options_.of->scenario.name, number);
  }

  [[nodiscard]] BisectRun classify(const BegunBisectRun& begun, const LedgerRun& run) const {
    BisectRun classified(begun);
    classified.verdict = checker::name(run.verdict);
    classified.reason = run.reason;
    classified.seconds = run.seconds;
    bool failed = false;
    for (const auto& failure : run.failures) {
      if (failure.signature == options_.question.group) {
        failed = true;
      } else {
        classified.others.push_back(failure.signature);
      }
    }
    // A failure that was recorded is one, even if a harness error ended the run.
    classified.outcome = failed                                      ? RunOutcome::kFailed
                         : run.verdict == checker::Verdict::kValid   ? RunOutcome::kPassed
                         : run.verdict == checker::Verdict::kInvalid ? RunOutcome::kOther
                                                                     : RunOutcome::kNothing;
    return classified;
  }

  base::Status record(const BegunBisectRun& begun, const LedgerRun& ended) {
    const BisectRun run = classify(begun, ended);
    if (auto written = log_.finish(run); !written) return written;
    add(run);
    const bool nothing = run.outcome == RunOutcome::kNothing;
    without_evidence_ = nothing ? without_evidence_ + 1 : 0;
    const bool broke = nothing && ended.verdict == checker::Verdict::kHarnessError;
    harness_errors_ = broke ? harness_errors_ + 1 : 0;
    last_reason_ = fmt::format("{}: {}", run.verdict, run.reason);
    if (run.outcome == RunOutcome::kPassed || ++whole_runs_ > kWholeRunsMax) {
      reduce_to_evidence(options_.directory, run.path);
    }
    note_(fmt::format(
        "run {}: {} {}; {}", run.number, shown(run.revision),
        nothing ? "gave no evidence (" + last_reason_ + ")" : run_outcome_text(run.outcome),
        leading_text(search_, options_.revisions)));
    return {};
  }

  base::Status after_batch(std::size_t revision) {
    if (harness_errors_ >= kBisectHarnessErrorsMax) {
      return base::Error{fmt::format("{} runs in a row gave no evidence, the last: {}",
                                     harness_errors_, last_reason_)};
    }
    if (without_evidence_ < kRunsWithoutEvidenceMax) return {};
    without_evidence_ = 0;
    const std::string reason = fmt::format("{} runs in a row gave no evidence, the last: {}",
                                           kRunsWithoutEvidenceMax, last_reason_);
    note_(fmt::format("skipped {}: {}", shown(revision), reason));
    search_.skip(revision);
    return log_.skip(revision, {SkipCause::kRuns, reason}, 0);
  }

  // What the members say.

  [[nodiscard]] const std::string& commit(std::size_t revision) const {
    return options_.revisions.revisions.at(revision).commit;
  }
  [[nodiscard]] std::string shown(std::size_t revision) const {
    return fmt::format("{} ({} of {})", short_commit(commit(revision)), revision + 1,
                       options_.revisions.revisions.size());
  }
  [[nodiscard]] bool interrupted() const { return commands_.interrupted(); }

  const BisectOptions& options_;
  CommandRunner& commands_;
  SignalGuard& signals_;
  const BisectNote& note_;
  BisectLog log_;
  Builds builds_;
  Search search_;
  Search::Decision decision_;
  std::string why_;
  std::string last_reason_;
  std::size_t batch_revision_ = 0;
  std::uint64_t without_evidence_ = 0;  // runs in a row of that revision
  std::uint64_t harness_errors_ = 0;    // runs in a row
  std::uint64_t whole_runs_ = 0;
};

/// Whether the log answers the question of this call. Error: another one.
base::Status check_question(const BisectState& state, const BisectOptions& options,
                            const fs::path& log) {
  BisectQuestion asked = options.question;
  if (!options.seed_is_given) asked.seed = state.question.seed;
  const std::string key = difference(state.question, asked);
  if (key.empty()) return {};
  return base::Error{fmt::format(
      "{}: key '{}' differs from this command: --restart begins anew, --name keeps both",
      log.string(), key)};
}

}  // namespace

base::Result<BisectEnd> run_bisect(const BisectOptions& options, const Repository& repository,
                                   CommandRunner& commands, SignalGuard& signals,
                                   const BisectNote& note) {
  const fs::path path = options.directory / "log.jsonl";
  auto file = LineLog::open(path, "another process bisects here", kBisectLockBound);
  if (!file) return file.error();
  commands.hold(file.value().descriptor());
  std::optional<BisectState> state;
  if (!options.restart) {
    auto read = read_bisect_log(path);
    if (!read) return read.error();
    state = std::move(read).value();
  }
  if (state) {
    if (auto same = check_question(*state, options, path); !same) return same.error();
    note(fmt::format("continuing after {} runs", state->runs.size()));
    BisectLog log(std::move(file).value(), *std::move(state));
    if (auto written = log.resume(); !written) return written.error();
    return BisectRunner(options, repository, commands, signals, note, std::move(log)).run(true);
  }
  // Builds and runs of another question would be taken for answers to this one.
  std::error_code error;
  for (const char* folder : {"builds", "build-logs", "runs"}) {
    fs::remove_all(options.directory / folder, error);
    if (error) return base::Error{options.directory.string() + ": " + error.message()};
  }
  BisectLog log(std::move(file).value(), {});
  if (auto written = log.begin(options.question); !written) return written.error();
  return BisectRunner(options, repository, commands, signals, note, std::move(log)).run(false);
}

}  // namespace capsize::harness
