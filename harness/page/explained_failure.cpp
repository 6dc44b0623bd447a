#include "harness/page/explained_failure.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/page/linearization_points.h"
#include "harness/page/page_text.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::size_t kLineBytes = 400;
constexpr std::size_t kExplainedMax = 64;
constexpr std::size_t kLinesOfOperation = 12;
constexpr std::size_t kLogLinesOfNode = 4;
constexpr double kLinesAroundMs = 20;

ExplainedOperation operation_of(const Json& line) {
  ExplainedOperation operation;
  operation.what = {.process = value_in(line, "process", kPageNameBytes),
                    .function = text_in(line, "f", kPageNameBytes),
                    .value = value_in(line, "value", kLineBytes),
                    .outcome = text_in(line, "outcome", kPageNameBytes),
                    .invoke_ms = base::number_field(line, "invoke-ms"),
                    .complete_ms = base::number_field(line, "complete-ms"),
                    .named = is_set_in(line, "named")};
  if (operation.what.value.empty()) operation.what.value = "null";
  const Json& server = base::field(line, "served-by");
  operation.node = text_in(server, "node", kPageNameBytes);
  operation.role = text_in(server, "role", kPageNameBytes);
  operation.term = integer_in(server, "term");
  const Json& leader = base::field(line, "newest-leader");
  operation.newest_leader = text_in(leader, "node", kPageNameBytes);
  operation.newest_term = integer_in(leader, "term");
  operation.faults = text_in(line, "faults");
  return operation;
}

bool comes_before(const ExplainedOperation& left, const ExplainedOperation& right) {
  if (left.what.named != right.what.named) return left.what.named;
  return left.what.invoke_ms.value_or(0) < right.what.invoke_ms.value_or(0);
}

/// The violation of results.json that evidence.json explains; null if there is none.
const Json& violation_of(const Json& results, const std::string& sentence) {
  static const Json kNone = nullptr;
  for (const Json& violation : base::field(base::field(results, "linearizable"), "violations")) {
    if (text_in(violation, "sentence") == sentence) return violation;
  }
  return kNone;
}

/// Times are microseconds in evidence.json and nanoseconds in results.json.
bool is_same(const ExplainedOperation& operation, const Json& line) {
  const auto time = base::number_field(line, "time");
  return time && operation.what.invoke_ms &&
         std::floor(*time / 1e3) == std::round(*operation.what.invoke_ms * 1e3) &&
         value_in(line, "process", kPageNameBytes) == operation.what.process;
}

/// What results.json knows of the operations beyond evidence.json.
void add_points(const Json& results, ExplainedFailure& failure) {
  const Json& lines = base::field(violation_of(results, failure.sentence), "operations");
  const auto points = linearization_points(lines, failure.model);
  for (ExplainedOperation& operation : failure.operations) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!lines.is_array() || !is_same(operation, lines[i])) continue;
      operation.index = integer_in(lines[i], "index");
      if (i < points.size() && points[i]) {
        operation.point_ms = static_cast<double>(*points[i]) / 1e6;
      }
    }
  }
}

/// The index of a transition, or the range from its first to its last entry.
std::string entries_text(const Json& line) {
  const std::string first = value_in(line, "first", kPageNameBytes);
  const std::string index = value_in(line, "index", kPageNameBytes);
  return first.empty() || first == index ? index : first + " to " + index;
}

/// A transition of a trace as a line for people; node/PROTOCOL.md lists the events.
std::string transition_text(const Json& line) {
  const std::string event = text_in(line, "event", kPageNameBytes);
  const std::string term = value_in(line, "term", kPageNameBytes);
  const std::string role = text_in(line, "role", kPageNameBytes);
  const std::string entries = entries_text(line);
  if (event == "role") return fmt::format("becomes {} in term {}", role, term);
  if (event == "term") return fmt::format("enters term {} as {}", term, role);
  if (event == "vote") {
    return fmt::format("votes for {} in term {}", value_in(line, "vote", kPageNameBytes), term);
  }
  if (event == "start")
    return fmt::format("starts in term {} with its log up to {}", term, entries);
  if (event == "commit") return fmt::format("commits up to {} ({}, term {})", entries, role, term);
  if (event == "append") return fmt::format("appends {} ({}, term {})", entries, role, term);
  return page_text(fmt::format("{} {} ({}, term {})", event, entries, role, term), kLineBytes);
}

/// What the node that served the operation did while it ran; its last change before, too.
void add_transitions(const Json& transitions, const ExplainedOperation& operation,
                     std::size_t number, std::vector<ExplainedLine>& lines) {
  if (!operation.what.invoke_ms || operation.node.empty()) return;
  const double begin = *operation.what.invoke_ms - kLinesAroundMs;
  const double end =
      operation.what.complete_ms.value_or(*operation.what.invoke_ms) + kLinesAroundMs;
  std::optional<ExplainedLine> before;
  std::size_t added = 0;
  for (const Json& line : base::field(transitions, operation.node)) {
    const auto ms = base::number_field(line, "ms");
    if (!ms || *ms > end) continue;
    ExplainedLine shown{operation.node, ms, transition_text(line), number};
    if (*ms < begin) {
      before = std::move(shown);
    } else if (added < kLinesOfOperation) {
      lines.push_back(std::move(shown));
      ++added;
    }
  }
  if (before) lines.push_back(*std::move(before));
}

/// The last lines of the log of a node, which carry no time; without those that only say that it
/// takes requests.
void add_log(const Json& logs, const std::string& node, std::vector<ExplainedLine>& lines) {
  const Json& log = base::field(logs, node);
  const std::size_t first = log.size() - std::min(log.size(), kLogLinesOfNode);
  std::size_t at = 0;
  for (const Json& line : log) {
    if (at++ < first || !line.is_string()) continue;
    if (line.text().find("\"ready\":true") != std::string::npos) continue;
    lines.push_back({node, {}, page_text(line.text(), kLineBytes), 0});
  }
}

std::vector<ExplainedLine> lines_of(const Json& evidence,
                                    const std::vector<ExplainedOperation>& operations) {
  std::vector<ExplainedLine> lines;
  std::vector<std::string> nodes;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (!operations[i].what.named || operations[i].node.empty()) continue;
    add_transitions(base::field(evidence, "transitions"), operations[i], i + 1, lines);
    if (std::find(nodes.begin(), nodes.end(), operations[i].node) == nodes.end()) {
      nodes.push_back(operations[i].node);
    }
  }
  std::stable_sort(lines.begin(), lines.end(), [](const auto& left, const auto& right) {
    return left.ms.value_or(0) < right.ms.value_or(0);
  });
  for (const std::string& node : nodes) add_log(base::field(evidence, "logs"), node, lines);
  return lines;
}

Json to_json(const ExplainedOperation& operation, std::size_t number) {
  Json served, newest;
  if (!operation.node.empty()) {
    served = {{"node", operation.node},
              {"role", operation.role.empty() ? Json() : Json(operation.role)},
              {"term", operation.term ? Json(*operation.term) : Json()}};
  }
  if (!operation.newest_leader.empty() && operation.newest_term) {
    newest = {{"node", operation.newest_leader}, {"term", *operation.newest_term}};
  }
  Json faults = Json::array();
  if (!operation.faults.empty()) faults.push_back(operation.faults);
  return {{"number", number},
          {"process", operation.what.process},
          {"f", operation.what.function},
          {"value", operation.what.value},
          {"outcome", operation.what.outcome},
          {"invokeMs", json_of(operation.what.invoke_ms)},
          {"completeMs", json_of(operation.what.complete_ms)},
          {"pointMs", json_of(operation.point_ms)},
          {"index", operation.index ? Json(*operation.index) : Json()},
          {"named", operation.what.named},
          {"background", operation.background},
          {"servedBy", served},
          {"newestLeader", newest},
          {"faults", faults}};
}

}  // namespace

const ExplainedOperation* ExplainedFailure::observer() const {
  const auto found = std::find_if(operations.begin(), operations.end(),
                                  [](const auto& operation) { return operation.observes; });
  return found == operations.end() ? nullptr : &*found;
}

std::optional<ExplainedFailure> explain_failure(const RunFiles& files) {
  const Json& explanation = base::field(files.evidence, "explanation");
  if (!explanation.is_object()) return std::nullopt;
  ExplainedFailure failure;
  failure.anomaly = text_in(explanation, "anomaly", kPageNameBytes);
  failure.key = text_in(explanation, "key", kPageNameBytes);
  failure.sentence = text_in(explanation, "sentence");
  failure.model = text_in(base::field(files.results, "linearizable"), "model", kPageNameBytes);
  for (const Json& line : base::field(explanation, "operations")) {
    if (failure.operations.size() == kExplainedMax) break;
    failure.operations.push_back(operation_of(line));
  }
  // evidence.json has the observer first, whether the sentence names operations or not.
  if (!failure.operations.empty()) failure.operations.front().observes = true;
  std::stable_sort(failure.operations.begin(), failure.operations.end(), comes_before);
  std::vector<ArguedOperation> argued;
  for (const auto& operation : failure.operations) argued.push_back(operation.what);
  add_points(files.results, failure);
  failure.argument = argument_of(argued, failure.key, failure.sentence);
  failure.lines = lines_of(files.evidence, failure.operations);
  return failure;
}

Json to_json(const ExplainedFailure& failure) {
  Json operations = Json::array();
  for (std::size_t i = 0; i < failure.operations.size(); ++i) {
    operations.push_back(to_json(failure.operations[i], i + 1));
  }
  Json words = Json::array();
  for (const auto& step : failure.argument) {
    words.push_back({{"kind", name(step.kind)}, {"text", step.text}});
  }
  Json lines = Json::array();
  for (const auto& line : failure.lines) {
    lines.push_back({{"node", line.node},
                     {"ms", json_of(line.ms)},
                     {"text", line.text},
                     {"operation", line.operation == 0 ? Json() : Json(line.operation)}});
  }
  return {{"anomaly", failure.anomaly},
          {"model", failure.model},
          {"key", failure.key},
          {"sentence", failure.sentence},
          {"words", words},
          {"operations", operations},
          {"logLines", lines}};
}

}  // namespace capsize::harness
