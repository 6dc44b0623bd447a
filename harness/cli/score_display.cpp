#include "harness/cli/score_display.h"

#include <fmt/core.h>

#include "harness/report/terminal.h"
#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

std::string ended_line(const LedgerRun& run, const ScoreCell& cell, bool colours) {
  const Judgement judgement = judge_run(run, cell.info);
  const std::string word = word_of(run, cell);
  std::string line = fmt::format("{}  {:<44} seed {:<10} {:>6.1f} s",
                                 coloured(fmt::format("{:<17}", word), run.verdict, colours),
                                 run.id, run.seed, run.seconds);
  if (judgement.failure != nullptr) {
    line += "  " + report_of(*judgement.failure);
    if (const auto at = judgement.failure->at_ms) {
      line += fmt::format(" at {:.1f} s", static_cast<double>(*at) / 1e3);
    }
  } else if (!run.reason.empty()) {
    line += "  " + run.reason;
  }
  return line;
}

}  // namespace

std::string word_of(const LedgerRun& run, const ScoreCell& cell) {
  switch (judge_run(run, cell.info).what) {
    case Catch::kCaught:
      return cell.info == nullptr ? "false alarm" : "caught";
    case Catch::kMissed:
      return cell.info == nullptr ? "valid" : "missed";
    case Catch::kOtherwise:
      return "invalid otherwise";
    case Catch::kUncounted:
      break;
  }
  return std::string(checker::name(run.verdict));
}

ScoreDisplay::ScoreDisplay(const std::vector<ScoreCell>& cells, bool quiet)
    : cells_(cells), quiet_(quiet) {}

void ScoreDisplay::begun(const Execution& execution, const Ledger& earlier, bool /*resumed*/) {
  if (quiet_) return;
  std::size_t before = 0;
  for (const auto& each : earlier.executions) before += each.runs.size();
  const std::string budget =
      execution.budget_seconds ? ", for " + rounded_seconds(*execution.budget_seconds) : "";
  lines_.print(fmt::format("score: {} at a time{}, seed {}, revision {}; the ledger has {}",
                           counted(execution.jobs, "run"), budget, execution.seed,
                           execution.revision, counted(before, "run")));
}

void ScoreDisplay::note(const std::string& text) {
  lines_.clear();
  lines_.print("capsize: " + text);
}

void ScoreDisplay::finished(const Execution& execution) {
  if (quiet_) return;
  const LedgerRun& run = execution.runs.back();
  const ScoreCell* cell = find_cell(cells_, run.id);
  if (cell == nullptr) return;
  lines_.clear();
  const std::string line = ended_line(run, *cell, lines_.colours());
  lines_.print_fitted(line);
}

void ScoreDisplay::progress(const Execution& execution, const SuiteProgress& progress) {
  if (quiet_ || !lines_.terminal()) return;
  lines_.clear();
  lines_.draw(fmt::format("{} in {}{}", counted(execution.runs.size(), "run"),
                          rounded_seconds(progress.seconds),
                          progress.stopping ? "  (stopping)" : ""));
  for (const auto& run : progress.running) {
    lines_.draw(fmt::format("  {:<44} seed {:<10} {:>6.0f} s", run.id, run.seed, run.seconds));
  }
}

}  // namespace capsize::harness
