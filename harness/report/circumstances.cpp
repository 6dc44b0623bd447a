#include "harness/report/circumstances.h"

#include <fmt/core.h>

#include <fstream>
#include <iterator>

#include "base/json.h"
#include "base/time.h"
#include "harness/report/violation_text.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kLinesMax = 12;

bool is_about_roles(const std::string& line) {
  return line.find("\"event\":\"role\"") != std::string::npos ||
         line.find("\"event\":\"term\"") != std::string::npos ||
         line.find("\"event\":\"start\"") != std::string::npos;
}

}  // namespace

RoleHistory roles_of(const Outcome& outcome) {
  RoleHistory history;
  const auto nodes = outcome.scenario.nodes + spares_of(outcome.scenario);
  for (nemesis::Node node = 0; node < nodes; ++node) {
    history.read(node, outcome.directory / "nodes" / nemesis::node_name(node) / "trace.jsonl");
  }
  return history;
}

void RoleHistory::read(nemesis::Node node, const std::filesystem::path& trace) {
  std::ifstream file(trace);
  for (std::string line; std::getline(file, line);) {
    if (is_about_roles(line)) read_line(node, line);
  }
}

void RoleHistory::read_line(nemesis::Node node, const std::string& line) {
  const auto event = parser_.parse(line, names_);
  if (!event) return;  // a killed node may have left a partial line
  roles_[node][event->time] = {std::string(checker::name(event->role)), event->term};
  if (event->role == checker::Role::kLeader) {
    leaders_.try_emplace(event->term, event->time, node);
  }
}

std::optional<RoleHistory::Role> RoleHistory::role_at(nemesis::Node node, std::int64_t time) const {
  const auto found = roles_.find(node);
  if (found == roles_.end()) return std::nullopt;
  const auto next = found->second.upper_bound(time);
  if (next == found->second.begin()) return std::nullopt;
  return std::prev(next)->second;
}

std::optional<RoleHistory::Leader> RoleHistory::leader_at(std::int64_t time) const {
  for (auto leader = leaders_.rbegin(); leader != leaders_.rend(); ++leader) {
    const auto& [since, node] = leader->second;
    if (since <= time) return Leader{node, leader->first};
  }
  return std::nullopt;
}

std::optional<nemesis::Node> server_of(const Scenario& scenario, std::int64_t process) {
  if (scenario.retries > 0 || process < 0) return std::nullopt;
  // As the load generator assigns clients to nodes: round robin, and one more client for each node
  // for the final reads.
  const auto threads = scenario.concurrency + scenario.nodes;
  const auto thread = static_cast<std::uint64_t>(process) % threads;
  return thread < scenario.concurrency ? thread % scenario.nodes : thread - scenario.concurrency;
}

std::string active_faults(const std::vector<nemesis::FaultRecord>& faults, base::Duration begin,
                          base::Duration end) {
  std::string text;
  for (const auto& fault : faults) {
    if (fault.state == nemesis::FaultState::kSkipped || fault.begin > end || fault.end < begin) {
      continue;
    }
    text += (text.empty() ? "" : ", ") + fault.fault->spec.kind;
    for (const auto node : fault.nodes) text += " " + nemesis::node_name(node);
  }
  return text;
}

std::string circumstances(const Outcome& outcome, const RoleHistory& roles,
                          const checker::Violation& violation) {
  if (violation.repeated || outcome.start == base::Instant{}) return {};
  const auto shown = shown_in_text(violation);
  std::string text;
  for (std::size_t i = 0; i < std::min(shown.operations.size(), kLinesMax); ++i) {
    const auto& operation = shown.operations[i];
    if (operation.invoke_time == checker::kNoTime) continue;
    const base::Duration begin(operation.invoke_time);
    const bool ends = operation.complete_time != checker::kNoTime;
    const base::Duration end = ends ? base::Duration(operation.complete_time) : begin;
    const auto moment = base::nanoseconds(outcome.start + end);
    std::string server = "-";
    if (const auto node = server_of(outcome.scenario, operation.process)) {
      server = nemesis::node_name(*node);
      if (const auto role = roles.role_at(*node, moment)) {
        server += fmt::format(" {}, term {}", role->name, role->term);
      }
    }
    const auto leader = roles.leader_at(moment);
    const std::string leader_text =
        leader ? fmt::format("{}, term {}", nemesis::node_name(leader->node), leader->term) : "-";
    const std::string faults = active_faults(outcome.faults, begin, end);
    text += fmt::format("    {:>3}  {:<24} {:<14} {}\n", i + 1, server, leader_text,
                        faults.empty() ? "-" : faults);
  }
  if (text.empty()) return text;
  return fmt::format("\n    {:>3}  {:<24} {:<14} {}\n", "#", "served by", "newest leader",
                     "faults active") +
         text;
}

}  // namespace capsize::harness
