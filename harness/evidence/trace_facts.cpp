#include "harness/evidence/trace_facts.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <string_view>

namespace capsize::harness {
namespace {

constexpr std::array<std::string_view, 3> kObservations = {"read", "contains", "drain"};

bool any_invalid(const Outcome& outcome) {
  return std::any_of(outcome.checks.begin(), outcome.checks.end(), [](const Check& check) {
    return check.verdict == checker::Verdict::kInvalid;
  });
}

/// Whether all steps of a transaction are reads: [["r",key,value],…].
bool only_reads(const std::string& steps) {
  const base::Json parsed = base::Json::parse(steps);
  return std::all_of(parsed.begin(), parsed.end(), [](const base::Json& step) {
    return step.is_array() && !step.empty() && step.front() == "r";
  });
}

std::vector<TraceWindow> windows_of(const Outcome& outcome) {
  std::vector<TraceWindow> windows;
  if (!outcome.linearizable) return windows;
  for (const auto& violation : outcome.linearizable->violations) {
    for (const auto* operation : subjects_of(violation)) {
      if (!is_mutation(*operation) || operation->outcome != checker::Outcome::kOk) continue;
      if (const auto window = window_of(outcome, *operation)) windows.push_back(*window);
    }
  }
  return windows;
}

}  // namespace

TraceFacts trace_facts_of(const Outcome& outcome) {
  TraceFacts facts{.roles = {}, .commits = CommitHistory(windows_of(outcome))};
  if (!any_invalid(outcome)) return facts;
  checker::TraceLineParser parser;
  checker::NodeNames names;
  const auto nodes = outcome.scenario.nodes + spares_of(outcome.scenario);
  for (nemesis::Node node = 0; node < nodes; ++node) {
    std::ifstream file(outcome.directory / "nodes" / nemesis::node_name(node) / "trace.jsonl");
    for (std::string line; std::getline(file, line);) {
      if (is_about_roles(line)) {
        facts.roles.read_line(node, line);
      } else if (facts.commits.wants(line)) {
        if (const auto event = parser.parse(line, names)) facts.commits.add(*event);
      }
    }
  }
  return facts;
}

bool is_mutation(const checker::OperationView& operation) {
  if (operation.function == "txn") return !only_reads(operation.value);
  return std::find(kObservations.begin(), kObservations.end(), operation.function) ==
         kObservations.end();
}

std::vector<const checker::OperationView*> subjects_of(const checker::Violation& violation) {
  std::vector<const checker::OperationView*> named;
  std::vector<const checker::OperationView*> shown;
  for (const auto& operation : violation.operations) {
    if (operation.named) named.push_back(&operation);
    if (!operation.background) shown.push_back(&operation);
  }
  return named.empty() ? shown : named;
}

std::optional<TraceWindow> window_of(const Outcome& outcome,
                                     const checker::OperationView& operation) {
  if (outcome.start == base::Instant{} || operation.invoke_time == checker::kNoTime ||
      operation.complete_time == checker::kNoTime) {
    return std::nullopt;
  }
  const std::int64_t start = base::nanoseconds(outcome.start);
  return TraceWindow{start + operation.invoke_time, start + operation.complete_time};
}

}  // namespace capsize::harness
