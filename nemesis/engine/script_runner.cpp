#include "nemesis/engine/script_runner.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace capsize::nemesis {
namespace {

// How often an anchor, or a fault without a candidate, is looked at again.
constexpr base::Duration kRetry = std::chrono::milliseconds(5);

}  // namespace

Phase* ScriptRunner::ask(const Situation& situation, base::Prng& prng) {
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

void ScriptRunner::start_if_due(base::Duration now) {
  if (!phase_ || started_ || (when_ && !when_->fired(now))) return;
  when_.reset();
  started_ = now;
  reached_.insert(phase_->number);
  if (phase_->until) until_ = watches_.arm(*phase_->until, now);
  for (const auto& fault : phase_->faults) {
    Waiting item{.fault = std::make_shared<PlannedFault>(fault), .since = now};
    if (fault.when) {
      item.when = watches_.arm(*fault.when, now);
    } else {
      item.due = now + fault.at;
    }
    waiting.push_back(std::move(item));
  }
}

void ScriptRunner::look_at_anchors(base::Duration now) {
  for (auto& item : waiting) {
    if (!item.when || !item.when->fired(now)) continue;
    item.when.reset();
    item.due = now + item.fault->at;
    item.since = now;
  }
}

bool ScriptRunner::cut_short(base::Duration now) const {
  if (!playing()) return false;
  const bool late = phase_->at_most > base::Duration::zero() && now >= *started_ + phase_->at_most;
  return late || (until_ && until_->fired(now));
}

std::vector<std::string> ScriptRunner::unreached() const {
  std::vector<std::string> unreached;
  if (done()) return unreached;
  const auto names = script_->phase_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!reached_.contains(i + 1)) unreached.push_back(names[i]);
  }
  return unreached;
}

std::optional<base::Duration> ScriptRunner::wake(base::Duration now) const {
  if (done()) return std::nullopt;
  if (!playing() || until_) return now + kRetry;
  std::optional<base::Duration> wake;
  for (const auto& item : waiting) {
    const base::Duration at = item.when ? now + kRetry : std::max(item.due, now + kRetry);
    wake = wake ? std::min(*wake, at) : at;
  }
  if (phase_->at_most > base::Duration::zero()) {
    const base::Duration end = *started_ + phase_->at_most;
    wake = wake ? std::min(*wake, end) : end;
  }
  return wake;
}

namespace {

std::set<Node> out_of_service(const std::vector<ActiveFault>& active) {
  std::set<Node> nodes;
  for (const auto& fault : active) {
    if (fault.kind->impact() == Impact::kDegrades) continue;
    nodes.insert(fault.injection.nodes.begin(), fault.injection.nodes.end());
  }
  return nodes;
}

}  // namespace

std::string conflict(const FaultSpec& spec, const FaultKind& kind, const std::vector<Node>& nodes,
                     const std::vector<ActiveFault>& active, std::size_t core_size) {
  if (kind.impact() == Impact::kDegrades || spec.beyond_minority) return {};
  std::set<Node> out = out_of_service(active);
  if (beyond_minority(spec.target, core_size)) {
    return out.empty() ? std::string() : "another fault was in force";
  }
  out.insert(nodes.begin(), nodes.end());
  // A cluster of one or two has no minority to spare; there every fault is worth making.
  const bool served = out.size() <= std::max<std::size_t>(1, (core_size - 1) / 2);
  return served ? std::string() : "a majority would have been out of service";
}

bool stopped(const std::vector<ActiveFault>& active, Node node) {
  return std::any_of(active.begin(), active.end(), [node](const ActiveFault& fault) {
    const auto& nodes = fault.injection.nodes;
    return fault.kind->impact() == Impact::kStops &&
           std::find(nodes.begin(), nodes.end(), node) != nodes.end();
  });
}

}  // namespace capsize::nemesis
