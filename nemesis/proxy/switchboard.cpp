#include "nemesis/proxy/switchboard.h"

#include <algorithm>

namespace capsize::nemesis::proxy {
namespace {

const std::vector<std::uint64_t> kNoRules;

}  // namespace

Switchboard::Switchboard(const std::set<LinkId>& links, std::uint64_t seed, Outlet& outlet,
                         Limits limits)
    : seed_(seed),
      book_(links, seed),
      outlet_(outlet),
      all_(limits.all_bytes),
      all_kept_(kept_of(limits.all_bytes)) {
  for (const LinkId& link : links) links_.try_emplace(link, limits, all_, all_kept_);
}

void Switchboard::arrive(LinkId link, const wire::Header& header, const Cargo& cargo,
                         base::Instant now) {
  OfLink& state = links_.at(link);
  if (!is_plausible(header)) {
    ++state.stats.implausible;
    return;
  }
  ++state.stats.seen;
  observe(header, now);
  // Nothing may cost here unless there is a rule or something waits.
  if (state.waiting.empty() && book_.is_quiet(link, header)) {
    const Leaving leaving{.header = header, .cargo = cargo, .chosen_by = kNoRules};
    if (depart(link, state, leaving) == Departure::kRefused) ++state.stats.lost;
    return;
  }
  Judgement judgement = book_.judge(link, {header, cargo.bytes(), now});
  replay(link, state, judgement);
  Parcel message{.header = header, .chosen_by = judgement.chosen_by};
  bool passed = false;
  if (judgement.fate.discard) {
    ++state.stats.discarded;
  } else {
    const auto& corruption = judgement.fate.corruption;
    message.cargo = corruption ? cargo.corrupted(*corruption) : cargo.keep();
    passed = forward(link, state, uncharged(message), judgement, now);
  }
  remember(link, state, message, passed ? &cargo : nullptr, judgement);
  RuleBook::settle(link, judgement, passed);
}

bool Switchboard::forward(LinkId link, OfLink& state, Parcel parcel, Judgement& judgement,
                          base::Instant now) {
  if (!judgement.holders.empty()) return hold(state, std::move(parcel), judgement);
  const auto& overtake = judgement.fate.overtake;
  if (overtake && state.waiting.aside(judgement.overtake_by, *overtake, now, parcel)) return true;
  const Sent sent = send_copies(link, state, std::move(parcel), judgement, now);
  if (sent.at_once) {
    for (const Waiting::Due& due : state.waiting.went_by()) depart_aside(link, state, due);
  }
  return sent.had_room;
}

Switchboard::Sent Switchboard::send_copies(LinkId link, OfLink& state, Parcel parcel,
                                           Judgement& judgement, base::Instant now) {
  Sent sent;
  const base::Instant ordered_until =
      state.ordered_until[static_cast<std::size_t>(parcel.header.type)];
  for (const base::Duration delay : judgement.fate.copies) {
    base::Instant until = now + delay;
    // Also a message that no rule delays waits here after those whose delay was decided before it.
    if (!judgement.fate.reorder) until = std::max(until, ordered_until);
    if (until <= now) {
      sent.at_once |= depart_once(link, state, parcel) != Departure::kStopped;
    } else if (!state.waiting.until(until, now + delay, uncharged(parcel),
                                    judgement.throttled_by)) {
      ++state.stats.overflowed;
      sent.had_room &= parcel.copy;
    }
    parcel.copy = true;
    if (!judgement.fate.reorder && delay != base::Duration::zero()) {
      keep_order(state, judgement, until);
    }
  }
  return sent;
}

void Switchboard::keep_order(OfLink& state, const Judgement& judgement, base::Instant until) {
  for (std::size_t type = 0; type < state.ordered_until.size(); ++type) {
    if (!judgement.ordered_with[type]) continue;
    state.ordered_until[type] = std::max(state.ordered_until[type], until);
  }
}

bool Switchboard::hold(OfLink& state, Parcel parcel, const Judgement& judgement) {
  bool had_room = true;
  for (std::size_t copy = 0; copy < judgement.fate.copies.size(); ++copy) {
    if (!state.waiting.while_rules(judgement.holders, uncharged(parcel))) {
      ++state.stats.overflowed;
      had_room &= parcel.copy;
    }
    parcel.copy = true;
  }
  return had_room;
}

void Switchboard::replay(LinkId link, OfLink& state, const Judgement& judgement) {
  std::size_t copies = judgement.fate.discard ? 0 : judgement.fate.copies.size();
  for (const Judgement::ReplayOf& of : judgement.replays) {
    const auto memory = memories_.find({of.rule, link});
    if (!of.replay.again || memory == memories_.end()) continue;
    // Drawn also where there is a copy too many: the draws must not depend on other rules.
    const Parcel* old = memory->second.draw();
    if (old == nullptr || copies >= kCopiesMax) continue;
    ++copies;
    const Departure departure = depart(link, state, *old);
    if (departure == Departure::kDelivered) book_.count_replayed(of.rule);
    if (departure == Departure::kRefused) ++state.stats.lost;
  }
}

void Switchboard::remember(LinkId link, OfLink& state, const Parcel& message, const Cargo* cargo,
                           const Judgement& judgement) {
  for (const Judgement::ReplayOf& of : judgement.replays) {
    const auto [memory, added] = memories_.try_emplace(
        {of.rule, link},
        base::Prng::stream(
            seed_, "proxy-replay-" + wire::node_name(link.from) + "-" + wire::node_name(link.to),
            of.rule),
        state.kept);
    memory->second.offer(message, cargo, of.replay.keep);
  }
}

void Switchboard::arrive_malformed(LinkId link) {
  ++links_.at(link).stats.malformed;
}

void Switchboard::release(base::Instant now) {
  for (auto& [link, state] : links_) {
    while (auto due = state.waiting.take_due(now)) {
      if (!due->patient) {
        depart_aside(link, state, *due);
      } else if (depart(link, state, due->parcel) == Departure::kRefused &&
                 !state.waiting.put_back(std::move(*due), now)) {
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
  const base::Status status = book_.install(std::move(rule));
  if (!status) return status;
  const Rule& installed = *book_.find(id);
  if (!RuleBook::is_barrier(installed)) return status;
  for (const LinkId& link : installed.links) stop_waiting(installed, link);
  return status;
}

void Switchboard::stop_waiting(const Rule& rule, LinkId link) {
  OfLink& state = links_.at(link);
  const auto matches = [&](const Parcel& parcel) {
    return rule.filter.scope().contains(parcel.header);
  };
  if (!rule.action->is_cut()) {
    book_.count_stopped(rule.id, link, state.waiting.hold_back(rule.id, matches));
    return;
  }
  const Parcels discarded = state.waiting.discard_if(matches);
  state.stats.discarded += discarded.messages + discarded.copies;
  book_.count_stopped(rule.id, link, discarded);
  // None waits after what is gone.
  if (state.waiting.empty()) state.ordered_until = {};
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
  if (rule.action->is_hold()) {
    for (auto& [of, memory] : memories_) {
      if (of.second == link) memory.end_hold(rule.id);
    }
  }
  OfLink& state = links_.at(link);
  if (state.waiting.empty()) return;
  if (const auto due = state.waiting.take_aside(rule.id)) depart_aside(link, state, *due);
  const auto ended = state.waiting.end_rule(rule.id, rule.action->release_order(), random, now);
  book_.count_released(rule.id, ended.released);
  if (!ended.any) return;
  // None waits after what has gone, and none overtakes what is still to go.
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
    stats[link].held_bytes = state.room.used();
  }
  return stats;
}

Switchboard::Departure Switchboard::depart(LinkId link, OfLink& state, const Leaving& leaving) {
  Barrier barrier = book_.barrier(link, leaving.header, leaving.chosen_by);
  if (!barrier.open()) {
    stop(link, state, leaving, std::move(barrier));
    return Departure::kStopped;
  }
  if (!outlet_.deliver(link, leaving.cargo)) return Departure::kRefused;
  ++state.stats.delivered;
  return Departure::kDelivered;
}

Switchboard::Departure Switchboard::depart(LinkId link, OfLink& state, const Parcel& parcel) {
  return depart(link, state, {parcel.header, *parcel.cargo, parcel.copy, parcel.chosen_by});
}

Switchboard::Departure Switchboard::depart_once(LinkId link, OfLink& state, const Parcel& parcel) {
  const Departure departure = depart(link, state, parcel);
  if (departure == Departure::kRefused) ++state.stats.lost;
  return departure;
}

void Switchboard::depart_aside(LinkId link, OfLink& state, const Waiting::Due& due) {
  const Departure departure = depart_once(link, state, due.parcel);
  if (due.overtaken && departure != Departure::kStopped) book_.count_reordered(due.rule);
}

void Switchboard::stop(LinkId link, OfLink& state, const Leaving& leaving, Barrier barrier) {
  const Parcels one{.messages = leaving.copy ? 0U : 1U, .copies = leaving.copy ? 1U : 0U};
  if (barrier.cut) {
    ++state.stats.discarded;
    for (const std::uint64_t cut : barrier.cuts) book_.count_stopped(cut, link, one);
    return;
  }
  const std::vector<std::uint64_t> holds = barrier.holds;
  Parcel parcel{leaving.header, leaving.cargo.keep(), leaving.copy, leaving.chosen_by, {}};
  const bool had_room = state.waiting.while_rules(std::move(barrier.holds), std::move(parcel));
  if (!had_room) ++state.stats.overflowed;
  for (const std::uint64_t hold : holds) {
    if (had_room) {
      book_.count_stopped(hold, link, one);
    } else {
      book_.count_overflowed(hold, one);
    }
  }
}

bool Switchboard::is_plausible(const wire::Header& header) const {
  return observation_.leader == 0 || header.term < kTermJumpMax ||
         header.term - kTermJumpMax <= observation_.term;
}

void Switchboard::observe(const wire::Header& header, base::Instant now) {
  const bool from_leader = header.type == wire::MessageType::kAppendEntries ||
                           header.type == wire::MessageType::kHeartbeat;
  if (!from_leader) return;
  const bool outlived = now - observation_.last_append >= kClaimLife;
  if (header.term < observation_.term && !outlived) return;
  observation_ = {header.from, header.term, now};
}

}  // namespace capsize::nemesis::proxy
