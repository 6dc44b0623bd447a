#include "harness/suite_report/grouping.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace {

/// The N of "K/N"; 1 for anything else.
std::size_t shard_count(const std::string& shard) {
  const std::size_t slash = shard.find('/');
  if (slash == std::string::npos) return 1;
  std::size_t count = 1;
  std::from_chars(shard.data() + slash + 1, shard.data() + shard.size(), count);
  return std::max<std::size_t>(count, 1);
}

std::set<std::string> shards_of(const Night& night) {
  std::set<std::string> shards;
  for (const Execution* execution : night.executions) shards.insert(execution->shard);
  return shards;
}

/// Whether the execution is another shard of this night. Shards share the seed, from which each
/// derives the same list of runs, and the revision.
bool belongs_to(const Night& night, const Execution& execution) {
  if (night.executions.empty()) return false;
  const Execution& first = *night.executions.front();
  return shard_count(execution.shard) > 1 &&
         shard_count(execution.shard) == shard_count(first.shard) && execution.seed == first.seed &&
         execution.revision == first.revision && !shards_of(night).contains(execution.shard);
}

/// Whether two nights ran the same part of the suite.
bool same_part(const Night& a, const Night& b) {
  return (is_whole(a) && is_whole(b)) || shards_of(a) == shards_of(b);
}

/// What the runs of one night say about one signature.
struct Tally {
  RunFailure failure;  // of the run that is shown
  LedgerRun shown;
  const Execution* shown_in = nullptr;
  std::size_t runs = 0;
  std::size_t beside_harness_error = 0;
  std::map<std::string, std::size_t> faults;
  std::map<std::string, std::size_t> cases;
};

/// Whether `a` is shown rather than `b`: a short run with few faults is read first.
bool is_shorter(const LedgerRun& a, const LedgerRun& b) {
  return std::tie(a.seconds, a.faults, a.id) < std::tie(b.seconds, b.faults, b.id);
}

void add(Tally& tally, const Execution& execution, const LedgerRun& run,
         const RunFailure& failure) {
  if (tally.runs == 0 || is_shorter(run, tally.shown)) {
    tally.shown = run;
    tally.shown_in = &execution;
    tally.failure = failure;
  }
  ++tally.runs;
  ++tally.cases[run.case_name];
  if (run.verdict == checker::Verdict::kHarnessError) ++tally.beside_harness_error;
  for (const auto& fault : std::set(failure.faults.begin(), failure.faults.end())) {
    ++tally.faults[fault];
  }
}

struct Gathered {
  std::optional<Sighting> first;
  Sighting last;
  std::optional<std::size_t> last_earlier_night;
  Tally before;  // in the baseline
  Tally now;
};
using GatheredByKey = std::map<std::string, Gathered>;

/// Adds the failures of a night. `position`: in the earlier nights; none: the reported one.
void gather(GatheredByKey& all, const Night& night, std::optional<std::size_t> position,
            bool baseline) {
  for (const Execution* execution : night.executions) {
    for (const LedgerRun& run : execution->runs) {
      if (!is_grouped(run)) continue;
      for (const RunFailure& failure : failures_of(run)) {
        Gathered& gathered = all[group_key(failure)];
        gathered.last = {execution->id, execution->started, execution->revision};
        if (!gathered.first) gathered.first = gathered.last;
        if (position) gathered.last_earlier_night = position;
        if (!position) add(gathered.now, *execution, run, failure);
        if (baseline) add(gathered.before, *execution, run, failure);
      }
    }
  }
}

GroupStatus status_of(const Gathered& gathered, std::optional<std::size_t> baseline) {
  if (gathered.now.runs == 0) return GroupStatus::kGone;
  if (!gathered.last_earlier_night) return GroupStatus::kNew;
  // Seen in an execution that was cut short after the last complete one: still known.
  if (!baseline || *gathered.last_earlier_night >= *baseline) return GroupStatus::kKnown;
  return GroupStatus::kBack;
}

Group to_group(const Gathered& gathered, const SuiteHistory& history,
               const std::vector<Mute>& mutes) {
  const Tally& tally = gathered.now.runs > 0 ? gathered.now : gathered.before;
  Group group;
  group.signature = tally.failure.signature;
  group.check = tally.failure.check;
  group.anomaly = tally.failure.anomaly;
  group.label = tally.failure.label;
  group.sentence = tally.failure.sentence;
  group.status = status_of(gathered, history.baseline);
  if (const Mute* mute = find_mute(mutes, group.signature)) group.mute = *mute;
  group.first = gathered.first.value_or(Sighting{});
  group.last = gathered.last;
  group.runs = gathered.now.runs;
  group.runs_before = gathered.before.runs;
  group.beside_harness_error = gathered.now.beside_harness_error;
  group.faults = tally.faults;
  group.cases = tally.cases;
  group.shown = tally.shown;
  if (tally.shown_in != nullptr) {
    group.shown_host = tally.shown_in->host;
    if (shard_count(tally.shown_in->shard) > 1) group.shown_shard = tally.shown_in->shard;
  }
  return group;
}

/// Whether the reported executions ran one of the cases in which the group was seen.
bool ran_a_case_of(const Group& group, const Night& reported) {
  for (const Execution* execution : reported.executions) {
    for (const LedgerRun& run : execution->runs) {
      if (is_grouped(run) && group.cases.contains(run.case_name)) return true;
    }
  }
  return false;
}

int rank(const Group& group) {
  if (group.status == GroupStatus::kGone) return 4;
  if (group.mute) return 3;
  return static_cast<int>(group.status);
}

}  // namespace

std::string_view name(GroupStatus status) {
  switch (status) {
    case GroupStatus::kNew:
      return "new";
    case GroupStatus::kBack:
      return "back";
    case GroupStatus::kKnown:
      return "known";
    case GroupStatus::kGone:
      return "gone";
  }
  return "?";
}

bool is_complete(const Execution& execution) {
  if (!execution.ended || !execution.ended_early.empty() || !execution.only.empty()) return false;
  if (!execution.open.empty()) return false;
  return std::all_of(execution.lost.begin(), execution.lost.end(), [&](const LostRun& lost) {
    return std::any_of(execution.runs.begin(), execution.runs.end(),
                       [&](const LedgerRun& run) { return run.id == lost.id; });
  });
}

bool is_complete(const Night& night) {
  return !night.executions.empty() &&
         std::all_of(night.executions.begin(), night.executions.end(),
                     [](const Execution* execution) { return is_complete(*execution); });
}

bool is_whole(const Night& night) {
  return !night.executions.empty() &&
         shards_of(night).size() >= shard_count(night.executions.front()->shard);
}

std::vector<std::string> missing_shards(const Night& night) {
  constexpr std::size_t kShownMax = 5;
  if (night.executions.empty()) return {};
  const std::set<std::string> present = shards_of(night);
  const std::size_t count = shard_count(night.executions.front()->shard);
  std::vector<std::string> missing;
  for (std::size_t number = 1; number <= count && missing.size() < kShownMax; ++number) {
    std::string shard = fmt::format("{}/{}", number, count);
    if (count > 1 && !present.contains(shard)) missing.push_back(std::move(shard));
  }
  return missing;
}

std::vector<Night> nights_of(const Ledger& ledger, const std::string& suite) {
  std::vector<Night> nights;
  for (const Execution& execution : ledger.executions) {
    if (execution.suite != suite) continue;
    if (nights.empty() || !belongs_to(nights.back(), execution)) nights.emplace_back();
    nights.back().executions.push_back(&execution);
  }
  return nights;
}

SuiteHistory suite_history(const Ledger& ledger, const std::vector<std::string>& ids) {
  SuiteHistory history;
  for (const Execution& execution : ledger.executions) {
    if (std::find(ids.begin(), ids.end(), execution.id) == ids.end()) continue;
    history.reported.executions.push_back(&execution);
  }
  if (history.reported.executions.empty()) return history;
  const auto is_reported = [&](const Execution* execution) {
    return std::find(ids.begin(), ids.end(), execution->id) != ids.end();
  };
  // Other shards of the reported night are neither reported nor earlier; neither is what began
  // after it.
  for (Night& night : nights_of(ledger, history.reported.executions.front()->suite)) {
    const auto reported =
        std::count_if(night.executions.begin(), night.executions.end(), is_reported);
    const bool later = night.executions.front() > history.reported.executions.front();
    if (reported == 0 && !later) history.earlier.push_back(std::move(night));
  }
  for (std::size_t i = 0; i < history.earlier.size(); ++i) {
    const Night& night = history.earlier[i];
    const bool usable =
        is_complete(night) && (is_whole(night) || same_part(night, history.reported));
    if (usable) history.baseline = i;
  }
  return history;
}

std::vector<RunFailure> failures_of(const LedgerRun& run) {
  std::vector<RunFailure> failures;
  std::set<std::string> keys;
  for (RunFailure failure : run.failures) {
    if (failure.signature == kNoSignature) failure.signature.clear();
    if (keys.insert(group_key(failure)).second) failures.push_back(std::move(failure));
  }
  if (failures.empty() && run.verdict == checker::Verdict::kInvalid) {
    failures.push_back({.signature = "",
                        .check = "unclassified",
                        .anomaly = "",
                        .sentence = run.reason,
                        .faults = {}});
  }
  return failures;
}

std::string group_key(const RunFailure& failure) {
  if (!failure.signature.empty()) return failure.signature;
  // No signature contains a line feed.
  return fmt::format("\n{}\n{}", failure.check, failure.anomaly);
}

const Group* group_of(const Assessment& assessment, const RunFailure& failure) {
  const auto found =
      std::find_if(assessment.groups.begin(), assessment.groups.end(), [&](const Group& group) {
        if (group.signature != failure.signature) return false;
        return !group.signature.empty() ||
               (group.check == failure.check && group.anomaly == failure.anomaly);
      });
  return found == assessment.groups.end() ? nullptr : &*found;
}

bool is_grouped(const LedgerRun& run) {
  return run.purpose != Purpose::kBugControl;
}

std::vector<Group> group_failures(const SuiteHistory& history, const std::vector<Mute>& mutes) {
  GatheredByKey all;
  for (std::size_t i = 0; i < history.earlier.size(); ++i) {
    gather(all, history.earlier[i], i, history.baseline == i);
  }
  gather(all, history.reported, std::nullopt, false);
  const bool sees_gone = history.baseline && is_complete(history.reported) &&
                         same_part(history.reported, history.earlier[*history.baseline]);
  std::vector<Group> groups;
  for (const auto& [key, gathered] : all) {
    const bool gone = gathered.now.runs == 0;
    if (gone && (!sees_gone || gathered.before.runs == 0)) continue;
    groups.push_back(to_group(gathered, history, mutes));
    if (gone) groups.back().cases_ran = ran_a_case_of(groups.back(), history.reported);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return std::max(a.runs, a.runs_before) > std::max(b.runs, b.runs_before);
  });
  return groups;
}

const Mute* find_mute(const std::vector<Mute>& mutes, const std::string& signature) {
  const auto found = std::find_if(mutes.begin(), mutes.end(), [&](const Mute& mute) {
    return !signature.empty() && mute.signature == signature;
  });
  return found == mutes.end() ? nullptr : &*found;
}

}  // namespace capsize::harness
