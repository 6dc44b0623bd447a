#include "nemesis/proxy/switchboard.h"

#include <algorithm>

namespace capsize::nemesis::proxy {

Switchboard::Switchboard(const std::set<LinkId>& links, std::uint64_t seed, Outlet& outlet)
    : seed_(seed), book_(links, seed), outlet_(outlet) {
  for (const LinkId& link : links) links_.emplace(link, OfLink{});
}

void Switchboard::arrive(LinkId link, const wire::Header& header, const Cargo& cargo,
                         base::Instant now) {
  OfLink& state = links_.at(link);
  ++state.stats.seen;
  observe(header, now);
  // Nothing may cost here unless there is a rule or somebody waits.
  if (state.waiting.empty() && book_.is_quiet(link, header)) {
    hand_over(link, state, cargo);
    return;
  }
  Judgement judgement = book_.judge(link, {header, cargo.bytes(), now});
  replay(link, state, judgement);
  if (judgement.fate.discard) {
    ++state.stats.discarded;
    return;
  }
  remember(link, header, cargo, judgement);
  const auto& corruption = judgement.fate.corruption;
  const Parcel parcel{header, corruption ? cargo.corrupted(*corruption) : cargo.keep()};
  if (!judgement.holders.empty()) {
    hold(state, parcel, judgement);
  } else if (!step_aside(state, parcel, judgement, now) &&
             send_copies(link, state, parcel, judgement, now)) {
    for (const Waiting::Due& due : state.waiting.went_by()) hand_over(link, state, due);
  }
}

bool Switchboard::send_copies(LinkId link, OfLink& state, const Parcel& parcel,
                              Judgement& judgement, base::Instant now) {
  bool at_once = false;
  const base::Instant ordered_until =
      state.ordered_until[static_cast<std::size_t>(parcel.header.type)];
  for (const base::Duration delay : judgement.fate.copies) {
    base::Instant until = now + delay;
    // Also a message that no rule delays waits here behind those whose delay was decided before it.
    if (!judgement.fate.reorder) until = std::max(until, ordered_until);
    if (until <= now) {
      hand_over(link, state, *parcel.cargo);
      at_once = true;
    } else if (state.waiting.full()) {
      ++state.stats.lost;
    } else {
      state.waiting.until(until, now + delay, parcel, judgement.throttled_by);
    }
    if (judgement.fate.reorder || delay == base::Duration::zero()) continue;
    for (std::size_t type = 0; type < state.ordered_until.size(); ++type) {
      if (!judgement.ordered_with[type]) continue;
      state.ordered_until[type] = std::max(state.ordered_until[type], until);
    }
  }
  return at_once;
}

void Switchboard::hold(OfLink& state, const Parcel& parcel, const Judgement& judgement) {
  for (std::size_t copy = 0; copy < judgement.fate.copies.size(); ++copy) {
    if (state.waiting.full()) {
      ++state.stats.lost;
    } else {
      state.waiting.while_rules(judgement.holders, parcel);
    }
  }
}

bool Switchboard::step_aside(OfLink& state, const Parcel& parcel, const Judgement& judgement,
                             base::Instant now) {
  const auto& overtake = judgement.fate.overtake;
  if (!overtake || state.waiting.full()) return false;
  return state.waiting.aside(judgement.overtake_by, *overtake, now, parcel);
}

void Switchboard::replay(LinkId link, OfLink& state, const Judgement& judgement) {
  std::size_t copies = judgement.fate.discard ? 0 : judgement.fate.copies.size();
  for (const Judgement::ReplayOf& of : judgement.replays) {
    const auto memory = memories_.find({of.rule, link});
    if (!of.replay.again || memory == memories_.end() || copies >= kCopiesMax) continue;
    const Parcel* old = memory->second.draw();
    // An old message must not cross a cut that it would not have crossed itself.
    if (old == nullptr || book_.is_severed(link, old->header)) continue;
    hand_over(link, state, *old->cargo);
    book_.count_replayed(of.rule);
    ++copies;
  }
}

void Switchboard::remember(LinkId link, const wire::Header& header, const Cargo& cargo,
                           const Judgement& judgement) {
  for (const Judgement::ReplayOf& of : judgement.replays) {
    const auto [memory, added] = memories_.try_emplace(
        {of.rule, link},
        base::Prng::stream(
            seed_, "proxy-replay-" + wire::node_name(link.from) + "-" + wire::node_name(link.to),
            of.rule));
    memory->second.offer(header, cargo, of.replay.keep);
  }
}

void Switchboard::arrive_malformed(LinkId link) {
  ++links_.at(link).stats.malformed;
}

void Switchboard::release(base::Instant now) {
  for (auto& [link, state] : links_) {
    while (auto due = state.waiting.take_due(now)) {
      if (!due->patient) {
        hand_over(link, state, *due);
      } else if (outlet_.deliver(link, *due->parcel.cargo)) {
        ++state.stats.delivered;
      } else if (!state.waiting.put_back(std::move(*due), now)) {
        ++state.stats.lost;
      }
    }
  }
}

std::optional<base::Instant> Switchboard::next_release() const {
  std::optional<base::Instant> next;
  for (const auto& [link, state] : links_) {
    const auto first = state.waiting.next();
    if (first) next = next ? std::min(*next, *first) : *first;
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
  const Rule* rule = book_.find(id);
  if (rule == nullptr) return std::nullopt;
  auto random = base::Prng::stream(seed_, "proxy-release", id);
  for (const LinkId& link : rule->links) end_rule(*rule, link, random, now);
  return book_.remove(id, now);
}

void Switchboard::end_rule(const Rule& rule, LinkId link, base::Prng& random, base::Instant now) {
  memories_.erase({rule.id, link});
  OfLink& state = links_.at(link);
  if (state.waiting.empty()) return;
  if (const auto due = state.waiting.take_aside(rule.id)) hand_over(link, state, *due);
  const auto ended = state.waiting.end_rule(rule.id, rule.action->release_order(), random, now);
  book_.count_released(rule.id, ended.released);
  if (!ended.any) return;
  // Nobody waits behind what has gone, and nobody overtakes what is still to go.
  const TypeSet& types = rule.filter.scope().types;
  const base::Instant last = state.waiting.last_of(
      [&](const Parcel& parcel) { return types[static_cast<std::size_t>(parcel.header.type)]; });
  for (std::size_t type = 0; type < types.size(); ++type) {
    if (types[type]) state.ordered_until[type] = last;
  }
}

std::map<LinkId, LinkStats> Switchboard::stats() const {
  std::map<LinkId, LinkStats> stats;
  for (const auto& [link, state] : links_) {
    stats[link] = state.stats;
    stats[link].held = state.waiting.size();
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

void Switchboard::hand_over(LinkId link, OfLink& state, const Waiting::Due& due) {
  hand_over(link, state, *due.parcel.cargo);
  if (due.overtaken) book_.count_reordered(due.rule);
}

void Switchboard::observe(const wire::Header& header, base::Instant now) {
  const bool from_leader = header.type == wire::MessageType::kAppendEntries ||
                           header.type == wire::MessageType::kHeartbeat;
  if (!from_leader || header.term < observation_.term) return;
  observation_ = {header.from, header.term, now};
}

void Switchboard::discard_held(std::uint64_t rule, LinkId link) {
  OfLink& state = links_.at(link);
  state.stats.discarded += state.waiting.discard_if(
      [&](const Parcel& parcel) { return book_.discards_held(rule, link, parcel.header); });
  // Nobody waits behind what is gone.
  if (state.waiting.empty()) state.ordered_until = {};
}

}  // namespace capsize::nemesis::proxy
