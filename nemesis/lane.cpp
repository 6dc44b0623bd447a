#include "nemesis/lane.h"

#include <algorithm>

#include "base/check.h"

namespace capsize::nemesis {
namespace {

// How often an anchor, or a fault without a candidate, is looked at again.
constexpr base::Duration kRetry = std::chrono::milliseconds(5);

}  // namespace

Phase* Lane::ask(const Situation& situation, base::Prng& prng) {
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

void Lane::start_if_due(base::Duration now) {
  if (!phase_ || started_ || (when_ && !when_->fired(now))) return;
  when_.reset();
  started_ = now;
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

void Lane::look_at_anchors(base::Duration now) {
  for (auto& item : waiting) {
    if (!item.when || !item.when->fired(now)) continue;
    item.when.reset();
    item.due = now + item.fault->at;
    item.since = now;
  }
}

bool Lane::cut_short(base::Duration now) const {
  if (!playing()) return false;
  const bool late = phase_->at_most > base::Duration::zero() && now >= *started_ + phase_->at_most;
  return late || (until_ && until_->fired(now));
}

std::optional<base::Duration> Lane::wake(base::Duration now) const {
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

}  // namespace capsize::nemesis
