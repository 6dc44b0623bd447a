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

void count(Parcels& parcels, const Parcel& parcel) {
  ++(parcel.copy ? parcels.copies : parcels.messages);
}

}  // namespace

bool Waiting::admit(Parcel& parcel) const {
  const std::size_t bytes = parcel.cargo->bytes() + kParcelBytes;
  if (size() >= kHeldMax || !room_->has(bytes)) return false;
  parcel.charge = Charge(*room_, bytes);
  return true;
}

bool Waiting::until(base::Instant when, base::Instant own, Parcel parcel,
                    std::optional<std::uint64_t> throttled_by) {
  if (!admit(parcel)) return false;
  timed_.emplace(when, Timed{std::move(parcel), own, throttled_by});
  return true;
}

bool Waiting::while_rules(std::vector<std::uint64_t> rules, Parcel parcel) {
  if (!admit(parcel)) return false;
  held_.push_back({std::move(parcel), std::move(rules)});
  return true;
}

bool Waiting::aside(std::uint64_t rule, const Overtake& overtake, base::Instant now,
                    const Parcel& parcel) {
  const bool taken = std::any_of(aside_.begin(), aside_.end(),
                                 [rule](const Aside& other) { return other.rule == rule; });
  if (taken) return false;
  Parcel waits = uncharged(parcel);
  if (!admit(waits)) return false;
  aside_.push_back({std::move(waits), rule, overtake.gap, 0, now + overtake.longest});
  return true;
}

Parcels Waiting::hold_back(std::uint64_t rule, const std::function<bool(const Parcel&)>& wanted) {
  Parcels parcels;
  const auto take = [&](const Parcel& parcel) {
    if (!wanted(parcel)) return false;
    count(parcels, parcel);
    return true;
  };
  for (Held& held : held_) {
    if (take(held.parcel)) held.rules.push_back(rule);
  }
  const auto move_over = [&](Parcel& parcel) {
    if (!take(parcel)) return false;
    held_.push_back({std::move(parcel), {rule}});
    return true;
  };
  // Those put aside were sent before the others, or at least came before them.
  std::erase_if(aside_, [&](Aside& aside) { return move_over(aside.parcel); });
  for (auto timed = timed_.begin(); timed != timed_.end();) {
    timed = move_over(timed->second.parcel) ? timed_.erase(timed) : std::next(timed);
  }
  return parcels;
}

Waiting::Ended Waiting::end_rule(std::uint64_t id, ReleaseOrder order, base::Prng& random,
                                 base::Instant now) {
  const bool throttled = end_throttle(id, now);
  std::vector<Parcel> parcels;
  Parcels messages;
  std::erase_if(held_, [&](Held& held) {
    if (std::erase(held.rules, id) == 0 || !held.rules.empty()) return false;
    count(messages, held.parcel);
    parcels.push_back(std::move(held.parcel));
    return true;
  });
  put_in_order(parcels, order, random);
  base::Instant due = now;
  for (Parcel& parcel : parcels) {
    timed_.emplace(due, Timed{.parcel = std::move(parcel), .own = due, .patient = true});
    due += kReleaseGap;
  }
  return {.released = messages.messages, .any = throttled || !parcels.empty()};
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

Parcels Waiting::discard_if(const std::function<bool(const Parcel&)>& wanted) {
  Parcels parcels;
  const auto discard = [&](const Parcel& parcel) {
    if (!wanted(parcel)) return false;
    count(parcels, parcel);
    return true;
  };
  std::erase_if(timed_, [&](const auto& item) { return discard(item.second.parcel); });
  std::erase_if(held_, [&](const Held& held) { return discard(held.parcel); });
  std::erase_if(aside_, [&](const Aside& aside) { return discard(aside.parcel); });
  return parcels;
}

base::Instant Waiting::last_of(const std::function<bool(const Parcel&)>& wanted) const {
  for (auto timed = timed_.rbegin(); timed != timed_.rend(); ++timed) {
    if (wanted(timed->second.parcel)) return timed->first;
  }
  return {};
}

}  // namespace capsize::nemesis::proxy
