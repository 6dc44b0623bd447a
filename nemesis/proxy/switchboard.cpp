#include "nemesis/proxy/switchboard.h"

#include <algorithm>

namespace capsize::nemesis::proxy {

Switchboard::Switchboard(const std::set<LinkId>& links, std::uint64_t seed, Outlet& outlet)
    : book_(links, seed), outlet_(outlet) {
  for (const LinkId& link : links) links_.emplace(link, OfLink{});
}

void Switchboard::arrive(LinkId link, const wire::Header& header,
                         std::shared_ptr<const Cargo> cargo, base::Instant now) {
  OfLink& state = links_.at(link);
  ++state.stats.seen;
  observe(header, now);
  const Judgement judgement = book_.judge(link, header);
  if (judgement.fate.discard) {
    ++state.stats.discarded;
    return;
  }
  base::Instant& ordered_until = state.ordered_until[static_cast<std::size_t>(header.type)];
  for (const base::Duration delay : judgement.fate.copies) {
    base::Instant until = now + delay;
    // Also a message that no rule delays waits here behind those whose delay was decided before it.
    if (!judgement.fate.reorder) until = std::max(until, ordered_until);
    if (until <= now) {
      hand_over(link, state, *cargo);
    } else {
      hold(state, {header, cargo}, until);
    }
    if (judgement.fate.reorder || delay == base::Duration::zero()) continue;
    for (std::size_t type = 0; type < state.ordered_until.size(); ++type) {
      if (!judgement.ordered_with[type]) continue;
      state.ordered_until[type] = std::max(state.ordered_until[type], until);
    }
  }
}

void Switchboard::arrive_malformed(LinkId link) {
  ++links_.at(link).stats.malformed;
}

void Switchboard::release(base::Instant now) {
  for (auto& [link, state] : links_) {
    while (!state.held.empty() && state.held.begin()->first <= now) {
      const auto first = state.held.begin();
      hand_over(link, state, *first->second.cargo);
      state.held.erase(first);
    }
  }
}

std::optional<base::Instant> Switchboard::next_release() const {
  std::optional<base::Instant> next;
  for (const auto& [link, state] : links_) {
    if (state.held.empty()) continue;
    const base::Instant first = state.held.begin()->first;
    next = next ? std::min(*next, first) : first;
  }
  return next;
}

base::Status Switchboard::install(Rule rule) {
  const std::uint64_t id = rule.id;
  const bool cut = rule.action->is_cut();
  const std::set<LinkId> links = rule.links;
  const base::Status status = book_.install(std::move(rule));
  if (!status || !cut) return status;
  for (const LinkId& link : links) discard_held(id, link);
  return {};
}

std::optional<Evidence> Switchboard::remove(std::uint64_t id, base::Instant now) {
  return book_.remove(id, now);
}

std::map<LinkId, LinkStats> Switchboard::stats() const {
  std::map<LinkId, LinkStats> stats;
  for (const auto& [link, state] : links_) {
    stats[link] = state.stats;
    stats[link].held = state.held.size();
  }
  return stats;
}

void Switchboard::hand_over(LinkId link, OfLink& state, const Cargo& cargo) {
  if (outlet_.deliver(link, cargo)) {
    ++state.stats.delivered;
  } else {
    ++state.stats.lost;
  }
}

void Switchboard::hold(OfLink& state, Held held, base::Instant until) {
  if (state.held.size() >= kHeldMax) {
    ++state.stats.lost;
    return;
  }
  state.held.emplace(until, std::move(held));
}

void Switchboard::observe(const wire::Header& header, base::Instant now) {
  const bool from_leader = header.type == wire::MessageType::kAppendEntries ||
                           header.type == wire::MessageType::kHeartbeat;
  if (!from_leader || header.term < observation_.term) return;
  observation_ = {header.from, header.term, now};
}

void Switchboard::discard_held(std::uint64_t rule, LinkId link) {
  OfLink& state = links_.at(link);
  std::erase_if(state.held, [&](const auto& item) {
    if (!book_.discards_held(rule, link, item.second.header)) return false;
    ++state.stats.discarded;
    return true;
  });
  // Nobody waits behind what is gone.
  if (state.held.empty()) state.ordered_until = {};
}

}  // namespace capsize::nemesis::proxy
