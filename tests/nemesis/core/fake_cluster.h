// A cluster made of variables, for tests of the nemesis that need no process.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "nemesis/model/cluster.h"
#include "tests/nemesis/core/fake_node.h"

namespace capsize::nemesis {

class FakeCluster final : public Cluster {
 public:
  explicit FakeCluster(std::size_t nodes, std::size_t spares = 0) {
    state.nodes.resize(nodes, {.running = true});
    state.members = state.core();
    state.nodes.resize(nodes + spares, {.running = true, .spare = true});
  }

  ClusterView view() const override { return state; }
  ActionResult kill(const std::vector<Node>& nodes) override {
    ActionResult result{.done = true};
    for (const Node node : nodes) {
      calls.push_back("kill " + node_name(node));
      state.nodes[node].running = false;
      result.evidence[node_name(node)] = {{"signal", 9}, {"incarnation", ++incarnation}};
      if (state.leader == node) state.leader.reset();
    }
    return result;
  }
  ActionResult stop(const std::vector<Node>& nodes) override {
    ActionResult result{.done = true};
    for (const Node node : nodes) {
      calls.push_back("stop " + node_name(node));
      state.nodes[node].running = false;
      result.evidence[node_name(node)] = {
          {"signal", 0}, {"exit-code", 0}, {"incarnation", ++incarnation}};
      if (state.leader == node) state.leader.reset();
    }
    return result;
  }
  ActionResult launch(const std::vector<Node>& nodes) override { return restart(nodes); }
  ActionResult restart(const std::vector<Node>& nodes) override {
    ActionResult result{.done = true};
    for (const Node node : nodes) {
      processes[node] = {};
      calls.push_back("restart " + node_name(node));
      state.nodes[node].running = true;
      result.evidence[node_name(node)] = {{"incarnation", ++incarnation}};
    }
    return result;
  }
  ActionResult pause(const std::vector<Node>& nodes) override {
    ActionResult result{.done = true};
    for (const Node node : nodes) {
      calls.push_back("pause " + node_name(node));
      state.nodes[node].paused = true;
      result.evidence[node_name(node)] = {{"state", pause_works ? "T" : "S"}};
    }
    return result;
  }
  ActionResult resume(const std::vector<Node>& nodes) override {
    ActionResult result{.done = true};
    for (const Node node : nodes) {
      calls.push_back("resume " + node_name(node));
      state.nodes[node].paused = false;
      result.evidence[node_name(node)] = {{"state", "S"}};
    }
    return result;
  }
  ActionResult change_members(const std::vector<Node>& members) override {
    std::string call = "members";
    for (const Node node : members) call += " " + node_name(node);
    calls.push_back(call);
    if (!change_works) return {.done = false, .reason = "refused"};
    state.members = members;
    return {.done = true, .evidence = {{"voters", members}}};
  }
  ActionResult request_change(Node at, const std::vector<Node>& members) override {
    ActionResult result = change_members(members);
    result.evidence = {{node_name(at), {{"outcome", result.done ? "ok" : "fail"}}}};
    result.done = true;
    return result;
  }
  ActionResult transfer_leadership(Node to) override {
    calls.push_back("transfer " + node_name(to));
    state.leader = to;
    return {.done = true, .evidence = {{"leader", node_name(to)}}};
  }
  void expect_end(const std::vector<Node>& nodes, const std::vector<int>& codes) override {
    for (const Node node : nodes) expected[node] = codes;
  }
  ActionResult endings(const std::vector<Node>& nodes) override {
    ActionResult result{.done = true};
    for (const Node node : nodes) {
      if (state.nodes[node].running) continue;
      const auto codes = expected[node];
      result.evidence[node_name(node)] = {{"signal", 0},
                                          {"exit-code", codes.empty() ? 1 : codes[0]}};
    }
    return result;
  }
  ActionResult control(const std::vector<Node>& nodes, const base::Json& request) override {
    ActionResult result{.done = true};
    for (const Node node : nodes) {
      calls.push_back("control " + node_name(node) + " " + request.dump());
      if (refuse) result = {.done = false, .reason = node_name(node) + " refused"};
      if (refuse) continue;
      if (silent.contains(node)) {
        result = {.done = false, .reason = node_name(node) + " did not answer", .uncertain = true};
        continue;
      }
      result.evidence[node_name(node)] = reply(node, request);
      if (processes[node].failed()) state.nodes[node].running = false;
    }
    return result;
  }
  ActionResult control_until(const std::vector<Node>& nodes, const base::Json& request,
                             const Satisfied& satisfied, base::Duration) override {
    ActionResult result;
    for (int attempt = 0; attempt < 10 && !result.done; ++attempt) {
      result = control(nodes, request);
      for (const Node node : nodes) {
        result.done = result.done && satisfied(node, result.evidence[node_name(node)]);
      }
    }
    return result;
  }
  ActionResult crash(const std::vector<Node>& nodes, double keep) override {
    ActionResult result = kill(nodes);
    for (const Node node : nodes) {
      const auto held = processes[node].held();
      result.evidence[node_name(node)]["held"] = held;
      result.evidence[node_name(node)]["written"] =
          static_cast<std::uint64_t>(static_cast<double>(held) * keep);
    }
    return result;
  }
  ActionResult damage(Node node, const base::Json& how) override {
    const auto kind = how.value("kind", "");
    calls.push_back("damage " + node_name(node) + " " + kind);
    if (!damage_works) return {.done = false, .reason = "no such file"};
    if (kind != "copy") damaged.insert(node);
    return {.done = true, .evidence = {{"file", "log-00000001"}, {"offset", 70}, {"bytes", 1}}};
  }
  ActionResult repair(const std::vector<Node>& nodes) override {
    for (const Node node : nodes) {
      calls.push_back("repair " + node_name(node));
      damaged.erase(node);
    }
    return {.done = true};
  }
  ActionResult cut_clients(const std::vector<Node>& nodes) override {
    for (const Node node : nodes) {
      calls.push_back("cut clients " + node_name(node));
      without_clients.insert(node);
    }
    return {.done = true};
  }
  ActionResult rejoin_clients(const std::vector<Node>& nodes) override {
    ActionResult result{.done = true};
    for (const Node node : nodes) {
      calls.push_back("rejoin clients " + node_name(node));
      without_clients.erase(node);
      result.evidence[node_name(node)] = {{"requests-lost", 3}, {"replies-lost", 1}};
    }
    return result;
  }
  std::vector<TraceEvent> take_events() override { return std::exchange(events, {}); }
  ActionResult peek_rule(std::uint64_t id) override {
    if (!rules.contains(id)) return {.done = false, .reason = "no such rule"};
    return {.done = true, .evidence = proxy_evidence};
  }
  ActionResult install_rule(std::uint64_t id, const std::vector<Link>& links,
                            const base::Json& action, const base::Json& only) override {
    calls.push_back("install " + action.value("kind", "?") + " " + std::to_string(links.size()));
    rules[id] = action;
    rule_links[id] = links;
    if (!only.empty()) rules[id]["only"] = only;
    return {.done = true, .evidence = {{"installed", 1}}};
  }
  ActionResult remove_rule(std::uint64_t id) override {
    calls.push_back("remove " + rules[id].value("kind", "?"));
    rules.erase(id);
    return {.done = true, .evidence = proxy_evidence};
  }

  base::Json reply(Node node, const base::Json& request) {
    if (on_control) return on_control(node, request);
    return control_reply.is_null() ? processes[node].answer(request) : control_reply;
  }

  ClusterView state;
  std::vector<TraceEvent> events;  // that take_events() returns
  std::map<Node, std::vector<int>> expected;
  std::map<Node, FakeNode> processes;
  std::set<Node> damaged, without_clients;
  std::set<Node> silent;  // nodes that do not reply to control requests
  bool refuse = false;    // whether all nodes refuse control requests
  bool damage_works = true;
  base::Json control_reply = {};  // replaces the reply of the fake process
  std::function<base::Json(Node, const base::Json&)> on_control;
  std::map<std::uint64_t, base::Json> rules;
  std::map<std::uint64_t, std::vector<Link>> rule_links;  // of removed rules too
  std::vector<std::string> calls;
  std::uint64_t incarnation = 0;
  bool pause_works = true;
  bool change_works = true;
  base::Json proxy_evidence = {
      {"seen", 10},     {"discarded", 5}, {"delayed", 5},  {"duplicated", 5}, {"corrupted", 5},
      {"throttled", 5}, {"held", 5},      {"released", 5}, {"reordered", 5},  {"replayed", 5}};
};

}  // namespace capsize::nemesis
