// A nemesis on a fake cluster, advanced through time in steps of five milliseconds.
#pragma once

#include <string>
#include <vector>

#include "base/check.h"
#include "nemesis/engine/nemesis.h"
#include "nemesis/plan/phases.h"
#include "nemesis/plan/schedule.h"
#include "tests/nemesis/core/fake_cluster.h"

namespace capsize::nemesis {

struct SimulatedRun {
  explicit SimulatedRun(std::vector<std::unique_ptr<Script>> scripts, std::size_t nodes = 5,
                        std::size_t spares = 0)
      : cluster(nodes, spares),
        nemesis(std::move(scripts), cluster, 1, [this](const FaultEvent& event) {
          log.push_back(std::string(name(event.stage)) + " " + event.fault->spec.kind + " " +
                        std::string(name(event.state)));
          lines.push_back(to_json(event));
        }) {
    cluster.state.leader = 0;
  }
  /// Parses the phases. Precondition: they are valid.
  explicit SimulatedRun(const char* phases, std::uint64_t repeat = 1)
      : SimulatedRun(scripts_of(phases, repeat)) {}

  void advance_to(base::Duration until) {
    for (; now <= until; now += std::chrono::milliseconds(5)) nemesis.step(now);
  }
  void trace(TraceEvent event) { cluster.events.push_back(std::move(event)); }

  FakeCluster cluster;
  std::vector<std::string> log;
  std::vector<base::Json> lines;
  Nemesis nemesis;
  base::Duration now{};

 private:
  static std::vector<std::unique_ptr<Script>> scripts_of(const char* text, std::uint64_t repeat) {
    auto parsed = parse_phases(base::Json::parse(text), 5);
    CHECK(parsed.ok(), "the phases of a test are valid");
    std::vector<std::unique_ptr<Script>> scripts;
    scripts.push_back(make_script(std::move(parsed.phases), repeat));
    return scripts;
  }
};

}  // namespace capsize::nemesis
