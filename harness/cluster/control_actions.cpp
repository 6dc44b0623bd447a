// Control requests to nodes: faults inside the process, and its status.
#include <csignal>
#include <thread>

#include "harness/cluster/clock.h"
#include "harness/cluster/process_cluster.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using base::Json;
using nemesis::ActionResult;
using nemesis::Node;

constexpr auto kPollPause = 1ms;

}  // namespace

ActionResult ProcessCluster::ask_control(Node node, const Json& request) {
  Member& member = *members_[node];
  const auto name = nemesis::node_name(node);
  if (member.expected_down || !member.process) return {.done = false, .reason = name + " is down"};
  auto answer = member.control->request(launcher_.with_secret(request), kControlBound);
  if (!answer) {
    return {.done = false,
            .reason = name + " did not answer " + request.dump() + ": " + answer.error().message,
            .uncertain = true};
  }
  Json parsed = Json::parse(answer.value());
  if (!parsed.is_object() || !parsed.value("ok", false)) {
    return {.done = false, .reason = name + " refused " + request.dump() + ": " + answer.value()};
  }
  parsed.erase("ok");
  return {.done = true, .evidence = std::move(parsed)};
}

ActionResult ProcessCluster::control(const std::vector<Node>& nodes, const Json& request) {
  return control_until(
      nodes, request, [](Node, const Json&) { return true; }, base::Duration::zero());
}

ActionResult ProcessCluster::control_until(const std::vector<Node>& nodes, const Json& request,
                                           const Satisfied& satisfied, base::Duration bound) {
  ActionResult result{.done = true};
  const auto begun = monotonic_now();
  for (const Node node : nodes) {
    while (true) {
      const ActionResult answer = ask_control(node, request);
      if (answer.done) result.evidence[nemesis::node_name(node)] = answer.evidence;
      if (answer.done && satisfied(node, answer.evidence)) break;
      if (answer.done && monotonic_now() - begun < bound) {
        std::this_thread::sleep_for(kPollPause);
        continue;
      }
      result.done = false;
      result.uncertain = result.uncertain || answer.uncertain;
      result.reason =
          answer.done ? nemesis::node_name(node) + " did not get there in time" : answer.reason;
      break;
    }
  }
  result.effect = monotonic_now() - begun;
  return result;
}

ActionResult ProcessCluster::crash(const std::vector<Node>& nodes, double keep) {
  Json replies = Json::object();
  for (const Node node : nodes) {
    detect_crash(node);  // a node that ended by itself just before did crash
    const ActionResult answer = ask_control(node, {{"op", "crash"}, {"keep", keep}});
    members_[node]->expected_down = true;  // it kills itself soon
    if (answer.done) replies[nemesis::node_name(node)] = answer.evidence;
  }
  // The node kills itself; the signal from here only spares the wait for it.
  ActionResult result = end_by(nodes, SIGKILL);
  result.evidence.merge_patch(replies);
  return result;
}

}  // namespace capsize::harness
