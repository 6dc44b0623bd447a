#include "harness/evidence/evidence.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "harness/evidence/bounded_json.h"
#include "harness/evidence/trace_facts.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {
namespace {

using base::Json;

// Bounds of the parts, in bytes of the file.
constexpr std::size_t kFailuresBytes = 8 * 1024;
constexpr std::size_t kExplanationBytes = 10 * 1024;
constexpr std::size_t kFaultsBytes = 9 * 1024;
constexpr std::size_t kTransitionsBytes = 12 * 1024;
constexpr std::size_t kLogsBytes = 6 * 1024;
constexpr std::size_t kReportsBytes = 4 * 1024;
constexpr std::size_t kScenarioBytes = 3 * 1024;
constexpr std::size_t kChecksBytes = 2 * 1024;
constexpr std::size_t kTextBytes = 800;       // a sentence, a list of names
constexpr std::size_t kRestBytes = 4 * 1024;  // keys, names of nodes, the head of the explanation

/// What is copied from results.json.
struct Copied {
  const char* key;
  std::size_t bytes_max;
};
constexpr std::array<Copied, 10> kCopied = {{{"reproduce", 1200},
                                             {"harness-error", 600},
                                             {"cause", 600},
                                             {"further-errors", 400},
                                             {"versions", 400},
                                             {"host", 800},
                                             {"counts", 800},
                                             {"control", 600},
                                             {"interrupted", 64},
                                             {"leader-changes", 64}}};
constexpr std::size_t copied_bytes() {
  std::size_t sum = 0;
  for (const auto& copied : kCopied) sum += copied.bytes_max;
  return sum;
}
static_assert(kFailuresBytes + kExplanationBytes + kFaultsBytes + kTransitionsBytes + kLogsBytes +
                  kReportsBytes + kScenarioBytes + kChecksBytes + kRestBytes + copied_bytes() <=
              kEvidenceBytesMax);

constexpr unsigned kLevelsInLines = 3;  // an operation, a fault, a transition has one line

constexpr std::size_t kFailuresMax = 8;
constexpr std::size_t kOperationsMax = 20;
constexpr std::size_t kFaultsMax = 20;
constexpr std::size_t kValueBytes = 160;
constexpr std::size_t kProofBytes = 600;
constexpr auto kFaultsBefore = std::chrono::seconds(3);

double milliseconds_of(base::Duration duration) {
  return static_cast<double>(duration.count() / 1000) / 1000;
}

Json checks_of(const Outcome& outcome) {
  BoundedList list(16, kChecksBytes);
  for (const auto& check : outcome.checks) {
    Json line = {{"name", check.name}, {"verdict", checker::name(check.verdict)}};
    if (!check.explanation.empty()) line["explanation"] = bounded_text(check.explanation, 320);
    list.add(std::move(line));
  }
  Json holder = Json::object();
  std::move(list).store(holder, "checks");
  return holder;
}

void add_failures(const Outcome& outcome, Json& evidence) {
  BoundedList list(kFailuresMax, kFailuresBytes);
  for (const auto& failure : outcome.failures) {
    list.add({{"signature", failure.signature},
              {"check", failure.check},
              {"anomaly", failure.anomaly},
              {"label", failure.label},
              {"meaning", bounded_value(failure.meaning, kTextBytes)},
              {"sentence", bounded_text(failure.sentence, kTextBytes)},
              {"faults", bounded_value(failure.faults, kTextBytes)},
              {"count", failure.count}});
  }
  std::move(list).store(evidence, "failures");
}

/// The node that served an operation and what it was then; null if it is unknown.
Json server_json(const Outcome& outcome, const RoleHistory& roles,
                 const checker::OperationView& operation, std::int64_t moment) {
  const auto node = server_of(outcome.scenario, operation.process);
  if (!node) return {};
  Json server = {{"node", nemesis::node_name(*node)}};
  if (const auto role = roles.role_at(*node, moment)) {
    server["role"] = role->name;
    server["term"] = role->term;
  }
  return server;
}

Json value_json(const std::string& value) {
  // Not parsed if it is large: it is shown as text then, and only its beginning.
  if (value.size() > kValueBytes) return bounded_text(value, kValueBytes);
  const Json parsed = Json::parse(value);
  return bounded_value(parsed.is_invalid() ? Json(value) : parsed, kValueBytes);
}

Json operation_json(const Outcome& outcome, const RoleHistory& roles,
                    const checker::OperationView& operation) {
  Json line = {{"process", bounded_text(checker::client_text(operation), kValueBytes)},
               {"f", bounded_text(operation.function, kValueBytes)},
               {"value", value_json(operation.value)},
               {"outcome", checker::name(operation.outcome)}};
  if (operation.named) line["named"] = true;
  if (operation.invoke_time == checker::kNoTime) return line;
  const base::Duration begin(operation.invoke_time);
  const bool ends = operation.complete_time != checker::kNoTime;
  const base::Duration end = ends ? base::Duration(operation.complete_time) : begin;
  line["invoke-ms"] = milliseconds_of(begin);
  if (ends) line["complete-ms"] = milliseconds_of(end);
  const std::int64_t moment = base::nanoseconds(outcome.start + end);
  if (auto server = server_json(outcome, roles, operation, moment); !server.is_null()) {
    line["served-by"] = std::move(server);
  }
  if (const auto leader = roles.leader_at(moment)) {
    line["newest-leader"] = {{"node", nemesis::node_name(leader->node)}, {"term", leader->term}};
  }
  const std::string faults = active_faults(outcome.faults, begin, end);
  if (!faults.empty()) line["faults"] = bounded_text(faults, kValueBytes);
  return line;
}

/// The counterexample of the main failure, those operations first that the sentence names.
void add_explanation(const Outcome& outcome, const RoleHistory& roles, Json& evidence) {
  if (outcome.failures.empty() || !outcome.failures.front().violation) return;
  const auto& violation = outcome.linearizable->violations[*outcome.failures.front().violation];
  Json explanation = {{"anomaly", checker::name(violation.anomaly)},
                      {"key", bounded_text(violation.key, kValueBytes)},
                      {"sentence", bounded_text(violation.sentence, kTextBytes)}};
  if (violation.staleness) {
    explanation["newer-versions"] = violation.staleness->versions;
  }
  std::vector<const checker::OperationView*> operations;
  for (const auto& operation : violation.operations) operations.push_back(&operation);
  // Without names, the last operations are those that clash with the ones before.
  std::reverse(operations.begin(), operations.end());
  std::stable_sort(operations.begin(), operations.end(), [](const auto* a, const auto* b) {
    return std::pair(!a->named, a->background) < std::pair(!b->named, b->background);
  });
  BoundedList list(kOperationsMax, kExplanationBytes);
  for (const auto* operation : operations) {
    list.add(operation_json(outcome, roles, *operation));
  }
  std::move(list).store(explanation, "operations");
  evidence["explanation"] = std::move(explanation);
}

void add_faults(const Outcome& outcome, base::Duration begin, base::Duration end, Json& evidence) {
  std::vector<const nemesis::FaultRecord*> around;
  for (const auto& fault : outcome.faults) {
    if (fault.state == nemesis::FaultState::kSkipped || fault.begin > end ||
        fault.end < begin - kFaultsBefore) {
      continue;
    }
    around.push_back(&fault);
  }
  const auto is_active = [&](const auto* fault) { return fault->end >= begin; };
  std::stable_partition(around.begin(), around.end(), is_active);
  BoundedList list(kFaultsMax, kFaultsBytes);
  for (const auto* fault : around) {
    Json line = {{"id", fault->fault->id},
                 {"kind", bounded_text(fault->fault->spec.kind, kValueBytes)},
                 {"nodes", nemesis::node_names(fault->nodes)},
                 {"active", is_active(fault)},
                 {"begin-ms", milliseconds_of(fault->begin)},
                 {"end-ms", milliseconds_of(fault->end)},
                 {"state", name(fault->state)},
                 {"proof", bounded_value(fault->evidence, kProofBytes)}};
    if (!fault->reason.empty()) line["reason"] = bounded_text(fault->reason, kValueBytes);
    list.add(std::move(line));
  }
  std::move(list).store(evidence, "faults");
}

void add_transitions(const Surroundings& surroundings, Json& evidence) {
  if (surroundings.transitions.empty()) return;
  Json nodes = Json::object();
  const std::size_t share = kTransitionsBytes / surroundings.transitions.size();
  for (const auto& [node, transitions] : surroundings.transitions) {
    BoundedList list(transitions.lines.size(), share);
    // The latest ones are the most important: those that do not fit are left out at the begin.
    for (auto line = transitions.lines.rbegin(); line != transitions.lines.rend(); ++line) {
      list.add(*line);
    }
    list.leave_out(transitions.left_out);
    std::move(list).store(nodes, node);
    Json& stored = nodes[node];
    std::reverse(stored.begin(), stored.end());
  }
  evidence["transitions"] = std::move(nodes);
}

void add_logs(const Surroundings& surroundings, Json& evidence) {
  Json logs = Json::object();
  const std::size_t share = kLogsBytes / std::max<std::size_t>(surroundings.logs.size(), 1);
  for (const auto& [log, tail] : surroundings.logs) {
    BoundedList list(tail.last_lines.size(), share);
    for (auto line = tail.last_lines.rbegin(); line != tail.last_lines.rend(); ++line) {
      list.add(bounded_text(*line, std::min<std::size_t>(share / 2, 500)));
    }
    std::move(list).store(logs, log);
    std::reverse(logs[log].begin(), logs[log].end());
    if (tail.bytes_before > 0) logs[log + "-bytes-before"] = tail.bytes_before;
  }
  evidence["logs"] = std::move(logs);
}

/// What processes that ended by themselves left: without any, nothing is added.
void add_remains(const Surroundings& surroundings, Json& evidence) {
  if (!surroundings.core_dumps.empty()) {
    BoundedList list(surroundings.core_dumps.size(), kTextBytes);
    for (const auto& path : surroundings.core_dumps) list.add(bounded_text(path, kValueBytes));
    std::move(list).store(evidence, "core-dumps");
  }
  if (surroundings.sanitizer_reports.empty()) return;
  Json reports = Json::object();
  const std::size_t share = kReportsBytes / surroundings.sanitizer_reports.size();
  for (const auto& [path, report] : surroundings.sanitizer_reports) {
    BoundedList list(report.first_lines.size(), share);
    for (const auto& line : report.first_lines) list.add(bounded_text(line, share / 2));
    const std::string key = bounded_text(path, kValueBytes).text();
    std::move(list).store(reports, key);
    reports[key + "-bytes"] = report.bytes;
  }
  evidence["sanitizer-reports"] = std::move(reports);
}

/// The keys that differ from their defaults.
Json scenario_json(const Scenario& scenario) {
  const Json all = to_json(scenario);
  const Json defaults = to_json(Scenario{});
  Json changed = Json::object();
  for (const auto& [key, value] : all.items()) {
    if (key == "seed" || (defaults.contains(key) && defaults[key] == value)) continue;
    changed[key] = bounded_value(value, kTextBytes);
  }
  return bounded_value(changed, kScenarioBytes);
}

}  // namespace

bool needs_evidence(const Outcome& outcome) {
  const auto verdict = outcome.verdict();
  return verdict != checker::Verdict::kValid && verdict != checker::Verdict::kVacuous;
}

Json evidence_of(const Outcome& outcome, const Json& results, const Surroundings& surroundings) {
  Json evidence = {{kEvidenceFormat, kEvidenceVersion},
                   {"verdict", checker::name(outcome.verdict())},
                   {"seed", outcome.scenario.seed.value_or(0)},
                   {"scenario", scenario_json(outcome.scenario)}};
  evidence.update(checks_of(outcome));
  for (const auto& [key, bytes_max] : kCopied) {
    if (results.contains(key)) evidence[key] = bounded_value(results[key], bytes_max);
  }
  const bool failed = !outcome.failures.empty();
  const base::Duration begin = failed ? outcome.failures.front().begin : outcome.load_time;
  const base::Duration end = failed ? outcome.failures.front().end : outcome.load_time;
  if (failed) evidence["signature"] = outcome.failures.front().signature;
  add_failures(outcome, evidence);
  add_explanation(outcome, surroundings.roles, evidence);
  add_faults(outcome, begin, end, evidence);
  add_transitions(surroundings, evidence);
  add_logs(surroundings, evidence);
  add_remains(surroundings, evidence);
  return evidence;
}

std::string evidence_text(const Json& evidence) {
  return in_lines(evidence, kLevelsInLines) + "\n";
}

base::Status write_evidence(const Outcome& outcome, const Json& results) {
  if (outcome.directory.empty() || !needs_evidence(outcome)) return {};
  const Failure* main = outcome.failures.empty() ? nullptr : &outcome.failures.front();
  const auto evidence = evidence_of(outcome, results, read_surroundings(outcome, main));
  return write_file(outcome.directory / "evidence.json", evidence_text(evidence));
}

}  // namespace capsize::harness
