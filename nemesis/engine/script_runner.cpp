#include "nemesis/engine/script_runner.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace capsize::nemesis {
namespace {

// How often an anchor is polled, and a fault without eligible nodes retried.
constexpr base::Duration kPollInterval = std::chrono::milliseconds(5);

}  // namespace

Phase* ScriptRunner::request_phase(const Situation& situation, base::Prng& prng) {
  CHECK(wants_phase(), "a script has one phase at a time");
  phase_ = script_->next(situation, prng);
  if (!phase_) {
    script_.reset();
    return nullptr;
  }
  ++phases_;
  if (phase_->when) when_ = watches_.arm(*phase_->when, situation.now);
  return &*phase_;
}

void ScriptRunner::start_phase_if_due(base::Duration now) {
  if (!phase_ || started_ || (when_ && !when_->has_fired(now))) return;
  // Everything below is armed now and not when the phase was requested: an election that the phase
  // itself waited for must not count for a fault in it that waits for an election.
  when_.reset();
  started_ = now;
  reached_.insert(phase_->number);
  if (phase_->until) until_ = watches_.arm(*phase_->until, now);
  for (const auto& fault : phase_->faults) {
    PendingFault item{.fault = std::make_shared<PlannedFault>(fault), .since = now};
    if (fault.when) {
      item.when = watches_.arm(*fault.when, now);
    } else {
      item.due = now + fault.at;
    }
    pending.push_back(std::move(item));
  }
}

void ScriptRunner::poll_anchors(base::Duration now) {
  for (auto& item : pending) {
    if (!item.when || !item.when->has_fired(now)) continue;
    item.when.reset();
    item.due = now + item.fault->at;
    item.since = now;
  }
}

bool ScriptRunner::must_end_phase(base::Duration now) const {
  if (!phase_started()) return false;
  const bool late = phase_->at_most > base::Duration::zero() && now >= *started_ + phase_->at_most;
  return late || (until_ && until_->has_fired(now));
}

std::vector<std::string> ScriptRunner::unreached_phases() const {
  std::vector<std::string> unreached;
  if (done()) return unreached;
  const auto names = script_->phase_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!reached_.contains(i + 1)) unreached.push_back(names[i]);
  }
  return unreached;
}

std::optional<base::Duration> ScriptRunner::next_step(base::Duration now) const {
  if (done()) return std::nullopt;
  if (!phase_started() || until_) return now + kPollInterval;
  std::optional<base::Duration> wake;
  for (const auto& item : pending) {
    // A fault that is due and still pending lacks eligible nodes: `due` is past, so poll.
    const base::Duration at =
        item.when ? now + kPollInterval : std::max(item.due, now + kPollInterval);
    wake = wake ? std::min(*wake, at) : at;
  }
  if (phase_->at_most > base::Duration::zero()) {
    const base::Duration end = *started_ + phase_->at_most;
    wake = wake ? std::min(*wake, end) : end;
  }
  return wake;
}

namespace {

std::set<Node> nodes_out_of_service(const std::vector<ActiveFault>& active) {
  std::set<Node> nodes;
  for (const auto& fault : active) {
    if (fault.kind->impact() == Impact::kDegrades) continue;
    nodes.insert(fault.injection.nodes.begin(), fault.injection.nodes.end());
  }
  return nodes;
}

}  // namespace

std::string find_conflict(const FaultSpec& spec, const FaultKind& kind,
                          const std::vector<Node>& nodes, const std::vector<ActiveFault>& active,
                          std::size_t core_size) {
  if (kind.impact() == Impact::kDegrades || spec.beyond_minority) return {};
  std::set<Node> out = nodes_out_of_service(active);
  if (beyond_minority(spec.target, core_size)) {
    // Alone, so that a run tests two promises separately: service while a minority is out, and
    // recovery after more than that was.
    return out.empty() ? std::string() : "another fault is active";
  }
  out.insert(nodes.begin(), nodes.end());
  // A cluster of one or two nodes has no minority to spare, (n-1)/2 is 0; a limit of 0 would skip
  // every fault there, so one node is always allowed.
  const bool served = out.size() <= std::max<std::size_t>(1, (core_size - 1) / 2);
  return served ? std::string() : "a majority would be out of service";
}

bool is_stopped(const std::vector<ActiveFault>& active, Node node) {
  return std::any_of(active.begin(), active.end(), [node](const ActiveFault& fault) {
    const auto& nodes = fault.injection.nodes;
    return fault.kind->impact() == Impact::kStops &&
           std::find(nodes.begin(), nodes.end(), node) != nodes.end();
  });
}

}  // namespace capsize::nemesis
