// A cluster of variables, for everything about the nemesis that needs no process.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nemesis/cluster.h"

namespace capsize::nemesis {

class FakeCluster final : public Cluster {
 public:
  explicit FakeCluster(std::size_t nodes) { state.nodes.resize(nodes, {.running = true}); }

  ClusterView view() const override { return state; }
  Act kill(const std::vector<Node>& nodes) override {
    Act act{.done = true};
    for (const Node node : nodes) {
      calls.push_back("kill " + node_name(node));
      state.nodes[node].running = false;
      act.evidence[node_name(node)] = {{"signal", 9}, {"incarnation", ++incarnation}};
      if (state.leader == node) state.leader.reset();
    }
    return act;
  }
  Act restart(const std::vector<Node>& nodes) override {
    Act act{.done = true};
    for (const Node node : nodes) {
      calls.push_back("restart " + node_name(node));
      state.nodes[node].running = true;
      act.evidence[node_name(node)] = {{"incarnation", ++incarnation}};
    }
    return act;
  }
  Act pause(const std::vector<Node>& nodes) override {
    Act act{.done = true};
    for (const Node node : nodes) {
      calls.push_back("pause " + node_name(node));
      state.nodes[node].paused = true;
      act.evidence[node_name(node)] = {{"state", pause_works ? "T" : "S"}};
    }
    return act;
  }
  Act resume(const std::vector<Node>& nodes) override {
    Act act{.done = true};
    for (const Node node : nodes) {
      calls.push_back("resume " + node_name(node));
      state.nodes[node].paused = false;
      act.evidence[node_name(node)] = {{"state", "S"}};
    }
    return act;
  }
  Act install_rule(std::uint64_t id, const std::vector<Link>& links,
                   const nlohmann::json& action) override {
    calls.push_back("install " + action.value("kind", "?") + " " + std::to_string(links.size()));
    rules[id] = action;
    return {.done = true, .evidence = {{"installed", 1}}};
  }
  Act remove_rule(std::uint64_t id) override {
    calls.push_back("remove " + rules[id].value("kind", "?"));
    rules.erase(id);
    return {.done = true, .evidence = proxy_evidence};
  }

  ClusterView state;
  std::map<std::uint64_t, nlohmann::json> rules;
  std::vector<std::string> calls;
  std::uint64_t incarnation = 0;
  bool pause_works = true;
  nlohmann::json proxy_evidence = {
      {"seen", 10}, {"discarded", 5}, {"delayed", 5}, {"duplicated", 5}};
};

}  // namespace capsize::nemesis
