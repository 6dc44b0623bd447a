// The JSON form of a report: what `capsize check --json` prints and what goes into results.json.
#include <algorithm>
#include <utility>
#include <vector>
#include "base/json.h"

#include "checker/report/report.h"

namespace capsize::checker {
namespace {

using base::Json;

Json time_json(std::int64_t nanoseconds) {
  return nanoseconds == kNoTime ? Json() : Json(nanoseconds);
}

Json to_json(const OperationView& operation) {
  // The value is JSON text already; it becomes a value again.
  Json shown = {
      {"process", operation.process < 0 ? Json(operation.process_name) : Json(operation.process)},
      {"f", operation.function},
      {"value", Json::parse(operation.value)},
      {"outcome", name(operation.outcome)},
      {"index", operation.index},
      {"complete-index", operation.complete_index ? Json(*operation.complete_index) : Json()},
      {"time", time_json(operation.invoke_time)},
      {"complete-time", time_json(operation.complete_time)}};
  if (operation.background) shown["background"] = true;
  if (operation.named) shown["named"] = true;
  return shown;
}

// Pairs of places in `operations` of which neither precedes the other; quadratic, so only for few
// operations.
Json concurrent_pairs(const std::vector<OperationView>& operations) {
  constexpr std::size_t kOperationsMax = 64;
  Json pairs = Json::array();
  if (operations.size() > kOperationsMax) return pairs;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    for (std::size_t j = i + 1; j < operations.size(); ++j) {
      if (precedes(operations[i], operations[j]) || precedes(operations[j], operations[i]))
        continue;
      pairs.push_back({i, j});
    }
  }
  return pairs;
}

Json to_json(const std::optional<Staleness>& staleness) {
  if (!staleness) return {};
  return {{"nanoseconds", time_json(staleness->nanoseconds)}, {"versions", staleness->versions}};
}

Json to_json(const Violation& violation) {
  Json operations = Json::array();
  for (const OperationView& operation : violation.operations) {
    operations.push_back(to_json(operation));
  }
  Json out = {{"anomaly", name(violation.anomaly)},
              {"key", violation.key},
              {"sentence", violation.sentence},
              {"minimal", violation.minimal},
              {"concurrent", concurrent_pairs(violation.operations)},
              {"staleness", to_json(violation.staleness)},
              {"operations", std::move(operations)}};
  if (!violation.same_on.empty()) out["same-on"] = violation.same_on;
  return out;
}

Json to_json(const ConsistencyAnswer& answer) {
  return {{"holds", name(answer.holds)}, {"detail", answer.detail}};
}

Json to_json(const ConsistencyAnswers& weaker) {
  Json out = {{"key", weaker.key}};
  for (const ConsistencyAnswer& answer : weaker.answers) {
    out[std::string(answer.question)] = to_json(answer);
  }
  return out;
}

Json to_json(const Malformed& malformed) {
  return {{"kind", "malformed"},           {"file", malformed.file},
          {"line", malformed.line},        {"column", malformed.column},
          {"found", malformed.found},      {"expected", malformed.expected},
          {"message", malformed.message()}};
}

Json to_json(const HistoryCounts& counts) {
  return {{"ok", counts.ok}, {"fail", counts.fail}, {"info", counts.info}};
}

// The algorithms that decided at least one key, the one with the most keys first.
std::string algorithm_names(const Report& report) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(report.algorithms.begin(),
                                                            report.algorithms.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string names;
  for (const auto& [algorithm, keys] : sorted) names += (names.empty() ? "" : ", ") + algorithm;
  return names;
}

}  // namespace

std::string_view name(ConsistencyAnswer::Holds holds) {
  switch (holds) {
    case ConsistencyAnswer::Holds::kYes:
      return "yes";
    case ConsistencyAnswer::Holds::kNo:
      return "no";
    case ConsistencyAnswer::Holds::kUnknown:
      break;
  }
  return "unknown";
}

void mark_repeated(std::vector<Violation>& violations) {
  const auto is_equal = [](const Violation& a, const Violation& b) {
    return a.anomaly == b.anomaly &&
           std::equal(a.operations.begin(), a.operations.end(), b.operations.begin(),
                      b.operations.end(), [](const OperationView& one, const OperationView& other) {
                        return one.function == other.function && one.outcome == other.outcome;
                      });
  };
  for (auto violation = violations.begin(); violation != violations.end(); ++violation) {
    const auto first = std::find_if(violations.begin(), violation, [&](const Violation& before) {
      return !before.repeated && is_equal(before, *violation);
    });
    if (first == violation) continue;
    violation->repeated = true;
    first->same_on.push_back(violation->key);
  }
}

Json to_json(const Report& report) {
  Json violations = Json::array();
  for (const Violation& violation : report.violations) violations.push_back(to_json(violation));
  Json first = violations.empty() ? Json() : violations.front();
  Json weaker = Json::array();
  for (const ConsistencyAnswers& answers : report.weaker) weaker.push_back(to_json(answers));
  Json out = {{"capsize-report", 1},  // the version of the format (docs/FORMATS.md)
              {"verdict", name(report.verdict)},
              {"file", report.file},
              {"format", report.format},
              {"model", report.model},
              {"algorithm", algorithm_names(report)},
              {"algorithms", report.algorithms},
              {"operations", report.counts.operations},
              {"keys", report.counts.keys},
              {"processes", report.counts.processes},
              {"indeterminate", report.counts.info},
              {"counts", to_json(report.counts)},
              {"violation", std::move(first)},
              {"violations", std::move(violations)},
              {"weaker", std::move(weaker)},
              {"violating-keys", report.violating_keys},
              {"unknown-keys", report.unknown_keys},
              {"reason", report.reason},
              {"cut-off", report.cut_off},
              {"skipped", report.skipped.count},
              {"notes", report.notes},
              {"seconds", {{"load", report.seconds_load}, {"check", report.seconds_check}}}};
  if (report.sequential_of_all_keys) {
    out["weaker-all-keys"] = {{"sequential", to_json(*report.sequential_of_all_keys)}};
  }
  if (report.skipped.count > 0) out["first-skipped"] = report.skipped.first;
  if (report.malformed) out["error"] = to_json(*report.malformed);
  return out;
}

}  // namespace capsize::checker
