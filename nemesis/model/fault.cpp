#include "nemesis/model/fault.h"

namespace capsize::nemesis {

std::string_view name(FaultStage stage) {
  switch (stage) {
    case FaultStage::kPlanned:
      return "planned";
    case FaultStage::kBegin:
      return "begin";
    case FaultStage::kEnd:
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

base::Json to_json(const PlannedFault& fault) {
  const FaultSpec& spec = fault.spec;
  base::Json line = {{"id", fault.id},
                     {"kind", spec.kind},
                     {"params", spec.params},
                     {"anchor", {{"after", fault.at.count()}, {"hold", fault.hold.count()}}},
                     {"planned-by", spec.planned_by},
                     {"target", {{"select", to_json(spec.target)}}}};
  if (fault.when) line["anchor"]["when"] = to_json(*fault.when);
  if (fault.phase > 0)
    line["phase-of-script"] = {{"script", fault.script}, {"number", fault.phase}};
  if (fault.phase_when) line["phase-of-script"]["when"] = to_json(*fault.phase_when);
  if (fault.until) line["anchor"]["until"] = to_json(*fault.until);
  if (!spec.only.empty()) line["only"] = spec.only;
  if (spec.peers) line["peers"] = to_json(*spec.peers);
  if (!spec.label.empty()) line["label"] = spec.label;
  if (spec.beyond_minority) line["beyond-minority"] = true;
  return line;
}

base::Json to_json(const FaultEvent& event) {
  base::Json line = to_json(*event.fault);
  line["stage"] = name(event.stage);
  line["time"] = event.time.count();
  line["state"] = name(event.state);
  if (!event.nodes.empty()) line["target"]["nodes"] = node_names(event.nodes);
  if (!event.peers.empty()) line["target"]["peers"] = node_names(event.peers);
  if (event.leader) line["leader"] = node_name(*event.leader);
  if (event.effect) line["effect-ns"] = event.effect->count();
  if (!event.reason.empty()) line["reason"] = event.reason;
  if (!event.evidence.empty()) line["evidence"] = event.evidence;
  return line;
}

}  // namespace capsize::nemesis
