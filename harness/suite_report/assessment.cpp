#include "harness/suite_report/assessment.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "harness/suite_report/controls.h"
#include "harness/suite_report/first_line.h"
#include "harness/suite_report/grouping.h"
#include "harness/suite_report/rate_tester.h"
#include "harness/suite_report/rates.h"

namespace capsize::harness {
namespace {

using checker::Verdict;

/// The mute of the main failure, if the run is muted.
std::optional<Mute> mute_of(const LedgerRun& run, const std::vector<Mute>& mutes) {
  if (!is_muted(run, mutes)) return std::nullopt;
  return *find_mute(mutes, run.failures.front().signature);
}

void count(Assessment& assessment, const ReportedRun& reported) {
  const LedgerRun& run = reported.run;
  CaseCounts& of_case = assessment.cases[run.case_name];
  ++assessment.runs;
  ++of_case.runs;
  of_case.seconds += run.seconds;
  if (reported.mute) {
    ++assessment.muted_runs;
    ++of_case.muted;
  } else {
    ++assessment.verdicts[run.verdict];
    ++of_case.verdicts[run.verdict];
  }
}

void add_runs(Assessment& assessment, const Night& reported, const std::vector<Mute>& mutes) {
  for (const Execution* execution : reported.executions) {
    for (const LedgerRun& run : execution->runs) {
      assessment.all_runs.push_back({run, assessment.executions.size(), mute_of(run, mutes)});
      if (run.purpose == Purpose::kTest) count(assessment, assessment.all_runs.back());
    }
    const auto add_loss = [&](const LostRun& lost) {
      const bool repeated = std::any_of(execution->runs.begin(), execution->runs.end(),
                                        [&](const LedgerRun& run) { return run.id == lost.id; });
      assessment.lost.push_back({lost, execution->id, repeated});
    };
    for (const LostRun& lost : execution->lost) add_loss(lost);
    for (const auto& [id, open] : execution->open) add_loss(open);
    assessment.seconds = std::max(assessment.seconds, execution->seconds);
    assessment.executions.push_back(*execution);
    assessment.executions.back().runs.clear();
  }
}

/// Adds a run to the group with its verdict and `key`; counts its reason in `reasons`.
struct CauseGatherer {
  struct Gathered {
    CauseGroup group;
    std::map<std::string, std::size_t> reasons;
  };
  std::map<std::tuple<Verdict, std::string>, Gathered> all;

  void add(const LedgerRun& run, const std::string& key) {
    auto& [group, reasons] = all[{run.verdict, key}];
    if (group.runs == 0) group.shown = run;
    group.verdict = run.verdict;
    ++group.runs;
    ++group.cases[run.case_name];
    ++reasons[run.reason];
  }

  std::vector<CauseGroup> sorted() {
    std::vector<CauseGroup> groups;
    for (auto& [key, gathered] : all) {
      const auto most =
          std::max_element(gathered.reasons.begin(), gathered.reasons.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
      gathered.group.reason = most->first;
      if (gathered.group.verdict == Verdict::kHarnessError) {
        gathered.group.cause = std::get<std::string>(key);
      }
      groups.push_back(std::move(gathered.group));
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const auto& a, const auto& b) { return a.runs > b.runs; });
    return groups;
  }
};

void add_causes(Assessment& assessment) {
  CauseGatherer errors;
  CauseGatherer undecided;
  for (const ReportedRun& reported : assessment.all_runs) {
    const LedgerRun& run = reported.run;
    if (run.verdict == Verdict::kHarnessError) {
      errors.add(run, run.cause.empty() ? "other" : run.cause);
    } else if (run.purpose == Purpose::kTest && run.verdict != Verdict::kValid &&
               run.verdict != Verdict::kInvalid) {
      undecided.add(run, run.reason);
    }
  }
  assessment.harness_errors = errors.sorted();
  assessment.undecided = undecided.sorted();
}

/// Sorts the mutes into those that apply and those that have expired.
std::vector<Mute> unexpired(Assessment& assessment, const std::vector<Mute>& mutes,
                            const std::string& today) {
  std::vector<Mute> applying;
  for (const Mute& mute : mutes) {
    // Dates in this form compare as text.
    (mute.expires < today ? assessment.mutes_expired : applying).push_back(mute);
  }
  return applying;
}

void add_unused_mutes(Assessment& assessment, const std::vector<Mute>& mutes) {
  for (const Mute& mute : mutes) {
    const bool used =
        std::any_of(assessment.groups.begin(), assessment.groups.end(), [&](const Group& group) {
          return group.signature == mute.signature && group.status != GroupStatus::kGone;
        });
    if (!used) assessment.mutes_unused.push_back(mute);
  }
}

void add_baseline(Assessment& assessment, const SuiteHistory& history) {
  if (!history.baseline) return;
  Baseline baseline;
  for (const Execution* execution : history.earlier[*history.baseline].executions) {
    baseline.seen = {execution->id, execution->started, execution->revision};
    baseline.runs += static_cast<std::size_t>(
        std::count_if(execution->runs.begin(), execution->runs.end(),
                      [](const LedgerRun& run) { return run.purpose == Purpose::kTest; }));
  }
  assessment.baseline = baseline;
}

void add_rates(Assessment& assessment, const SuiteHistory& history, RateTester& tester) {
  const EarlierRates earlier(history.earlier);
  const auto rates = rates_of(earlier, history.reported, tester);
  for (Group& group : assessment.groups) {
    const auto found = rates.find(
        group_key({.signature = group.signature, .check = group.check, .anomaly = group.anomaly}));
    if (found != rates.end()) group.rate = found->second;
  }
}

/// Cases without a finished run: of those that the suite contains, or else, if the executions are
/// complete, of those that the baseline ran. A single shard, or the repetition of a group, may lack
/// any case.
void add_cases_without_run(Assessment& assessment, const SuiteHistory& history,
                           const SuiteContents& contents) {
  if (!is_whole(history.reported) || assessment.is_partial() || assessment.is_running()) return;
  std::set<std::string> expected(contents.cases.begin(), contents.cases.end());
  for (const Execution* execution : history.reported.executions) {
    expected.insert(execution->cases.begin(), execution->cases.end());
  }
  if (expected.empty() && history.baseline && assessment.complete) {
    for (const Execution* execution : history.earlier[*history.baseline].executions) {
      for (const LedgerRun& run : execution->runs) {
        if (run.purpose == Purpose::kTest) expected.insert(run.case_name);
      }
    }
  }
  for (const std::string& name : expected) {
    if (!assessment.cases.contains(name)) assessment.cases_without_run.push_back(name);
  }
}

}  // namespace

const Group* Assessment::group(const std::string& signature) const {
  const auto found = std::find_if(groups.begin(), groups.end(),
                                  [&](const Group& group) { return group.signature == signature; });
  return found == groups.end() ? nullptr : &*found;
}

bool Assessment::is_partial() const {
  return !executions.empty() &&
         std::all_of(executions.begin(), executions.end(),
                     [](const Execution& execution) { return !execution.only.empty(); });
}

bool Assessment::is_running() const {
  return std::any_of(executions.begin(), executions.end(), [](const Execution& execution) {
    return !execution.ended && execution.ended_early.empty();
  });
}

bool Assessment::was_interrupted() const {
  return std::any_of(executions.begin(), executions.end(), [](const Execution& execution) {
    return execution.early_cause == "interrupted";
  });
}

Assessment assess(const Ledger& ledger, const std::vector<std::string>& executions,
                  const std::vector<Mute>& mutes, const std::string& today,
                  const SuiteContents& contents, RateTester* tester) {
  const SuiteHistory history = suite_history(ledger, executions);
  Assessment assessment;
  if (!history.reported.executions.empty()) {
    assessment.suite = history.reported.executions.front()->suite;
  }
  const std::vector<Mute> applying = unexpired(assessment, mutes, today);
  assessment.complete = is_complete(history.reported);
  add_runs(assessment, history.reported, applying);
  assessment.controls = controls_of(history.reported, contents.bugs, applying);
  assessment.groups = group_failures(history, applying);
  RateTester own;
  add_rates(assessment, history, tester == nullptr ? own : *tester);
  add_causes(assessment);
  add_unused_mutes(assessment, applying);
  add_baseline(assessment, history);
  add_cases_without_run(assessment, history, contents);
  // One shard alone is a report of its own.
  if (contents.all_shards || assessment.executions.size() > 1) {
    assessment.missing_shards = missing_shards(history.reported);
  }
  assessment.reasons = reasons_of(assessment);
  assessment.verdict = Verdict::kValid;
  for (const Reason& reason : assessment.reasons) {
    assessment.verdict = checker::worst_across_runs(assessment.verdict, reason.verdict);
  }
  assessment.first_line = first_line_of(assessment);
  return assessment;
}

}  // namespace capsize::harness
