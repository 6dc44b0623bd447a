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

void Waiting::until(base::Instant when, Parcel parcel, std::optional<std::uint64_t> throttled_by) {
  timed_.emplace(when, Timed{std::move(parcel), throttled_by});
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
  std::vector<Parcel> parcels;
  for (auto timed = timed_.begin(); timed != timed_.end();) {
    if (timed->second.throttled_by != id) {
      ++timed;
      continue;
    }
    parcels.push_back(std::move(timed->second.parcel));
    timed = timed_.erase(timed);
  }
  const std::size_t throttled = parcels.size();
  std::erase_if(held_, [&](Held& held) {
    if (std::erase(held.rules, id) == 0 || !held.rules.empty()) return false;
    parcels.push_back(std::move(held.parcel));
    return true;
  });
  put_in_order(parcels, order, random);
  base::Instant due = now;
  for (Parcel& parcel : parcels) {
    until(due, std::move(parcel));
    due += kReleaseGap;
  }
  return {.released = parcels.size() - throttled, .any = !parcels.empty()};
}

std::optional<Waiting::Due> Waiting::take_due(base::Instant now) {
  const auto late = std::find_if(aside_.begin(), aside_.end(),
                                 [now](const Aside& aside) { return aside.latest <= now; });
  if (late != aside_.end()) {
    Due due = late->due();
    aside_.erase(late);
    return due;
  }
  if (timed_.empty() || timed_.begin()->first > now) return std::nullopt;
  Due due{std::move(timed_.begin()->second.parcel)};
  timed_.erase(timed_.begin());
  return due;
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
  if (!timed_.empty()) next = timed_.begin()->first;
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
