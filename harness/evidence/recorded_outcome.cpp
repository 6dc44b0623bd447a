#include "harness/evidence/recorded_outcome.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/lenient_fields.h"
#include "checker/history/load.h"
#include "harness/evidence/fault_records.h"
#include "harness/evidence/lenient_json.h"
#include "harness/store/results_file.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using base::Json;
using checker::Verdict;

constexpr auto kHistoryTimeMax = std::chrono::seconds(60);
constexpr std::uint64_t kHistoryBytesMax = std::uint64_t{2} << 30;

Verdict verdict_named(const std::string& text) {
  for (const auto verdict : {Verdict::kValid, Verdict::kInvalid, Verdict::kUnknown,
                             Verdict::kVacuous, Verdict::kUsageError}) {
    if (checker::name(verdict) == text) return verdict;
  }
  return Verdict::kHarnessError;
}

std::vector<Check> recorded_checks(const Json& results) {
  std::vector<Check> checks;
  for (const Json& line : base::field(results, "checks")) {
    checks.push_back({lenient::text(line, "name"), verdict_named(lenient::text(line, "verdict")),
                      lenient::text(line, "explanation"), lenient::text(line, "bound")});
  }
  return checks;
}

std::vector<Failure> recorded_failures(const Json& results) {
  std::vector<Failure> failures;
  for (const Json& line : base::field(results, "failures")) {
    Failure failure{.signature = lenient::text(line, "signature"),
                    .check = lenient::text(line, "check"),
                    .anomaly = lenient::text(line, "anomaly"),
                    .label = lenient::text(line, "label"),
                    .sentence = lenient::text(line, "sentence"),
                    .faults = lenient::texts(base::field(line, "faults")),
                    .count = lenient::count(line, "count")};
    // Its time; of a failure with a violation that of the operations, below.
    failure.at = lenient::milliseconds(line, "at-ms").value_or(base::Duration::zero());
    failure.begin = failure.end = failure.at;
    failures.push_back(std::move(failure));
  }
  return failures;
}

std::int64_t recorded_time(const Json& object, std::string_view key) {
  return lenient::integer(object, key).value_or(checker::kNoTime);
}

checker::Outcome outcome_named(const std::string& text) {
  for (const auto outcome : {checker::Outcome::kOk, checker::Outcome::kFail}) {
    if (checker::name(outcome) == text) return outcome;
  }
  return checker::Outcome::kInfo;
}

checker::OperationView recorded_operation(const Json& line) {
  checker::OperationView view;
  const Json& process = base::field(line, "process");
  view.process = lenient::integer(line, "process").value_or(-1);
  view.process_name =
      process.is_string() ? lenient::text(line, "process") : std::to_string(view.process);
  view.function = lenient::text(line, "f");
  view.value = base::field(line, "value").dump();
  view.outcome = outcome_named(lenient::text(line, "outcome"));
  view.index = lenient::count(line, "index");
  if (const auto index = lenient::integer(line, "complete-index"); index && *index >= 0) {
    view.complete_index = static_cast<std::uint64_t>(*index);
  }
  view.invoke_time = recorded_time(line, "time");
  view.complete_time = recorded_time(line, "complete-time");
  view.background = lenient::flag(line, "background");
  view.named = lenient::flag(line, "named");
  return view;
}

checker::Anomaly anomaly_named(const std::string& text) {
  const std::string_view name = checker::present_name(text);
  for (int number = 0; number < static_cast<int>(checker::Anomaly::kNoLegalOrder); ++number) {
    const auto anomaly = static_cast<checker::Anomaly>(number);
    if (checker::name(anomaly) == name) return anomaly;
  }
  return checker::Anomaly::kNoLegalOrder;
}

checker::Violation recorded_violation(const Json& line) {
  checker::Violation violation{.anomaly = anomaly_named(lenient::text(line, "anomaly")),
                               .key = lenient::text(line, "key"),
                               .sentence = lenient::text(line, "sentence"),
                               .operations = {},
                               .minimal = lenient::flag(line, "minimal")};
  for (const Json& operation : base::field(line, "operations")) {
    violation.operations.push_back(recorded_operation(operation));
  }
  const Json& staleness = base::field(line, "staleness");
  if (staleness.is_object()) {
    violation.staleness = {.nanoseconds = recorded_time(staleness, "nanoseconds"),
                           .versions = lenient::count(staleness, "versions")};
  }
  return violation;
}

std::optional<checker::Report> recorded_report(const Json& results) {
  const Json& line = base::field(results, "linearizable");
  if (!line.is_object()) return std::nullopt;
  checker::Report report;
  report.verdict = verdict_named(lenient::text(line, "verdict"));
  report.model = lenient::text(line, "model");
  report.reason = lenient::text(line, "reason");
  for (const Json& violation : base::field(line, "violations")) {
    if (report.violations.size() < checker::kViolationsMax) {
      report.violations.push_back(recorded_violation(violation));
    }
  }
  checker::mark_repeated(report.violations);
  return report;
}

/// The main failure is about the first violation whose sentence it has.
void connect_failures(Outcome& outcome) {
  if (!outcome.linearizable) return;
  const auto& violations = outcome.linearizable->violations;
  for (Failure& failure : outcome.failures) {
    const auto found =
        std::find_if(violations.begin(), violations.end(),
                     [&](const auto& violation) { return violation.sentence == failure.sentence; });
    if (failure.check != "linearizable" || found == violations.end()) continue;
    failure.violation = static_cast<std::size_t>(found - violations.begin());
    std::int64_t begin = checker::kNoTime;
    std::int64_t end = checker::kNoTime;
    const bool named = std::any_of(found->operations.begin(), found->operations.end(),
                                   [](const auto& operation) { return operation.named; });
    for (const auto& operation : found->operations) {
      if ((named && !operation.named) || operation.invoke_time == checker::kNoTime) continue;
      begin = begin == checker::kNoTime ? operation.invoke_time
                                        : std::min(begin, operation.invoke_time);
      end = std::max({end, operation.invoke_time, operation.complete_time});
    }
    if (begin == checker::kNoTime) continue;
    failure.begin = base::Duration(begin);
    failure.end = base::Duration(end);
  }
}

std::optional<InfrastructureCause> recorded_cause(const Json& results) {
  const Json& line = base::field(results, "cause");
  if (!line.is_object()) return std::nullopt;
  InfrastructureCause cause{.kind = CauseKind::kHarness, .text = lenient::text(line, "text")};
  for (int number = 0; number < static_cast<int>(CauseKind::kHarness); ++number) {
    const auto kind = static_cast<CauseKind>(number);
    if (name(kind) == lenient::text(line, "kind")) cause.kind = kind;
  }
  return cause;
}

OutcomeCounts recorded_counts(const Json& line) {
  return {.ok = lenient::count(line, "ok"),
          .fail = lenient::count(line, "fail"),
          .info = lenient::count(line, "info")};
}

void read_results_into(const Json& results, Outcome& outcome) {
  outcome.checks = recorded_checks(results);
  outcome.failures = recorded_failures(results);
  outcome.linearizable = recorded_report(results);
  connect_failures(outcome);
  outcome.cause = recorded_cause(results);
  outcome.interrupted = lenient::flag(results, "interrupted");
  outcome.leader_changes = lenient::count(results, "leader-changes");
  outcome.quiet_rate = lenient::real(results, "ok-per-second-quiet");
  outcome.load_time = lenient::milliseconds(results, "load-ms").value_or(base::Duration::zero());
  outcome.operations_under_faults =
      lenient::count(base::field(results, "tested"), "operations-under-faults");
  outcome.unreached_phases = lenient::texts(base::field(results, "unreached-phases"));
  outcome.start = base::Instant(base::Duration(lenient::count(results, "start-ns")));
  for (const auto& [function, counts] :
       base::field(base::field(results, "counts"), "by-function").items()) {
    outcome.statistics.by_function[lenient::printable(function)] = recorded_counts(counts);
  }
  const Json& control = base::field(results, "control");
  if (control.is_object()) {
    ControlResult result{.bug = lenient::text(control, "bug"), .runs = {}};
    result.runs.resize(base::field(control, "runs").size());
    result.caught = lenient::flag(control, "caught");
    result.finding = lenient::text(control, "finding");
    result.time = std::chrono::milliseconds(
        static_cast<std::int64_t>(std::clamp(lenient::real(control, "seconds"), 0.0, 1e9) * 1e3));
    outcome.control = std::move(result);
  }
}

/// Puts the figures of the results beside the faults.
void add_service(const Json& results, Outcome& outcome) {
  std::map<std::uint64_t, const Json*> by_id;
  for (const Json& line : base::field(base::field(results, "faults"), "list")) {
    by_id[lenient::count(line, "id")] = &line;
  }
  for (const auto& fault : outcome.faults) {
    ServiceAroundFault service;
    if (const auto found = by_id.find(fault.fault->id); found != by_id.end()) {
      const Json& line = *found->second;
      service.recovery = lenient::milliseconds(line, "recovery-ms");
      service.recovery_everywhere = lenient::milliseconds(line, "recovery-everywhere-ms");
      service.outage = lenient::milliseconds(line, "outage-ms").value_or(base::Duration::zero());
      service.overlapped = lenient::flag(line, "overlapped");
    }
    outcome.service.push_back(service);
  }
}

class OutcomeReader {
 public:
  explicit OutcomeReader(const fs::path& directory) { recorded_.outcome.directory = directory; }

  RecordedOutcome read() && {
    read_the_scenario();
    read_the_results();
    read_the_history();
    read_the_faults();
    return std::move(recorded_);
  }

 private:
  [[nodiscard]] fs::path file(const char* name) const { return recorded_.outcome.directory / name; }
  void miss(std::string what) { recorded_.missing.push_back(std::move(what)); }

  void read_the_scenario() {
    auto scenario = read_scenario(file("scenario.json"));
    if (scenario) {
      recorded_.outcome.scenario = std::move(scenario).value();
    } else {
      miss(scenario.error().message);
    }
  }

  void read_the_results() {
    auto results = read_results(recorded_.outcome.directory);
    if (!results) return miss(results.error().message + ": the run has no verdict");
    recorded_.results = std::move(results).value();
    recorded_.reproduce = lenient::text(recorded_.results, "reproduce");
    read_results_into(recorded_.results, recorded_.outcome);
  }

  void read_the_history() {
    std::error_code ignored;
    if (!fs::is_regular_file(file("history.jsonl"), ignored)) {  // a pipe would never end
      return miss(file("history.jsonl").string() + ": found no file");
    }
    const checker::Budget budget(kHistoryTimeMax, kHistoryBytesMax);
    auto read = checker::read_history_file(file("history.jsonl"), {}, budget);
    if (const auto* malformed = std::get_if<checker::Malformed>(&read)) {
      return miss(malformed->message());
    }
    if (const auto* limit = std::get_if<checker::LimitReached>(&read)) {
      return miss(file("history.jsonl").string() + ": " + limit->reason);
    }
    recorded_.history = std::move(std::get<checker::History>(read));
    for (const auto& operation : recorded_.history->operations) {
      if (operation.complete_time == checker::kNoTime || operation.invoke_time == checker::kNoTime)
        continue;
      last_ = std::max(last_, base::Duration(operation.complete_time));
      const auto latency = base::Duration(operation.complete_time - operation.invoke_time);
      if (latency < base::Duration::zero()) continue;
      recorded_.outcome.statistics.latency[std::string(checker::name(operation.outcome))].add(
          latency);
    }
  }

  void read_the_faults() {
    auto read = read_fault_records(file("faults.jsonl"));
    if (!read) return miss(read.error().message);
    RecordedFaultList list = std::move(read).value();
    for (std::size_t i = 0; i < list.faults.size(); ++i) {
      if (!list.has_ended[i]) list.faults[i].end = std::max(list.faults[i].begin, last_);
    }
    recorded_.outcome.faults = std::move(list.faults);
    add_service(recorded_.results, recorded_.outcome);
    if (recorded_.has_start() || !list.start) return;
    recorded_.outcome.start = *list.start;
    recorded_.start_is_estimated = true;
  }

  RecordedOutcome recorded_;
  base::Duration last_{};  // when the last operation completed
};

}  // namespace

base::Result<RecordedOutcome> read_outcome(const fs::path& directory) {
  std::error_code ignored;
  if (!fs::is_directory(directory, ignored)) {
    return base::Error{directory.string() + ": found no directory, expected that of a run"};
  }
  const auto has = [&](const char* name) { return fs::is_regular_file(directory / name, ignored); };
  if (!has("scenario.json") && !has("results.json")) {
    return base::Error{directory.string() +
                       ": found neither scenario.json nor results.json, expected the directory of "
                       "a run"};
  }
  return OutcomeReader(directory).read();
}

}  // namespace capsize::harness
