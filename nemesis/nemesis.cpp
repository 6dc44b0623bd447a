#include "nemesis/nemesis.h"

#include <algorithm>

#include "base/check.h"

namespace capsize::nemesis {
namespace {

const FaultKind& kind_of(const PlannedFault& fault) {
  const FaultKind* kind = FaultKinds::instance().find(fault.card.kind);
  CHECK(kind != nullptr, "a script asks only for registered faults");
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
  choices_.push_back(base::Prng::stream(seed_, kScriptStream, lanes_.size()));
  lanes_.emplace_back(std::move(script), watches_);
}

std::optional<base::Duration> Nemesis::step(base::Duration now) {
  if (!watches_.empty()) watches_.take_events();
  // Heal before harm: an end that is due makes room for what waits.
  heal_due(now);
  pulse_due(now);
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) advance(lane, now);

  std::optional<base::Duration> wake;
  const auto sooner = [&wake](base::Duration at) { wake = wake ? std::min(*wake, at) : at; };
  for (const auto& lane : lanes_) {
    if (const auto at = lane.wake(now)) sooner(*at);
  }
  for (const auto& active : active_) {
    sooner(active.end_at);
    if (active.until) sooner(now + std::chrono::milliseconds(5));
    if (active.period > base::Duration::zero()) sooner(active.next_pulse);
  }
  return wake;
}

void Nemesis::heal_due(base::Duration now) {
  end_where(now, [now](Active& active) {
    return active.end_at <= now || (active.until && active.until->fired(now));
  });
}

void Nemesis::pulse_due(base::Duration now) {
  for (Active& active : active_) {
    if (active.period == base::Duration::zero() || active.next_pulse > now) continue;
    const Act act = active.kind->pulse(active.strike, cluster_, active.pulses++);
    active.pulse_evidence.merge_patch(act.evidence);
    if (!act.done) active.pulse_evidence["failed"] = act.reason;
    active.next_pulse = now + active.period;
  }
}

void Nemesis::advance(std::size_t index, base::Duration now) {
  Lane& lane = lanes_[index];
  if (lane.cut_short(now)) close(index, now, "its phase was over");
  if (lane.playing() && !in_play(index)) lane.close();
  if (lane.wants_phase()) ask_for_phase(index, now);
  lane.start_if_due(now);
  lane.look_at_anchors(now);
  begin_due(index, now);
}

void Nemesis::ask_for_phase(std::size_t index, base::Duration now) {
  const auto installed = std::count_if(records_.begin(), records_.end(), [](const auto& record) {
    return record.state == FaultState::kInstalled;
  });
  const Situation situation{.now = now,
                            .cluster = cluster_.view(),
                            .phases = phases_++,
                            .installed = static_cast<std::uint64_t>(installed)};
  Phase* phase = lanes_[index].ask(situation, choices_[index]);
  if (phase == nullptr) return;
  for (PlannedFault& fault : phase->faults) {
    fault.id = next_id_++;
    fault.lane = index;
    fault.phase = lanes_[index].phases();
    fault.phase_when = phase->when;
    log_({.fault = std::make_shared<PlannedFault>(fault), .time = now + fault.at});
  }
}

void Nemesis::begin_due(std::size_t index, base::Duration now) {
  auto& waiting = lanes_[index].waiting;
  for (std::size_t i = 0; i < waiting.size();) {
    const base::Duration patience = waiting[i].fault->patience;
    std::string reason = "its anchor did not fire";
    bool over = waiting[i].when && now >= waiting[i].since + patience;
    if (!waiting[i].when && waiting[i].due <= now) {
      if (try_begin(waiting[i], index, now, reason)) {
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      over = now >= waiting[i].due + patience;
    }
    if (over) {
      skip(waiting[i].fault, now, reason);
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

bool Nemesis::try_begin(const Waiting& waiting, std::size_t lane, base::Duration now,
                        std::string& reason) {
  const PlannedFault& fault = *waiting.fault;
  const FaultKind& kind = kind_of(fault);
  const ClusterView view = cluster_.view();
  // Degrading faults act on links, and a link may be bad whatever its ends are doing.
  const bool any_node = kind.impact() == Impact::kDegrades && kind.on_links();
  const auto eligible = [&](Node node) {
    return any_node ||
           (view.nodes[node].running && !view.nodes[node].paused && !stopped(active_, node));
  };
  auto nodes = resolve(fault.card.target, view, eligible, met_, targets_);
  if (!nodes) {
    reason = needs_leader(fault.card.target) && !view.leader ? "no leader was known"
                                                             : "too few nodes were up";
    return false;
  }
  std::vector<Node> peers;
  if (fault.card.peers) {
    auto resolved = resolve(
        *fault.card.peers, view, [](Node) { return true; }, met_, targets_);
    if (!resolved) {
      reason = "its peers were not known";
      return false;
    }
    peers = std::move(*resolved);
  }
  reason = objection(fault.card, kind, *nodes, active_, view.core().size());
  if (!reason.empty()) return false;
  begin_on(waiting, lane, std::move(*nodes), std::move(peers), now);
  return true;
}

void Nemesis::begin_on(const Waiting& waiting, std::size_t lane, std::vector<Node> nodes,
                       std::vector<Node> peers, base::Duration now) {
  const auto& fault = waiting.fault;
  const FaultKind& kind = kind_of(*fault);
  Active active{.record = records_.size(), .lane = lane, .kind = &kind};
  active.strike = {.id = fault->id,
                   .nodes = std::move(nodes),
                   .peers = std::move(peers),
                   .params = with_defaults(kind.parameters(), fault->card.params),
                   .only = fault->card.only};
  const auto leader = cluster_.view().leader;
  const Act act = kind.begin(active.strike, cluster_);
  FaultEvent event{.fault = fault,
                   .phase = Moment::kBegin,
                   .time = now,
                   .nodes = active.strike.nodes,
                   .peers = active.strike.peers,
                   .state = act.done ? FaultState::kInstalled : FaultState::kSkipped,
                   .reason = act.reason,
                   .leader = leader,
                   .effect = act.effect,
                   .evidence = act.evidence};
  records_.push_back({.fault = fault,
                      .nodes = event.nodes,
                      .state = event.state,
                      .reason = act.reason,
                      .begin = now,
                      .end = now,
                      .effect = act.effect,
                      .evidence = {{"begin", act.evidence}}});
  log_(event);
  if (!act.done) return;
  if (!fault->card.label.empty()) met_[fault->card.label] = active.strike.nodes;
  active.end_at = now + fault->hold;
  active.period = kind.period(active.strike.params);
  active.next_pulse = now + active.period;
  watches_.fault(fault->card.label, fault->card.kind, true);
  if (fault->until) active.until = watches_.arm(*fault->until, now);
  active_.push_back(std::move(active));
}

void Nemesis::skip(const std::shared_ptr<const PlannedFault>& fault, base::Duration now,
                   const std::string& reason) {
  records_.push_back(
      {.fault = fault, .state = FaultState::kSkipped, .reason = reason, .begin = now, .end = now});
  log_({.fault = fault,
        .phase = Moment::kBegin,
        .time = now,
        .state = FaultState::kSkipped,
        .reason = reason});
}

void Nemesis::end(Active& active, base::Duration now) {
  FaultRecord& record = records_[active.record];
  const Act act = active.kind->end(active.strike, cluster_);
  record.evidence["end"] = act.evidence;
  if (active.period > base::Duration::zero()) {
    record.evidence["pulses"] = active.pulses;
    record.evidence["pulse"] = active.pulse_evidence;
  }
  const bool proven = act.done && active.kind->proven(record.evidence);
  record.state = proven ? FaultState::kInstalled : FaultState::kIndeterminate;
  if (!act.done) {
    record.reason = act.reason;
  } else if (!proven) {
    record.reason = "the evidence does not show that it took hold";
  }
  record.end = now;
  log_({.fault = record.fault,
        .phase = Moment::kEnd,
        .time = now,
        .nodes = record.nodes,
        .state = record.state,
        .reason = record.reason,
        .evidence = record.evidence});
  watches_.fault(record.fault->card.label, record.fault->card.kind, false);
}

void Nemesis::end_where(base::Duration now, const std::function<bool(Active&)>& chosen) {
  for (std::size_t i = 0; i < active_.size();) {
    if (!chosen(active_[i])) {
      ++i;
      continue;
    }
    Active done = std::move(active_[i]);
    active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(i));
    end(done, now);
  }
}

void Nemesis::close(std::size_t index, base::Duration now, const std::string& reason) {
  for (const auto& waiting : lanes_[index].waiting) skip(waiting.fault, now, reason);
  lanes_[index].waiting.clear();
  end_where(now, [index](const Active& active) { return active.lane == index; });
}

bool Nemesis::in_play(std::size_t lane) const {
  return !lanes_[lane].waiting.empty() ||
         std::any_of(active_.begin(), active_.end(),
                     [lane](const Active& active) { return active.lane == lane; });
}

void Nemesis::stop(base::Duration now, const std::string& reason) {
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    if (const Phase* phase = lanes_[lane].open_phase(); phase && !lanes_[lane].playing()) {
      for (const auto& fault : phase->faults) {
        skip(std::make_shared<PlannedFault>(fault), now, reason);
      }
    }
    close(lane, now, reason);
    for (auto& phase : lanes_[lane].unreached()) unreached_.push_back(std::move(phase));
    lanes_[lane].give_up();
  }
}

std::string Nemesis::in_force() const {
  std::string text;
  for (const auto& active : active_) {
    if (!text.empty()) text += ", ";
    text += active.kind->name();
    for (const Node node : active.strike.nodes) text += " " + node_name(node);
  }
  return text;
}

}  // namespace capsize::nemesis
