#include "harness/suite_report/assessment_json.h"

#include <map>
#include <string>
#include <vector>

#include "harness/suite_report/rates.h"

namespace capsize::harness {
namespace {

using base::Json;

std::string verdict_name(checker::Verdict verdict) {
  return std::string(checker::name(verdict));
}

Json verdict_counts(const std::map<checker::Verdict, std::size_t>& verdicts, std::size_t muted) {
  Json json = Json::object();
  for (const auto& [verdict, count] : verdicts) json[verdict_name(verdict)] = count;
  if (muted > 0) json["muted"] = muted;
  return json;
}

Json to_json(const Sighting& sighting) {
  return Json::object({{"execution", sighting.execution},
                       {"started", sighting.started},
                       {"revision", sighting.revision}});
}

/// A run in short: how to find it and how to repeat it.
Json shown_run(const LedgerRun& run) {
  return Json::object({{"id", run.id},
                       {"case", run.case_name},
                       {"seed", run.seed},
                       {"verdict", verdict_name(run.verdict)},
                       {"seconds", run.seconds},
                       {"faults", run.faults},
                       {"path", run.path},
                       {"reproduce", run.reproduce}});
}

Json to_json(const Mute& mute) {
  return Json::object({{"signature", mute.signature},
                       {"reason", mute.reason},
                       {"owner", mute.owner},
                       {"expires", mute.expires}});
}

Json to_json(const Share& share) {
  return Json::object({{"failed", share.failed}, {"runs", share.runs}});
}

Json to_json(const GroupRate& rate) {
  Json json =
      Json::object({{"verdict", name(rate.verdict)},
                    {"sentence", rate_sentence(rate)},
                    {"now", to_json(rate.now)},
                    {"before", to_json(rate.before)},
                    {"low", rate.interval.low},
                    {"high", rate.interval.high},
                    {"cases", std::vector<std::string>(rate.cases.begin(), rate.cases.end())}});
  if (rate.tests == 0) return json;
  json["p"] = rate.p_value;
  json["p-adjusted"] = rate.p_adjusted;
  json["tests"] = rate.tests;
  json["looks"] = rate.looks;
  json["declared-looks"] = rate.declared_looks;
  json["undecided"] = rate.undecided;
  return json;
}

Json to_json(const Group& group) {
  Json json = Json::object({{"signature", group.signature},
                            {"status", name(group.status)},
                            {"check", group.check},
                            {"anomaly", group.anomaly},
                            {"label", group.label},
                            {"sentence", group.sentence},
                            {"runs", group.runs},
                            {"runs-before", group.runs_before},
                            {"runs-with-harness-error", group.beside_harness_error},
                            {"first", to_json(group.first)},
                            {"last", to_json(group.last)},
                            {"faults", group.faults},
                            {"cases", group.cases},
                            {"shown", shown_run(group.shown)}});
  json["shown"]["host"] = group.shown_host;
  if (!group.shown_shard.empty()) json["shown"]["shard"] = group.shown_shard;
  if (group.rate) json["rate"] = to_json(*group.rate);
  if (group.mute) json["mute"] = to_json(*group.mute);
  if (group.status == GroupStatus::kGone) json["cases-ran"] = group.cases_ran;
  return json;
}

Json to_json(const CauseGroup& group) {
  Json json = Json::object({{"verdict", verdict_name(group.verdict)},
                            {"reason", group.reason},
                            {"runs", group.runs},
                            {"cases", group.cases},
                            {"shown", shown_run(group.shown)}});
  if (!group.cause.empty()) json["cause"] = group.cause;
  return json;
}

Json to_json(const Control& control) {
  Json attempts = Json::array();
  for (const LedgerRun& run : control.attempts) attempts.push_back(shown_run(run));
  Json json = Json::object({{"kind", control.healthy ? "healthy" : "bug"},
                            {"case", control.case_name},
                            {"execution", control.execution},
                            {"passed", control.passed()},
                            {"seconds", control.seconds},
                            {"found", control.found},
                            {"attempts", std::move(attempts)}});
  if (!control.healthy) json["bug"] = control.bug;
  return json;
}

Json to_json(const Execution& execution) {
  Json json = Json::object({{"id", execution.id},
                            {"started", execution.started},
                            {"revision", execution.revision},
                            {"host", execution.host},
                            {"seed", execution.seed},
                            {"shard", execution.shard},
                            {"jobs", execution.jobs},
                            {"planned", execution.planned},
                            {"ended", execution.ended},
                            {"ended-early", execution.ended_early},
                            {"seconds", execution.seconds}});
  if (execution.rates) json["rates"] = to_json(*execution.rates);
  return json;
}

Json to_json(const ReportedLoss& loss) {
  return Json::object({{"id", loss.run.id},
                       {"execution", loss.execution},
                       {"seed", loss.run.seed},
                       {"path", loss.run.path},
                       {"repeated", loss.repeated}});
}

template <class Items>
Json list(const Items& items) {
  Json json = Json::array();
  for (const auto& item : items) json.push_back(to_json(item));
  return json;
}

Json cases_json(const Assessment& assessment) {
  Json json = Json::object();
  for (const auto& [name, counts] : assessment.cases) {
    json[name] = Json::object({{"runs", counts.runs},
                               {"seconds", counts.seconds},
                               {"verdicts", verdict_counts(counts.verdicts, counts.muted)}});
  }
  return json;
}

Json reasons_json(const Assessment& assessment) {
  Json json = Json::array();
  for (const Reason& reason : assessment.reasons) {
    json.push_back(
        Json::object({{"verdict", verdict_name(reason.verdict)}, {"text", reason.text}}));
  }
  return json;
}

/// As the process exits.
int exit_code_of(const Assessment& assessment) {
  constexpr int kInterrupted = 130;
  return assessment.was_interrupted() ? kInterrupted : checker::exit_code(assessment.verdict);
}

}  // namespace

Json to_json(const Assessment& assessment) {
  Json json =
      Json::object({{kSuiteReportFormat, kSuiteReportVersion},
                    {"suite", assessment.suite},
                    {"verdict", verdict_name(assessment.verdict)},
                    {"exit-code", exit_code_of(assessment)},
                    {"first-line", assessment.first_line},
                    {"reasons", reasons_json(assessment)},
                    {"complete", assessment.complete},
                    {"runs", assessment.runs},
                    {"seconds", assessment.seconds},
                    {"verdicts", verdict_counts(assessment.verdicts, assessment.muted_runs)},
                    {"store", assessment.store},
                    {"executions", list(assessment.executions)},
                    {"groups", list(assessment.groups)},
                    {"controls", list(assessment.controls)},
                    {"harness-errors", list(assessment.harness_errors)},
                    {"undecided", list(assessment.undecided)},
                    {"cases", cases_json(assessment)},
                    {"cases-without-run", assessment.cases_without_run},
                    {"missing-shards", assessment.missing_shards},
                    {"lost", list(assessment.lost)},
                    {"mutes", Json::object({{"expired", list(assessment.mutes_expired)},
                                            {"unused", list(assessment.mutes_unused)}})}});
  if (assessment.baseline) {
    json["baseline"] = Json::object({{"started", assessment.baseline->seen.started},
                                     {"revision", assessment.baseline->seen.revision},
                                     {"execution", assessment.baseline->seen.execution},
                                     {"runs", assessment.baseline->runs}});
  }
  return json;
}

}  // namespace capsize::harness
