#include "harness/suite_report/controls.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

using checker::Verdict;

constexpr std::size_t kFoundBytesMax = 300;

/// "stale read: read of r1 by process 7 returned 2489, …".
std::string failure_line(const LedgerRun& run) {
  const std::vector<RunFailure> failures = failures_of(run);
  if (failures.empty()) return one_line(run.reason, kFoundBytesMax);
  const RunFailure& main = failures.front();
  const std::string& what = main.title();
  if (main.sentence.starts_with(what)) return one_line(main.sentence, kFoundBytesMax);
  return one_line(fmt::format("{}: {}", what, main.sentence), kFoundBytesMax);
}

std::string why(const LedgerRun& run) {
  if (run.verdict == Verdict::kInvalid) return failure_line(run);
  const std::string cause = run.cause.empty() ? "" : run.cause + ": ";
  return one_line(cause + run.reason, kFoundBytesMax);
}

void judge_bug(Control& control) {
  std::size_t harness_errors = 0;
  for (const LedgerRun& run : control.attempts) {
    control.seconds += run.seconds;
    if (run.verdict == Verdict::kInvalid) {
      control.verdict = Verdict::kValid;
      control.found = failure_line(run);
      return;
    }
    if (run.verdict == Verdict::kHarnessError) ++harness_errors;
    control.found = fmt::format("{}: {}", checker::name(run.verdict), why(run));
    if (run.verdict == Verdict::kValid) control.found = "valid";
  }
  const bool broken = !control.attempts.empty() && harness_errors == control.attempts.size();
  control.verdict = broken ? Verdict::kHarnessError : Verdict::kVacuous;
}

/// What a run that is meant to be valid contributes to the suite. Without a valid run the machine
/// is not known to be healthy, so every verdict that proves no violation is vacuous.
Verdict contribution(const LedgerRun& run, const std::vector<Mute>& mutes) {
  switch (run.verdict) {
    case Verdict::kValid:
    case Verdict::kHarnessError:
    case Verdict::kUsageError:
      return run.verdict;
    case Verdict::kInvalid:
      return is_muted(run, mutes) ? Verdict::kVacuous : Verdict::kInvalid;
    case Verdict::kUnknown:
    case Verdict::kVacuous:
      return Verdict::kVacuous;
  }
  return Verdict::kVacuous;
}

void judge_healthy(Control& control, const std::vector<Mute>& mutes) {
  control.verdict = Verdict::kValid;
  control.found = "valid";
  for (const LedgerRun& run : control.attempts) {
    control.seconds += run.seconds;
    const Verdict verdict = contribution(run, mutes);
    if (checker::worst_across_runs(control.verdict, verdict) != control.verdict) {
      control.verdict = verdict;
      control.found = fmt::format("{}: {}", checker::name(run.verdict), why(run));
    }
  }
}

std::vector<Control> controls_of_one(const Execution& execution, const std::vector<Mute>& mutes) {
  std::vector<Control> controls;
  for (const LedgerRun& run : execution.runs) {
    if (run.purpose == Purpose::kTest) continue;
    const bool healthy = run.purpose == Purpose::kHealthyControl;
    auto control = std::find_if(controls.begin(), controls.end(), [&](const Control& other) {
      return other.healthy == healthy && other.bug == run.bug && other.case_name == run.case_name;
    });
    if (control == controls.end()) {
      controls.push_back({.healthy = healthy, .bug = run.bug, .case_name = run.case_name});
      control = controls.end() - 1;
      control->execution = execution.id;
    }
    control->attempts.push_back(run);
  }
  for (Control& control : controls) {
    control.healthy ? judge_healthy(control, mutes) : judge_bug(control);
  }
  // Which of them ended first is chance if several runs are executed at a time.
  std::sort(controls.begin(), controls.end(), [](const Control& a, const Control& b) {
    return a.healthy != b.healthy ? a.healthy : a.case_name < b.case_name;
  });
  return controls;
}

std::string what_of(const Control& control) {
  return control.healthy ? "healthy run" : one_line(control.bug, kFoundBytesMax);
}

/// "caught in 11 s", "missed in 3 runs", "valid".
std::string result_of(const Control& control) {
  if (control.attempts.empty()) return "not run";
  if (control.healthy) {
    return control.passed() ? "valid" : "not valid";
  }
  if (control.passed()) return "caught in " + rounded_seconds(control.seconds);
  const char* word = control.verdict == Verdict::kHarnessError ? "broken" : "missed";
  return fmt::format("{} in {}", word, counted(control.attempts.size(), "run"));
}

}  // namespace

bool is_muted(const LedgerRun& run, const std::vector<Mute>& mutes) {
  if (run.verdict != Verdict::kInvalid) return false;
  const std::vector<RunFailure> failures = failures_of(run);
  return std::all_of(failures.begin(), failures.end(), [&](const RunFailure& failure) {
    return find_mute(mutes, failure.signature) != nullptr;
  });
}

std::vector<Control> controls_of(const Night& reported, const std::vector<std::string>& bugs,
                                 const std::vector<Mute>& mutes) {
  std::vector<Control> all;
  for (const Execution* execution : reported.executions) {
    for (Control& control : controls_of_one(*execution, mutes)) all.push_back(std::move(control));
  }
  for (const std::string& bug : bugs) {
    const bool ran = std::any_of(all.begin(), all.end(), [&](const Control& control) {
      return !control.healthy && control.bug == bug;
    });
    if (!ran) all.push_back({.bug = bug, .found = "it did not run"});
  }
  return all;
}

std::string controls_text(const std::vector<Control>& controls) {
  // With shards a control ran several times: each result once, with its number.
  std::vector<std::pair<std::string, std::vector<const Control*>>> by_what;
  for (const Control& control : controls) {
    const std::string what = what_of(control);
    auto found = std::find_if(by_what.begin(), by_what.end(),
                              [&](const auto& entry) { return entry.first == what; });
    if (found == by_what.end()) found = by_what.insert(found, {what, {}});
    found->second.push_back(&control);
  }
  std::string text;
  for (const auto& [what, same] : by_what) {
    text += text.empty() ? "" : ", ";
    if (same.size() == 1) {
      text += fmt::format("{} {}", what, result_of(*same.front()));
      continue;
    }
    const auto passed = std::count_if(same.begin(), same.end(),
                                      [](const Control* control) { return control->passed(); });
    text += fmt::format("{} {} {} of {} times", what, same.front()->healthy ? "valid" : "caught",
                        passed, same.size());
  }
  return text.empty() ? "none" : text;
}

}  // namespace capsize::harness
