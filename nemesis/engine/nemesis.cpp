#include "nemesis/engine/nemesis.h"

#include <algorithm>

#include "base/check.h"
#include "base/harness_bug.h"

namespace capsize::nemesis {
namespace {

const FaultKind& kind_of(const PlannedFault& fault) {
  const FaultKind* kind = FaultKinds::instance().find(fault.spec.kind);
  CHECK(kind != nullptr, "a script requests only registered kinds of fault");
  return *kind;
}

}  // namespace

Nemesis::Nemesis(std::vector<std::unique_ptr<Script>> scripts, Cluster& cluster, std::uint64_t seed,
                 Log log)
    : cluster_(cluster),
      targets_(base::Prng::stream(seed, "nemesis-targets")),
      seed_(seed),
      log_(std::move(log)),
      watches_(cluster) {
  for (auto& script : scripts) add(std::move(script));
}

void Nemesis::add(std::unique_ptr<Script> script) {
  choices_.push_back(base::Prng::stream(seed_, kScriptStream, runners_.size()));
  runners_.emplace_back(std::move(script), watches_);
}

std::optional<base::Duration> Nemesis::step(base::Duration now) {
  if (!watches_.empty()) watches_.take_events();
  // Heal first: a fault that is due at the same moment may need the nodes that this frees. With a
  // pause of n1 until 200 ms and a kill of all nodes at 200 ms, the other order delays the kill.
  heal_due(now);
  pulse_due(now);
  for (std::size_t script = 0; script < runners_.size(); ++script) advance(script, now);

  std::optional<base::Duration> wake;
  const auto sooner = [&wake](base::Duration at) { wake = wake ? std::min(*wake, at) : at; };
  for (const auto& script : runners_) {
    if (const auto at = script.next_step(now)) sooner(*at);
  }
  for (const auto& active : active_) {
    sooner(active.end_at);
    // Anchors have no known time: poll them.
    if (active.until) sooner(now + std::chrono::milliseconds(5));
    if (active.period > base::Duration::zero()) sooner(active.next_pulse);
  }
  return wake;
}

void Nemesis::heal_due(base::Duration now) {
  end_where(now, [now](ActiveFault& active) {
    return active.end_at <= now || (active.until && active.until->has_fired(now));
  });
}

void Nemesis::pulse_due(base::Duration now) {
  for (ActiveFault& active : active_) {
    if (active.period == base::Duration::zero() || active.next_pulse > now) continue;
    const ActionResult result = active.kind->pulse(active.injection, cluster_, active.pulses++);
    active.pulse_evidence.merge_patch(result.evidence);
    if (!result.done) active.pulse_evidence["failed"] = result.reason;
    active.next_pulse = now + active.period;
  }
}

void Nemesis::advance(std::size_t index, base::Duration now) {
  ScriptRunner& script = runners_[index];
  if (script.must_end_phase(now)) end_phase(index, now, "its phase ended");
  if (script.phase_started() && !has_unfinished_faults(index)) script.end_phase();
  if (script.wants_phase()) request_phase(index, now);
  script.start_phase_if_due(now);
  script.poll_anchors(now);
  begin_due(index, now);
}

void Nemesis::request_phase(std::size_t index, base::Duration now) {
  const auto installed = std::count_if(records_.begin(), records_.end(), [](const auto& record) {
    return record.state == FaultState::kInstalled;
  });
  const Situation situation{.now = now,
                            .cluster = cluster_.view(),
                            .phases = phases_++,
                            .installed = static_cast<std::uint64_t>(installed)};
  Phase* phase = runners_[index].request_phase(situation, choices_[index]);
  if (phase == nullptr) return;
  for (PlannedFault& fault : phase->faults) {
    fault.id = next_id_++;
    fault.script = index;
    fault.phase = runners_[index].phases_requested();
    fault.phase_when = phase->when;
    log_({.fault = std::make_shared<PlannedFault>(fault), .time = now + fault.at});
  }
}

void Nemesis::begin_due(std::size_t index, base::Duration now) {
  auto& pending = runners_[index].pending;
  for (std::size_t i = 0; i < pending.size();) {
    const base::Duration patience = pending[i].fault->patience;
    std::string reason = "its anchor did not fire";
    // Patience counts twice, each time anew: first for the anchor, then for eligible nodes.
    bool over = pending[i].when && now >= pending[i].since + patience;
    if (!pending[i].when && pending[i].due <= now) {
      if (try_begin(pending[i], index, now, reason)) {
        pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      over = now >= pending[i].due + patience;
    }
    if (over) {
      skip(pending[i].fault, now, reason);
      pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

bool Nemesis::try_begin(const PendingFault& pending, std::size_t script, base::Duration now,
                        std::string& reason) {
  const PlannedFault& fault = *pending.fault;
  const FaultKind& kind = kind_of(fault);
  const ClusterView view = cluster_.view();
  // A degrading fault on links needs no running node: a link can be bad while its ends are down.
  // Any other fault needs a process: one that is paused or stopped by another fault could not be
  // hit, or would be resumed by the wrong fault's end.
  const bool any_node = kind.impact() == Impact::kDegrades && kind.acts_on_links();
  const auto eligible = [&](Node node) {
    return any_node ||
           (view.nodes[node].running && !view.nodes[node].paused && !is_stopped(active_, node));
  };
  auto nodes = resolve(fault.spec.target, view, eligible, targets_by_label_, targets_);
  if (!nodes) {
    reason = needs_leader(fault.spec.target) && !view.leader ? "no leader is known"
                                                             : "too few nodes are up";
    return false;
  }
  std::vector<Node> peers;
  if (fault.spec.peers) {
    auto resolved = resolve(
        *fault.spec.peers, view, [](Node) { return true; }, targets_by_label_, targets_);
    if (!resolved) {
      reason = "its peers are not known";
      return false;
    }
    peers = std::move(*resolved);
  }
  reason = find_conflict(fault.spec, kind, *nodes, active_, view.core().size());
  if (!reason.empty()) return false;
  begin_on(pending, script, std::move(*nodes), std::move(peers), now);
  return true;
}

void Nemesis::begin_on(const PendingFault& pending, std::size_t script, std::vector<Node> nodes,
                       std::vector<Node> peers, base::Duration now) {
  const auto& fault = pending.fault;
  const FaultKind& kind = kind_of(*fault);
  ActiveFault active{.record = records_.size(), .script = script, .kind = &kind};
  active.injection = {.id = fault->id,
                      .nodes = std::move(nodes),
                      .peers = std::move(peers),
                      .params = with_defaults(kind.parameters(), fault->spec.params),
                      .only = fault->spec.only};
  // Read before the injection, which may depose it: a replay aims by the leader of this moment.
  const auto leader = cluster_.view().leader;
  const ActionResult result = HARNESS_BUG("fault-not-applied")
                                  ? ActionResult{.done = true}
                                  : kind.begin(active.injection, cluster_);
  FaultEvent event{.fault = fault,
                   .stage = FaultStage::kBegin,
                   .time = now,
                   .nodes = active.injection.nodes,
                   .peers = active.injection.peers,
                   .state = result.done ? FaultState::kInstalled : FaultState::kSkipped,
                   .reason = result.reason,
                   .leader = leader,
                   .effect = result.effect,
                   .evidence = result.evidence};
  records_.push_back({.fault = fault,
                      .nodes = event.nodes,
                      .state = event.state,
                      .reason = result.reason,
                      .begin = now,
                      .end = now,
                      .effect = result.effect,
                      .evidence = {{"begin", result.evidence}}});
  log_(event);
  if (!result.done) return;
  if (!fault->spec.label.empty()) targets_by_label_[fault->spec.label] = active.injection.nodes;
  active.end_at = now + fault->hold;
  active.period = kind.period(active.injection.params);
  active.next_pulse = now + active.period;
  watches_.notify_fault(fault->spec.label, fault->spec.kind, true);
  if (fault->until) active.until = watches_.arm(*fault->until, now);
  active_.push_back(std::move(active));
}

void Nemesis::skip(const std::shared_ptr<const PlannedFault>& fault, base::Duration now,
                   const std::string& reason) {
  records_.push_back(
      {.fault = fault, .state = FaultState::kSkipped, .reason = reason, .begin = now, .end = now});
  log_({.fault = fault,
        .stage = FaultStage::kBegin,
        .time = now,
        .state = FaultState::kSkipped,
        .reason = reason});
}

void Nemesis::end(ActiveFault& active, base::Duration now) {
  FaultRecord& record = records_[active.record];
  const ActionResult result = active.kind->end(active.injection, cluster_);
  record.evidence["end"] = result.evidence;
  if (active.period > base::Duration::zero()) {
    record.evidence["pulses"] = active.pulses;
    record.evidence["pulse"] = active.pulse_evidence;
  }
  // A fault without proof may never have happened (a cut on a link that carried no message). It
  // counts neither as coverage nor as absent.
  const bool proven = result.done && active.kind->is_proven(record.evidence);
  record.state = proven ? FaultState::kInstalled : FaultState::kIndeterminate;
  if (!result.done) {
    record.reason = result.reason;
  } else if (!proven) {
    record.reason = "the evidence does not show that it took effect";
  }
  record.end = now;
  log_({.fault = record.fault,
        .stage = FaultStage::kEnd,
        .time = now,
        .nodes = record.nodes,
        .state = record.state,
        .reason = record.reason,
        .evidence = record.evidence});
  watches_.notify_fault(record.fault->spec.label, record.fault->spec.kind, false);
}

void Nemesis::end_where(base::Duration now, const std::function<bool(ActiveFault&)>& chosen) {
  for (std::size_t i = 0; i < active_.size();) {
    if (!chosen(active_[i])) {
      ++i;
      continue;
    }
    ActiveFault done = std::move(active_[i]);
    active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(i));
    end(done, now);
  }
}

void Nemesis::end_phase(std::size_t index, base::Duration now, const std::string& reason) {
  for (const auto& pending : runners_[index].pending) skip(pending.fault, now, reason);
  runners_[index].pending.clear();
  end_where(now, [index](const ActiveFault& active) { return active.script == index; });
}

bool Nemesis::has_unfinished_faults(std::size_t script) const {
  return !runners_[script].pending.empty() ||
         std::any_of(active_.begin(), active_.end(),
                     [script](const ActiveFault& active) { return active.script == script; });
}

void Nemesis::stop(base::Duration now, const std::string& reason) {
  for (std::size_t script = 0; script < runners_.size(); ++script) {
    if (const Phase* phase = runners_[script].current_phase();
        phase && !runners_[script].phase_started()) {
      for (const auto& fault : phase->faults) {
        skip(std::make_shared<PlannedFault>(fault), now, reason);
      }
    }
    end_phase(script, now, reason);
    for (auto& phase : runners_[script].unreached_phases()) unreached_.push_back(std::move(phase));
    runners_[script].abandon();
  }
}

std::string Nemesis::active() const {
  std::string text;
  for (const auto& active : active_) {
    if (!text.empty()) text += ", ";
    text += active.kind->name();
    for (const Node node : active.injection.nodes) text += " " + node_name(node);
  }
  return text;
}

}  // namespace capsize::nemesis
