#include "harness/evidence/role_history.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace capsize::harness {

bool is_about_roles(std::string_view line) {
  return line.find("\"event\":\"role\"") != line.npos ||
         line.find("\"event\":\"term\"") != line.npos ||
         line.find("\"event\":\"start\"") != line.npos;
}

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

std::optional<std::int64_t> RoleHistory::led_since(std::uint64_t term) const {
  const auto found = leaders_.find(term);
  return found == leaders_.end() ? std::nullopt : std::optional(found->second.first);
}

std::vector<RoleHistory::Role> RoleHistory::roles_between(nemesis::Node node, std::int64_t begin,
                                                          std::int64_t end) const {
  std::vector<Role> roles;
  if (const auto first = role_at(node, begin)) roles.push_back(*first);
  const auto found = roles_.find(node);
  if (found == roles_.end()) return roles;
  for (auto next = found->second.upper_bound(begin);
       next != found->second.end() && next->first <= end; ++next) {
    roles.push_back(next->second);
  }
  return roles;
}

bool RoleHistory::is_led_at(std::uint64_t term, std::int64_t time) const {
  const auto leader = leaders_.find(term);
  if (leader == leaders_.end()) return false;
  const auto role = role_at(leader->second.second, time);
  return role && role->term == term && role->name == checker::name(checker::Role::kLeader);
}

bool RoleHistory::has_leader_at_end() const {
  if (leaders_.empty()) return false;
  const auto& [term, leader] = *leaders_.rbegin();
  const Role last = roles_.at(leader.second).rbegin()->second;
  return last.term == term && last.name == checker::name(checker::Role::kLeader);
}

std::optional<nemesis::Node> server_of(const Scenario& scenario, std::int64_t process) {
  if (scenario.retries > 0 || process < 0) return std::nullopt;
  // As the load generator assigns clients to nodes: round robin, and one more client for each node
  // for the final reads.
  const auto threads = scenario.concurrency + scenario.nodes;
  const auto thread = static_cast<std::uint64_t>(process) % threads;
  return server_of_thread(thread, scenario.concurrency, scenario.nodes);
}

nemesis::Node server_of_thread(std::uint64_t thread, std::uint64_t concurrency,
                               std::uint64_t nodes) {
  return thread < concurrency ? thread % nodes : thread - concurrency;
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

}  // namespace capsize::harness
