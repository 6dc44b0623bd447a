#include "nemesis/proxy/waiting.h"

#include <algorithm>

namespace capsize::nemesis::proxy {
namespace {

void put_in_order(std::vector<Parcel>& parcels, ReleaseOrder order, base::Prng& random) {
  switch (order) {
    case ReleaseOrder::kAsSent:
      return;
    case ReleaseOrder::kReverse:
      std::reverse(parcels.begin(), parcels.end());
      return;
    case ReleaseOrder::kShuffled:
      random.shuffle(parcels);
      return;
  }
}

}  // namespace

void Waiting::until(base::Instant when, base::Instant own, Parcel parcel,
                    std::optional<std::uint64_t> throttled_by) {
  timed_.emplace(when, Timed{std::move(parcel), own, throttled_by});
}

void Waiting::while_rules(std::vector<std::uint64_t> rules, Parcel parcel) {
  held_.push_back({std::move(parcel), std::move(rules)});
}

bool Waiting::aside(std::uint64_t rule, const Overtake& overtake, base::Instant now,
                    const Parcel& parcel) {
  const bool taken = std::any_of(aside_.begin(), aside_.end(),
                                 [rule](const Aside& other) { return other.rule == rule; });
  if (!taken) aside_.push_back({parcel, rule, overtake.gap, 0, now + overtake.longest});
  return !taken;
}

Waiting::Ended Waiting::end_rule(std::uint64_t id, ReleaseOrder order, base::Prng& random,
                                 base::Instant now) {
  const bool throttled = end_throttle(id, now);
  std::vector<Parcel> parcels;
  std::erase_if(held_, [&](Held& held) {
    if (std::erase(held.rules, id) == 0 || !held.rules.empty()) return false;
    parcels.push_back(std::move(held.parcel));
    return true;
  });
  put_in_order(parcels, order, random);
  base::Instant due = now;
  for (Parcel& parcel : parcels) {
    timed_.emplace(due, Timed{.parcel = std::move(parcel), .own = due, .patient = true});
    due += kReleaseGap;
  }
  return {.released = parcels.size(), .any = throttled || !parcels.empty()};
}

bool Waiting::end_throttle(std::uint64_t id, base::Instant now) {
  const bool any = std::any_of(timed_.begin(), timed_.end(),
                               [id](const auto& item) { return item.second.throttled_by == id; });
  if (!any) return false;
  base::Instant last = now;  // of those that keep their order
  std::multimap<base::Instant, Timed> again;
  for (auto& [when, timed] : timed_) {
    const bool throttled = timed.throttled_by == id;
    const bool behind = timed.own < when;
    if (throttled) timed = {.parcel = std::move(timed.parcel), .own = now, .patient = true};
    const base::Instant due = throttled || behind ? std::max(timed.own, last) : when;
    if (throttled || behind) last = due + kReleaseGap;
    again.emplace(due, std::move(timed));
  }
  timed_ = std::move(again);
  return true;
}

std::optional<Waiting::Due> Waiting::take_due(base::Instant now) {
  const auto late = std::find_if(aside_.begin(), aside_.end(),
                                 [now](const Aside& aside) { return aside.latest <= now; });
  if (late != aside_.end()) {
    Due due = late->due();
    aside_.erase(late);
    return due;
  }
  if (timed_.empty() || std::max(timed_.begin()->first, resume_) > now) return std::nullopt;
  auto& [when, timed] = *timed_.begin();
  Due due{.parcel = std::move(timed.parcel), .when = when, .patient = timed.patient};
  timed_.erase(timed_.begin());
  return due;
}

bool Waiting::put_back(Due due, base::Instant now) {
  if (now >= due.when + kRetryMax) return false;
  timed_.emplace_hint(timed_.begin(), due.when,
                      Timed{.parcel = std::move(due.parcel), .own = due.when, .patient = true});
  resume_ = now + kRetryGap;
  return true;
}

std::vector<Waiting::Due> Waiting::went_by() {
  std::vector<Due> due;
  std::erase_if(aside_, [&](Aside& aside) {
    if (++aside.passed < aside.gap) return false;
    due.push_back(aside.due());
    return true;
  });
  return due;
}

std::optional<Waiting::Due> Waiting::take_aside(std::uint64_t id) {
  const auto found = std::find_if(aside_.begin(), aside_.end(),
                                  [id](const Aside& aside) { return aside.rule == id; });
  if (found == aside_.end()) return std::nullopt;
  Due due = found->due();
  aside_.erase(found);
  return due;
}

std::optional<base::Instant> Waiting::next() const {
  std::optional<base::Instant> next;
  if (!timed_.empty()) next = std::max(timed_.begin()->first, resume_);
  for (const Aside& aside : aside_) next = next ? std::min(*next, aside.latest) : aside.latest;
  return next;
}

std::size_t Waiting::discard_if(const std::function<bool(const Parcel&)>& wanted) {
  return std::erase_if(timed_, [&](const auto& item) { return wanted(item.second.parcel); }) +
         std::erase_if(held_, [&](const Held& held) { return wanted(held.parcel); }) +
         std::erase_if(aside_, [&](const Aside& aside) { return wanted(aside.parcel); });
}

base::Instant Waiting::last_of(const std::function<bool(const Parcel&)>& wanted) const {
  for (auto timed = timed_.rbegin(); timed != timed_.rend(); ++timed) {
    if (wanted(timed->second.parcel)) return timed->first;
  }
  return {};
}

}  // namespace capsize::nemesis::proxy
