#include "nemesis/nemesis.h"

#include <algorithm>
#include <set>

#include "node/base/check.h"

namespace capsize::nemesis {
namespace {

// Longer than an election, so that an aim at the leader survives the time without one.
constexpr base::Duration kPatience = std::chrono::milliseconds(1500);
constexpr base::Duration kRetry = std::chrono::milliseconds(10);

bool aims_beyond_minority(Target target) {
  return target == Target::kMajority || target == Target::kFollowers || target == Target::kAll;
}

}  // namespace

Nemesis::Nemesis(const std::vector<PlannedFault>& schedule, Cluster& cluster, std::uint64_t seed,
                 Log log)
    : schedule_(schedule),
      cluster_(cluster),
      prng_(base::Prng::stream(seed, "nemesis-targets")),
      log_(std::move(log)) {
  for (const auto& fault : schedule_) {
    log_({.fault = &fault, .phase = Phase::kPlanned, .time = fault.at});
  }
}

std::optional<base::Duration> Nemesis::step(base::Duration now) {
  // Heal before harm: an end that is due makes room for what waits.
  for (std::size_t i = 0; i < active_.size();) {
    if (active_[i].end_at > now) {
      ++i;
      continue;
    }
    const Active done = active_[i];
    active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(i));
    end(done, now);
  }
  while (next_ < schedule_.size() && schedule_[next_].at <= now) {
    waiting_.push_back(&schedule_[next_++]);
  }
  for (std::size_t i = 0; i < waiting_.size();) {
    std::string reason;
    const bool begun = try_begin(*waiting_[i], now, reason);
    const bool late = now >= waiting_[i]->at + kPatience;
    if (!begun && late) skip(*waiting_[i], now, reason);
    if (begun || late) {
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }

  std::optional<base::Duration> wake;
  const auto sooner = [&wake](base::Duration at) { wake = wake ? std::min(*wake, at) : at; };
  if (!waiting_.empty()) sooner(now + kRetry);
  if (next_ < schedule_.size()) sooner(schedule_[next_].at);
  for (const auto& active : active_) sooner(active.end_at);
  return wake;
}

bool Nemesis::try_begin(const PlannedFault& fault, base::Duration now, std::string& reason) {
  const FaultKind* kind = FaultKinds::instance().find(fault.card.kind);
  CHECK(kind != nullptr, "a schedule holds only registered faults");
  const ClusterView view = cluster_.view();
  // Degrading faults act on links, and a link may be bad whatever its ends are doing.
  const bool any_node = kind->impact() == Impact::kDegrades;
  auto nodes = resolve(
      fault.card.target, view,
      [&](Node node) {
        return any_node || (view.nodes[node].running && !view.nodes[node].paused && !stopped(node));
      },
      prng_);
  if (!nodes) {
    reason = fault.card.target == Target::kLeader && !view.leader ? "no leader was known"
                                                                  : "too few nodes were up";
    return false;
  }
  if (aims_beyond_minority(fault.card.target) && !any_node && !disabled().empty()) {
    reason = "another fault was in force";
    return false;
  }
  if (!aims_beyond_minority(fault.card.target) && !allows(*nodes, *kind)) {
    reason = "a majority would have been out of service";
    return false;
  }
  begin_on(fault, std::move(*nodes), now);
  return true;
}

bool Nemesis::allows(const std::vector<Node>& nodes, const FaultKind& kind) const {
  if (kind.impact() == Impact::kDegrades) return true;
  const auto now_disabled = disabled();
  std::set<Node> all(now_disabled.begin(), now_disabled.end());
  all.insert(nodes.begin(), nodes.end());
  const std::size_t size = cluster_.view().core().size();
  // A cluster of one or two has no minority to spare; there every fault is worth making.
  return all.size() <= std::max<std::size_t>(1, (size - 1) / 2);
}

std::vector<Node> Nemesis::disabled() const {
  std::vector<Node> nodes;
  for (const auto& active : active_) {
    if (active.kind->impact() == Impact::kDegrades) continue;
    const auto& touched = records_[active.record].nodes;
    nodes.insert(nodes.end(), touched.begin(), touched.end());
  }
  return nodes;
}

bool Nemesis::stopped(Node node) const {
  return std::any_of(active_.begin(), active_.end(), [&](const Active& active) {
    const auto& nodes = records_[active.record].nodes;
    return active.kind->impact() == Impact::kStops &&
           std::find(nodes.begin(), nodes.end(), node) != nodes.end();
  });
}

void Nemesis::begin_on(const PlannedFault& fault, std::vector<Node> nodes, base::Duration now) {
  const FaultKind* kind = FaultKinds::instance().find(fault.card.kind);
  Act act = kind->begin(fault, nodes, cluster_);
  FaultRecord record{.fault = &fault,
                     .nodes = std::move(nodes),
                     .state = act.done ? FaultState::kInstalled : FaultState::kSkipped,
                     .reason = act.reason,
                     .begin = now,
                     .end = now,
                     .evidence = {{"begin", act.evidence}}};
  log_({.fault = &fault,
        .phase = Phase::kBegin,
        .time = now,
        .nodes = record.nodes,
        .state = record.state,
        .reason = act.reason,
        .evidence = act.evidence});
  records_.push_back(std::move(record));
  if (act.done) active_.push_back({records_.size() - 1, kind, now + fault.hold});
}

void Nemesis::skip(const PlannedFault& fault, base::Duration now, const std::string& reason) {
  records_.push_back(
      {.fault = &fault, .state = FaultState::kSkipped, .reason = reason, .begin = now, .end = now});
  log_({.fault = &fault,
        .phase = Phase::kBegin,
        .time = now,
        .state = FaultState::kSkipped,
        .reason = reason});
}

void Nemesis::end(const Active& active, base::Duration now) {
  FaultRecord& record = records_[active.record];
  const Act act = active.kind->end(*record.fault, record.nodes, cluster_);
  const bool proven = act.done && active.kind->proven(record.evidence["begin"], act.evidence);
  record.state = proven ? FaultState::kInstalled : FaultState::kIndeterminate;
  if (!act.done) {
    record.reason = act.reason;
  } else if (!proven) {
    record.reason = "the evidence does not show that it took hold";
  }
  record.end = now;
  record.evidence["end"] = act.evidence;
  log_({.fault = record.fault,
        .phase = Phase::kEnd,
        .time = now,
        .nodes = record.nodes,
        .state = record.state,
        .reason = record.reason,
        .evidence = record.evidence});
}

void Nemesis::stop(base::Duration now, const std::string& reason) {
  for (const PlannedFault* fault : waiting_) skip(*fault, now, reason);
  waiting_.clear();
  while (next_ < schedule_.size()) skip(schedule_[next_++], now, reason);
  const auto in_force = std::move(active_);
  active_.clear();
  for (const auto& active : in_force) end(active, now);
}

std::string Nemesis::in_force() const {
  std::string text;
  for (const auto& active : active_) {
    const FaultRecord& record = records_[active.record];
    if (!text.empty()) text += ", ";
    text += record.fault->card.kind;
    for (const Node node : record.nodes) text += " " + node_name(node);
  }
  return text;
}

}  // namespace capsize::nemesis
