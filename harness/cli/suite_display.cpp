#include "harness/cli/suite_display.h"

#include <fmt/core.h>

#include <map>
#include <string>

#include "harness/report/terminal.h"
#include "harness/suite/retention.h"

namespace capsize::harness {
namespace {

std::string clock_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

/// "12 of 96 runs", "12 runs" if a budget decides how many there are.
std::string runs_text(const Execution& execution) {
  std::size_t tests = 0;
  for (const auto& run : execution.runs) tests += run.purpose == Purpose::kTest ? 1 : 0;
  if (execution.repeats_from) {
    return fmt::format("{} runs, {} of them repeats", tests,
                       execution.runs.size() - *execution.repeats_from);
  }
  if (execution.budget_seconds) return fmt::format("{} runs", tests);
  return fmt::format("{} of {} runs", tests, execution.planned);
}

std::string time_text(const Execution& execution, double seconds) {
  if (!execution.budget_seconds) return clock_text(seconds);
  return clock_text(seconds) + " of " + clock_text(*execution.budget_seconds);
}

std::string counts_text(const Execution& execution) {
  std::map<std::string_view, std::size_t> counts;
  for (const auto& run : execution.runs) {
    ++counts[run.purpose == Purpose::kTest ? checker::name(run.verdict) : "controls"];
  }
  std::string text;
  for (const auto& [what, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  }
  return text;
}

/// What a control shows instead of its verdict: an invalid run is what the control of a bug is for.
std::string word_of(const LedgerRun& run) {
  if (run.purpose == Purpose::kBugControl && has_passed(run)) return "caught";
  if (run.purpose == Purpose::kBugControl && run.verdict == checker::Verdict::kValid) {
    return "missed";
  }
  return std::string(checker::name(run.verdict));
}

std::string finished_line(const LedgerRun& run, bool colours) {
  const checker::Verdict colour = has_passed(run) ? checker::Verdict::kValid
                                  : run.verdict == checker::Verdict::kValid
                                      ? checker::Verdict::kVacuous
                                      : run.verdict;
  std::string line = fmt::format("{}  {:<40} seed {:<10} {:>6.1f} s  {} faults",
                                 coloured(fmt::format("{:<13}", word_of(run)), colour, colours),
                                 run.id, run.seed, run.seconds, run.faults);
  if (run.verdict != checker::Verdict::kValid && !run.reason.empty()) line += "  " + run.reason;
  return line;
}

}  // namespace

SuiteDisplay::SuiteDisplay(bool quiet) : quiet_(quiet) {}

void SuiteDisplay::begun(const Execution& execution, const Ledger& /*earlier*/, bool resumed) {
  if (quiet_) return;
  const std::string planned =
      execution.budget_seconds
          ? "as many runs as fit into " + clock_text(*execution.budget_seconds)
          : fmt::format("{} run{}", execution.planned, execution.planned == 1 ? "" : "s");
  const std::string resumed_text =
      resumed ? fmt::format("; resumed after {}", execution.runs.size()) : "";
  lines_.print(fmt::format(
      "suite {}, seed {}: {}{}, {} at a time{}", execution.suite, execution.seed, planned,
      execution.only.empty() ? " after the controls" : "", execution.jobs, resumed_text));
}

void SuiteDisplay::note(const std::string& text) {
  lines_.clear();
  lines_.print("capsize: " + text);
}

void SuiteDisplay::finished(const Execution& execution) {
  if (quiet_) return;
  const LedgerRun& run = execution.runs.back();
  if (lines_.terminal() && has_passed(run)) return;  // in the counts of the table
  lines_.clear();
  const std::string line = finished_line(run, lines_.colours());
  lines_.print_fitted(line);
}

void SuiteDisplay::progress(const Execution& execution, const SuiteProgress& progress) {
  if (quiet_ || !lines_.terminal()) return;
  lines_.clear();
  lines_.draw(fmt::format("{}  {}  {}{}", runs_text(execution),
                          time_text(execution, progress.seconds), counts_text(execution),
                          progress.stopping ? "  (stopping)" : ""));
  for (const auto& run : progress.running) {
    lines_.draw(fmt::format("  {:<40} seed {:<10} {:>6.0f} s", run.id, run.seed, run.seconds));
  }
}

}  // namespace capsize::harness
