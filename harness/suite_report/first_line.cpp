#include "harness/suite_report/first_line.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "harness/suite_report/controls.h"
#include "harness/suite_report/rates.h"
#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

using checker::Verdict;

constexpr std::size_t kReasonBytesMax = 240;
constexpr std::size_t kNameBytesMax = 120;
constexpr std::size_t kReasonsShown = 3;

std::size_t count_of(const Assessment& assessment, Verdict verdict) {
  const auto found = assessment.verdicts.find(verdict);
  return found == assessment.verdicts.end() ? 0 : found->second;
}

/// Groups that count: in the reported runs, not muted. A failure that only runs with a harness
/// error recorded does not: such a run proves nothing about the system under test.
std::size_t groups_with(const Assessment& assessment, GroupStatus status) {
  return static_cast<std::size_t>(
      std::count_if(assessment.groups.begin(), assessment.groups.end(), [&](const Group& group) {
        return group.status == status && !group.mute && group.runs > group.beside_harness_error;
      }));
}

std::string extent(const Assessment& assessment) {
  return fmt::format("{}, {}", counted(assessment.runs, "run"),
                     rounded_seconds(assessment.seconds));
}

/// "1 new failure, 1 back again"; without known ones if there are others. Empty: no failure counts.
std::string failures_text(const Assessment& assessment) {
  const std::size_t fresh = groups_with(assessment, GroupStatus::kNew);
  const std::size_t back = groups_with(assessment, GroupStatus::kBack);
  const std::size_t known = groups_with(assessment, GroupStatus::kKnown);
  if (fresh > 0) {
    const std::string text = counted(fresh, "new failure");
    return back > 0 ? fmt::format("{}, {} back again", text, back) : text;
  }
  if (back > 0) return counted(back, "failure") + " back again";
  return known > 0 ? counted(known, "known failure") : "";
}

void add_expired_mutes(std::vector<Reason>& reasons, const Assessment& assessment) {
  if (assessment.mutes_expired.empty()) return;
  const Mute& first = assessment.mutes_expired.front();
  const std::size_t others = assessment.mutes_expired.size() - 1;
  reasons.push_back(
      {Verdict::kInvalid,
       fmt::format("the mute of {} expired on {} (owner: {}){}",
                   one_line(first.signature, kNameBytesMax), one_line(first.expires, kNameBytesMax),
                   one_line(first.owner, kNameBytesMax),
                   others == 0 ? "" : fmt::format(" and {}", counted(others, "other mute"))),
       false});
}

/// A mute covers a failure at the rate that is known.
void add_worse_mutes(std::vector<Reason>& reasons, const Assessment& assessment) {
  for (const Group& group : assessment.groups) {
    if (!group.mute || !group.rate || group.rate->verdict != RateVerdict::kWorse) continue;
    reasons.push_back({Verdict::kInvalid,
                       fmt::format("muted, but {} ({})", rate_sentence(*group.rate),
                                   one_line(group.title(), kNameBytesMax)),
                       false});
  }
}

void add_failures(std::vector<Reason>& reasons, const Assessment& assessment) {
  const std::string text = failures_text(assessment);
  if (text.empty()) return;
  reasons.push_back({Verdict::kInvalid, fmt::format("{} in {}", text, extent(assessment))});
}

void add_harness_errors(std::vector<Reason>& reasons, const Assessment& assessment) {
  const std::size_t count = count_of(assessment, Verdict::kHarnessError);
  if (count == 0 || assessment.harness_errors.empty()) return;
  const CauseGroup& most = assessment.harness_errors.front();
  const bool one = assessment.harness_errors.size() == 1;
  reasons.push_back(
      {Verdict::kHarnessError,
       fmt::format("{} of {} ended with a harness error, {}{}: {}", count,
                   counted(assessment.runs, "run"), one ? "" : "most often ",
                   one_line(most.cause, kNameBytesMax), one_line(most.reason, kReasonBytesMax))});
}

void add_undecided(std::vector<Reason>& reasons, const Assessment& assessment) {
  for (const Verdict verdict : {Verdict::kUsageError, Verdict::kUnknown, Verdict::kVacuous}) {
    const auto most =
        std::find_if(assessment.undecided.begin(), assessment.undecided.end(),
                     [&](const CauseGroup& group) { return group.verdict == verdict; });
    if (most == assessment.undecided.end()) continue;
    const std::size_t count = count_of(assessment, verdict);
    reasons.push_back(
        {verdict, fmt::format("{} of {} {} {}: {}", count, counted(assessment.runs, "run"),
                              count == 1 ? "is" : "are", checker::name(verdict),
                              one_line(most->reason, kReasonBytesMax))});
  }
}

std::string control_reason(const Control& control) {
  const std::string bug = one_line(control.bug, kNameBytesMax);
  if (control.healthy) {
    return fmt::format("the healthy run is not valid: {}",
                       one_line(control.found, kReasonBytesMax));
  }
  if (control.attempts.empty()) return fmt::format("the seeded bug {} was not tried", bug);
  if (control.verdict == Verdict::kHarnessError) {
    return fmt::format("the seeded bug {} could not be tried: {}", bug,
                       one_line(control.found, kReasonBytesMax));
  }
  return fmt::format("the seeded bug {} was not caught in {}; the last one: {}", bug,
                     counted(control.attempts.size(), "run"),
                     one_line(control.found, kReasonBytesMax));
}

void add_controls(std::vector<Reason>& reasons, const Assessment& assessment) {
  bool bug = false;
  bool healthy = false;
  for (const Control& control : assessment.controls) {
    (control.healthy ? healthy : bug) = true;
    if (assessment.is_running() && control.attempts.empty()) continue;
    if (!control.passed()) reasons.push_back({control.verdict, control_reason(control)});
  }
  if (assessment.is_partial() || assessment.is_running()) return;
  if (!bug) reasons.push_back({Verdict::kVacuous, "no control with a seeded bug ran", false});
  if (!healthy) reasons.push_back({Verdict::kVacuous, "no healthy control ran", false});
}

/// How many tests of the execution at this position ran.
std::size_t tests_of(const Assessment& assessment, std::size_t position) {
  return static_cast<std::size_t>(std::count_if(
      assessment.all_runs.begin(), assessment.all_runs.end(), [&](const ReportedRun& reported) {
        return reported.execution == position && reported.run.purpose == Purpose::kTest;
      }));
}

void add_extent(std::vector<Reason>& reasons, const Assessment& assessment) {
  if (assessment.runs == 0 && !assessment.is_running()) {
    reasons.push_back({Verdict::kVacuous, "no test ran", false});
  }
  for (const std::string& shard : assessment.missing_shards) {
    reasons.push_back({Verdict::kVacuous, fmt::format("shard {} is missing", shard), false});
  }
  for (std::size_t i = 0; i < assessment.executions.size(); ++i) {
    const Execution& execution = assessment.executions[i];
    if (execution.ended && execution.ended_early.empty()) continue;
    if (execution.early_cause == "stop-after") continue;  // the failures are a reason themselves
    const bool broken = !execution.early_cause.empty() && execution.early_cause != "interrupted";
    const std::size_t ran = tests_of(assessment, i);
    // Nothing is missing if everything that was planned ran, unless a budget promised more.
    if (!broken && ran >= execution.planned && !execution.budget_seconds) continue;
    if (execution.ended_early.empty()) {
      // Written while it runs, or after it was killed: true in both cases.
      reasons.push_back({Verdict::kVacuous,
                         fmt::format("not finished: {} of {} so far", ran,
                                     counted(execution.planned, "planned test")),
                         false});
      continue;
    }
    const std::string& why = execution.ended_early;
    reasons.push_back(
        {broken ? Verdict::kHarnessError : Verdict::kVacuous,
         fmt::format("cut short after {} of {}: {}", ran,
                     counted(execution.planned, "planned test"), one_line(why, kReasonBytesMax)),
         false});
  }
}

/// The reasons that decide the verdict.
std::string decisive_reasons(const Assessment& assessment) {
  std::string text;
  std::size_t shown = 0;
  std::size_t left_out = 0;
  for (const Reason& reason : assessment.reasons) {
    if (reason.verdict != assessment.verdict) continue;
    if (shown == kReasonsShown) {
      ++left_out;
      continue;
    }
    text += fmt::format("{}{}", text.empty() ? "" : "; ", reason.text);
    ++shown;
  }
  return left_out == 0 ? text : fmt::format("{}; {}", text, counted(left_out, "more reason"));
}

/// What the reasons do not say: "1 known", "2 muted in 5 runs", …
std::vector<std::string> notes_of(const Assessment& assessment) {
  std::vector<std::string> notes;
  const bool counts_failures = !failures_text(assessment).empty();
  if (!counts_failures || assessment.verdict != Verdict::kInvalid) {
    notes.push_back(extent(assessment));
  }
  const auto worse =
      std::count_if(assessment.groups.begin(), assessment.groups.end(), [](const Group& group) {
        return !group.mute && group.rate && group.rate->verdict == RateVerdict::kWorse;
      });
  if (worse > 0) notes.push_back(fmt::format("{} worse than before", worse));
  const std::size_t known = groups_with(assessment, GroupStatus::kKnown);
  const bool others = groups_with(assessment, GroupStatus::kNew) > 0 ||
                      groups_with(assessment, GroupStatus::kBack) > 0;
  if (known > 0 && others) notes.push_back(fmt::format("{} known", known));
  if (assessment.muted_runs > 0) {
    notes.push_back(counted(assessment.muted_runs, "muted run"));
  }
  std::map<std::string, std::size_t> causes;
  std::size_t errors = 0;
  for (const CauseGroup& group : assessment.harness_errors) {
    causes[one_line(group.cause, kNameBytesMax)] += group.runs;
    errors += group.runs;
  }
  if (errors > 0 && assessment.verdict != Verdict::kHarnessError) {
    notes.push_back(fmt::format("{} ({})", counted(errors, "harness error"), counts_text(causes)));
  }
  for (const Verdict verdict : {Verdict::kUsageError, Verdict::kUnknown, Verdict::kVacuous}) {
    const std::size_t count = count_of(assessment, verdict);
    if (count > 0 && assessment.verdict != verdict) {
      notes.push_back(fmt::format("{} {}", count, checker::name(verdict)));
    }
  }
  return notes;
}

std::vector<std::string> rare_notes_of(const Assessment& assessment) {
  std::vector<std::string> notes;
  const auto gone = std::count_if(
      assessment.groups.begin(), assessment.groups.end(),
      [](const Group& group) { return group.status == GroupStatus::kGone && group.cases_ran; });
  if (gone > 0) notes.push_back(fmt::format("{} gone", gone));
  const auto lost = std::count_if(assessment.lost.begin(), assessment.lost.end(),
                                  [](const ReportedLoss& loss) { return !loss.repeated; });
  if (lost > 0) notes.push_back(counted(static_cast<std::size_t>(lost), "lost run"));
  for (const Reason& reason : assessment.reasons) {
    if (reason.verdict != assessment.verdict && !reason.shown_by_runs) notes.push_back(reason.text);
  }
  if (const std::size_t idle = assessment.cases_without_run.size(); idle > 0) {
    notes.push_back(counted(idle, "case") + " without a run");
  }
  return notes;
}

std::string seeds_text(const Assessment& assessment) {
  std::set<std::uint64_t> seeds;
  for (const Execution& execution : assessment.executions) seeds.insert(execution.seed);
  std::string text = seeds.size() == 1 ? "seed" : "seeds";
  for (const std::uint64_t seed : seeds) text += fmt::format(" {}", seed);
  return text;
}

}  // namespace

std::vector<Reason> reasons_of(const Assessment& assessment) {
  std::vector<Reason> reasons;
  add_failures(reasons, assessment);
  add_expired_mutes(reasons, assessment);
  add_worse_mutes(reasons, assessment);
  add_harness_errors(reasons, assessment);
  add_extent(reasons, assessment);
  add_controls(reasons, assessment);
  add_undecided(reasons, assessment);
  std::stable_sort(reasons.begin(), reasons.end(), [](const Reason& a, const Reason& b) {
    return a.verdict != b.verdict && checker::worst_across_runs(a.verdict, b.verdict) == a.verdict;
  });
  return reasons;
}

std::string first_line_of(const Assessment& assessment) {
  std::string line = one_line(assessment.suite, kNameBytesMax);
  if (assessment.is_partial()) {
    line += fmt::format(" (only {})", one_line(assessment.executions.front().only, kNameBytesMax));
  }
  line += fmt::format(": {}", checker::name(assessment.verdict));
  std::string separator = ": ";
  const auto append = [&](const std::string& text) {
    if (text.empty()) return;
    line += separator + text;
    separator = "; ";
  };
  append(decisive_reasons(assessment));
  for (const auto& note : notes_of(assessment)) append(note);
  for (const auto& note : rare_notes_of(assessment)) append(note);
  if (!assessment.is_partial()) append("controls: " + controls_text(assessment.controls));
  if (!assessment.executions.empty()) append(seeds_text(assessment));
  return line;
}

}  // namespace capsize::harness
