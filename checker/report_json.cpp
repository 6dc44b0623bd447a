// The JSON form of a report: what `capsize check --json` prints and what goes into results.json.
#include <nlohmann/json.hpp>

#include "checker/report.h"

namespace capsize::checker {
namespace {

using nlohmann::json;

json time_json(std::int64_t nanoseconds) {
  return nanoseconds == kNoTime ? json() : json(nanoseconds);
}

json to_json(const OperationView& operation) {
  // The value is JSON text already; it becomes a value again.
  return {{"process", operation.process},
          {"f", operation.function},
          {"value", json::parse(operation.value, nullptr, false)},
          {"outcome", name(operation.outcome)},
          {"index", operation.index},
          {"complete-index", operation.complete_index ? json(*operation.complete_index) : json()},
          {"time", time_json(operation.invoke_time)},
          {"complete-time", time_json(operation.complete_time)}};
}

json to_json(const Violation& violation) {
  json operations = json::array();
  for (const OperationView& operation : violation.operations) {
    operations.push_back(to_json(operation));
  }
  return {{"anomaly", name(violation.anomaly)},
          {"key", violation.key},
          {"sentence", violation.sentence},
          {"minimal", violation.minimal},
          {"operations", std::move(operations)}};
}

json to_json(const Malformed& malformed) {
  return {{"kind", "malformed"},           {"file", malformed.file},
          {"line", malformed.line},        {"column", malformed.column},
          {"found", malformed.found},      {"expected", malformed.expected},
          {"message", malformed.message()}};
}

json to_json(const HistoryCounts& counts) {
  return {{"operations", counts.operations},
          {"ok", counts.ok},
          {"fail", counts.fail},
          {"info", counts.info},
          {"keys", counts.keys},
          {"processes", counts.processes}};
}

}  // namespace

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kFail:
      return "fail";
    case Outcome::kInfo:
      break;
  }
  return "info";
}

json to_json(const Report& report) {
  json violations = json::array();
  for (const Violation& violation : report.violations) violations.push_back(to_json(violation));
  json out = {{"verdict", name(report.verdict)},
              {"file", report.file},
              {"format", report.format},
              {"model", report.model},
              {"algorithms", report.algorithms},
              {"counts", to_json(report.counts)},
              {"violations", std::move(violations)},
              {"violating-keys", report.violating_keys},
              {"unknown-keys", report.unknown_keys},
              {"reason", report.reason},
              {"cut-off", report.cut_off},
              {"seconds-load", report.seconds_load},
              {"seconds-check", report.seconds_check}};
  if (report.malformed) out["error"] = to_json(*report.malformed);
  return out;
}

}  // namespace capsize::checker
