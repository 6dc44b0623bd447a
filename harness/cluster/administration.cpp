// What the cluster is asked as a client with the rights of an operator: changes of members,
// transfers of leadership. Both go to the leader (node/PROTOCOL.md, Clients).
#include <fmt/format.h>

#include <thread>

#include "harness/cluster/clock.h"
#include "harness/cluster/process_cluster.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using nemesis::Act;
using nemesis::Node;
using nlohmann::json;

// An election and a newcomer's catching up on a bad network fit in.
constexpr auto kChangeBound = 2000ms;
constexpr auto kPause = 10ms;

json names(const std::vector<Node>& nodes) {
  json list = json::array();
  for (const Node node : nodes) list.push_back(nemesis::node_name(node));
  return list;
}

std::chrono::milliseconds left(base::Instant until) {
  return std::max(1ms,
                  std::chrono::duration_cast<std::chrono::milliseconds>(until - monotonic_now()));
}

}  // namespace

base::Result<json> ProcessCluster::ask_leader(const json& question,
                                              std::chrono::milliseconds bound) {
  observe();
  if (!leader_) return base::Error{"no leader is known"};
  auto answer = members_[*leader_]->client->ask(question.dump(), bound);
  if (!answer) return json{{"outcome", "info"}, {"error", answer.error().message}};
  json parsed = json::parse(answer.value(), nullptr, false);
  if (parsed.is_discarded()) return base::Error{"not JSON: " + answer.value()};
  return parsed;
}

Act ProcessCluster::change_members(const std::vector<Node>& members) {
  const auto until = monotonic_now() + kChangeBound;
  Act act{.done = false, .reason = "no leader is known"};
  bool may_happen = false;
  for (; monotonic_now() < until; std::this_thread::sleep_for(kPause)) {
    const auto answer =
        ask_leader({{"id", 1}, {"f", "change-members"}, {"value", names(members)}}, left(until));
    if (!answer) continue;
    act.reason = answer.value().value("error", "");
    may_happen |= answer.value()["outcome"] == "info";
    if (answer.value()["outcome"] != "ok" && act.reason != "no-change") continue;
    configured_ = members;
    return {.done = true, .evidence = {{"voters", names(members)}}};
  }
  // What was asked for may yet come: then the way back has to be gone, too.
  if (may_happen) configured_ = members;
  act.done = may_happen;
  return act;
}

base::Status ProcessCluster::restore_members(std::chrono::milliseconds bound) {
  std::vector<Node> core;
  for (Node node = 0; node < options_.nodes; ++node) core.push_back(node);
  if (configured_ == core) return {};
  const auto until = monotonic_now() + bound;
  Act act;
  while (!act.evidence.contains("voters") && monotonic_now() < until) act = change_members(core);
  if (act.evidence.contains("voters")) return {};
  return base::Error{"the members could not be made what they were at the start: " + act.reason};
}

Act ProcessCluster::transfer_leadership(Node to) {
  const auto until = monotonic_now() + kChangeBound;
  Act act{.done = false, .reason = "no leader is known"};
  for (; monotonic_now() < until; std::this_thread::sleep_for(kPause)) {
    const auto answer = ask_leader(
        {{"id", 1}, {"f", "transfer-leadership"}, {"value", nemesis::node_name(to)}}, left(until));
    if (!answer) continue;
    act.reason = answer.value().value("error", "");
    // "no-change": an earlier offer was taken while nobody listened.
    if (answer.value()["outcome"] != "ok" && act.reason != "no-change") continue;
    return {.done = true, .evidence = {{"leader", nemesis::node_name(to)}}};
  }
  return act;
}

}  // namespace capsize::harness
