// What the nodes are asked on their control ports: faults that live in the process, and its status.
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
  auto answer = member.control->ask(launcher_.with_secret(request), kControlBound);
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
  ActionResult act{.done = true};
  const auto begun = monotonic_now();
  for (const Node node : nodes) {
    while (true) {
      const ActionResult answer = ask_control(node, request);
      if (answer.done) act.evidence[nemesis::node_name(node)] = answer.evidence;
      if (answer.done && satisfied(node, answer.evidence)) break;
      if (answer.done && monotonic_now() - begun < bound) {
        std::this_thread::sleep_for(kPollPause);
        continue;
      }
      act.done = false;
      act.uncertain = act.uncertain || answer.uncertain;
      act.reason =
          answer.done ? nemesis::node_name(node) + " did not come to it in time" : answer.reason;
      break;
    }
  }
  act.effect = monotonic_now() - begun;
  return act;
}

ActionResult ProcessCluster::crash(const std::vector<Node>& nodes, double keep) {
  Json told = Json::object();
  for (const Node node : nodes) {
    look_for_crash(node);  // who died just before must not be taken for crashed
    const ActionResult answer = ask_control(node, {{"op", "crash"}, {"keep", keep}});
    members_[node]->expected_down = true;  // it kills itself soon
    if (answer.done) told[nemesis::node_name(node)] = answer.evidence;
  }
  // The signal comes from here so that nobody has to wait for it.
  ActionResult act = end_by(nodes, SIGKILL);
  act.evidence.merge_patch(told);
  return act;
}

}  // namespace capsize::harness
