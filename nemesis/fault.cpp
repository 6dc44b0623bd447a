#include "nemesis/fault.h"

namespace capsize::nemesis {

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::kPlanned:
      return "planned";
    case Phase::kBegin:
      return "begin";
    case Phase::kEnd:
      return "end";
  }
  return "?";
}

std::string_view name(FaultState state) {
  switch (state) {
    case FaultState::kPlanned:
      return "planned";
    case FaultState::kInstalled:
      return "installed";
    case FaultState::kSkipped:
      return "skipped";
    case FaultState::kIndeterminate:
      return "indeterminate";
  }
  return "?";
}

nlohmann::json to_json(const PlannedFault& fault) {
  return {{"id", fault.id},
          {"kind", fault.card.kind},
          {"params", fault.card.params},
          {"anchor", {{"after", fault.at.count()}, {"hold", fault.hold.count()}}},
          {"planned-by", fault.card.planned_by},
          {"target", {{"select", name(fault.card.target)}}}};
}

nlohmann::json to_json(const FaultEvent& event) {
  nlohmann::json line = to_json(*event.fault);
  line["phase"] = name(event.phase);
  line["time"] = event.time.count();
  line["state"] = name(event.state);
  if (!event.nodes.empty()) {
    auto& nodes = line["target"]["nodes"] = nlohmann::json::array();
    for (const Node node : event.nodes) nodes.push_back(node_name(node));
  }
  if (!event.reason.empty()) line["reason"] = event.reason;
  if (!event.evidence.empty()) line["evidence"] = event.evidence;
  return line;
}

}  // namespace capsize::nemesis
