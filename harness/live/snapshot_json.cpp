#include "harness/live/run_watch.h"

namespace capsize::harness {
namespace {

base::Json to_json(const OutcomeCounts& counts) {
  return {{"ok", counts.ok}, {"fail", counts.fail}, {"info", counts.info}};
}

double milliseconds(base::Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

base::Json to_json(const NodeNow& node) {
  return {{"name", node.name},
          {"role", node.role},
          {"term", node.term},
          {"commit", node.commit},
          {"incarnation", node.incarnation},
          {"state", name(node.state)},
          {"silentMs", milliseconds(node.silent)}};
}

base::Json to_json(const ActiveFault& fault) {
  return {{"id", fault.id},
          {"kind", fault.kind},
          {"nodes", fault.nodes},
          {"peers", fault.peers},
          {"plannedBy", fault.planned_by},
          {"beginMs", milliseconds(fault.begin)}};
}

template <class List>
base::Json list_of(const List& elements) {
  base::Json list = base::Json::array();
  for (const auto& element : elements) list.push_back(to_json(element));
  return list;
}

}  // namespace

base::Json to_json(const RunSnapshot& snapshot) {
  return {{"stage", name(snapshot.stage)},
          {"scenario", snapshot.scenario},
          {"seed", std::to_string(snapshot.seed)},  // JavaScript's numbers have 53 bits
          {"bug", snapshot.bug},
          {"workload", snapshot.workload},
          {"timeMs", milliseconds(snapshot.time)},
          {"timeLimitMs", milliseconds(snapshot.time_limit)},
          {"nodes", list_of(snapshot.nodes)},
          {"faults", list_of(snapshot.faults)},
          {"faultsPlanned", snapshot.faults_planned},
          {"faultsBegun", snapshot.faults_begun},
          {"faultsSkipped", snapshot.faults_skipped},
          {"open", snapshot.open},
          {"total", to_json(snapshot.total)},
          {"lastSecond", to_json(snapshot.last_second)},
          {"seconds", list_of(snapshot.seconds)},
          {"firstSecond", snapshot.first_second},
          {"checker",
           {{"state", name(snapshot.checker.state)},
            {"sentence", snapshot.checker.sentence},
            {"operations", snapshot.checker.operations}}},
          {"historyBytes", snapshot.history_bytes},
          {"historyRead", snapshot.history_read},
          {"verdict", snapshot.verdict},
          {"sentence", snapshot.sentence}};
}

}  // namespace capsize::harness
