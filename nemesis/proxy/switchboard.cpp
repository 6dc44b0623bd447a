#include "nemesis/proxy/switchboard.h"

#include <algorithm>

namespace capsize::nemesis::proxy {
namespace {

const std::vector<std::uint64_t> kNoRules;

/// Of a message that waits, or of one that is about to leave.
template <class Message>
MessageRecord record_of(const Message& message, MessageEvent event, base::Instant now) {
  const wire::Header& header = message.header;
  const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(now - message.read_at);
  const auto bounded = [](auto number) {
    return static_cast<std::uint32_t>(std::clamp<decltype(number)>(number, 0, kRecordNumberMax));
  };
  return {.time_ns = base::nanoseconds(now),
          .sequence = header.sequence,
          .term = header.term,
          .index = header.index,
          .incarnation = bounded(header.incarnation),
          .waited_us = bounded(waited.count()),
          .from = static_cast<std::uint16_t>(header.from),
          .to = static_cast<std::uint16_t>(header.to),
          .type = header.type,
          .event = event,
          .copy = message.copy,
          .corrupted = message.corrupted};
}

}  // namespace

Switchboard::Switchboard(const std::set<LinkId>& links, std::uint64_t seed, Outlet& outlet,
                         Limits limits, MessageObserver* observer)
    : seed_(seed),
      book_(links, seed),
      outlet_(outlet),
      total_budget_(limits.all_bytes),
      total_sample_budget_(sample_budget(limits.all_bytes)),
      observer_(observer) {
  for (const LinkId& link : links)
    links_.try_emplace(link, limits, total_budget_, total_sample_budget_);
}

void Switchboard::arrive(LinkId link, const wire::Header& header, const Frames& frames,
                         base::Instant now) {
  now_ = now;
  LinkState& state = links_.at(link);
  if (!is_plausible(header)) {
    ++state.stats.implausible;
    return;
  }
  ++state.stats.seen;
  observe(header, now);
  // The fast path: no allocation and no decision unless a rule applies or something waits.
  if (state.queue.empty() && book_.is_quiet(link, header)) {
    const OutgoingCopy outgoing{
        .header = header, .frames = frames, .chosen_by = kNoRules, .read_at = now};
    const DepartResult departed = depart(link, state, outgoing);
    if (departed == DepartResult::kRefused) ++state.stats.lost;
    note(outgoing, event_of_read(departed));
    chains_.sent(header, MessageFate::kDelivered);
    return;
  }
  Decision decision = book_.decide(link, {header, frames.bytes(), now});
  // Replays first, from messages read before this one; offer_to_samples() below then adds it to the
  // samples.
  send_replays(link, state, decision);
  QueuedMessage message{.header = header, .chosen_by = decision.chosen_by, .read_at = now};
  bool passed = false;
  MessageFate fate = MessageFate::kStopped;
  const std::uint64_t delivered = state.stats.delivered;
  if (decision.fate.discard) {
    ++state.stats.discarded;
    note(message, MessageEvent::kReadStopped);
  } else {
    const auto& corruption = decision.fate.corruption;
    message.corrupted = corruption.has_value();
    message.frames = corruption ? frames.corrupted(*corruption) : frames.keep();
    passed = forward(link, state, uncharged(message), decision, now);
    if (passed) fate = MessageFate::kWaits;
    if (state.stats.delivered > delivered) fate = MessageFate::kDelivered;
  }
  chains_.sent(header, fate);
  offer_to_samples(link, state, message, passed ? &frames : nullptr, decision);
  RuleBook::count_effects(link, decision, passed);
}

bool Switchboard::forward(LinkId link, LinkState& state, QueuedMessage message, Decision& decision,
                          base::Instant now) {
  if (!decision.holders.empty()) return hold(state, std::move(message), decision);
  const auto& overtake = decision.fate.overtake;
  if (overtake && state.queue.defer(decision.overtake_by, *overtake, now, message)) {
    note(message, MessageEvent::kReadWaits);
    return true;
  }
  const Sent sent = send_copies(link, state, std::move(message), decision, now);
  if (sent.at_once) {
    for (const LinkQueue::Due& due : state.queue.note_overtaken())
      depart_deferred(link, state, due);
  }
  return sent.had_room;
}

Switchboard::Sent Switchboard::send_copies(LinkId link, LinkState& state, QueuedMessage message,
                                           Decision& decision, base::Instant now) {
  Sent sent;
  const base::Instant ordered_until =
      state.ordered_until[static_cast<std::size_t>(message.header.type)];
  for (const base::Duration delay : decision.fate.copies) {
    base::Instant until = now + delay;
    // Keep the link's order: a message without a delay of its own waits for those before it. With a
    // delay of 50 ms removed at 10 ms, message 1 (read at 0 ms) leaves at 50 ms; message 2, read at
    // 20 ms under no rule, must not overtake it.
    if (!decision.fate.reorder) until = std::max(until, ordered_until);
    if (until <= now) {
      const DepartResult departed = depart_once(link, state, message, false);
      sent.at_once |= has_left(departed);
      if (!message.copy) note(message, event_of_read(departed));
    } else if (state.queue.wait_until(until, now + delay, uncharged(message),
                                      decision.throttled_by)) {
      if (!message.copy) note(message, MessageEvent::kReadWaits);
    } else {
      ++state.stats.overflowed;
      sent.had_room &= message.copy;
      note(message, message.copy ? MessageEvent::kOverflowed : MessageEvent::kReadOverflowed);
    }
    message.copy = true;
    if (!decision.fate.reorder && delay != base::Duration::zero()) {
      keep_order(state, decision, until);
    }
  }
  return sent;
}

void Switchboard::keep_order(LinkState& state, const Decision& decision, base::Instant until) {
  for (std::size_t type = 0; type < state.ordered_until.size(); ++type) {
    if (!decision.ordered_with[type]) continue;
    state.ordered_until[type] = std::max(state.ordered_until[type], until);
  }
}

bool Switchboard::hold(LinkState& state, QueuedMessage message, const Decision& decision) {
  bool had_room = true;
  for (std::size_t copy = 0; copy < decision.fate.copies.size(); ++copy) {
    if (state.queue.wait_for_rules(decision.holders, uncharged(message))) {
      if (!message.copy) note(message, MessageEvent::kReadWaits);
    } else {
      ++state.stats.overflowed;
      had_room &= message.copy;
      note(message, message.copy ? MessageEvent::kOverflowed : MessageEvent::kReadOverflowed);
    }
    message.copy = true;
  }
  return had_room;
}

void Switchboard::send_replays(LinkId link, LinkState& state, const Decision& decision) {
  std::size_t copies = decision.fate.discard ? 0 : decision.fate.copies.size();
  for (const Decision::RuleReplay& of : decision.replays) {
    const auto sample = samples_.find({of.rule, link});
    if (!of.replay.send || sample == samples_.end()) continue;
    // Draw even if the message already has too many copies: the draws must not depend on other
    // rules.
    const QueuedMessage* old = sample->second.draw();
    if (old == nullptr || copies >= kCopiesMax) continue;
    ++copies;
    const DepartResult departed = depart(link, state, *old, true);
    if (departed == DepartResult::kDelivered) book_.count_replayed(of.rule);
    if (departed == DepartResult::kRefused) {
      ++state.stats.lost;
      note(*old, MessageEvent::kLost);
    }
  }
}

void Switchboard::offer_to_samples(LinkId link, LinkState& state, const QueuedMessage& message,
                                   const Frames* frames, const Decision& decision) {
  for (const Decision::RuleReplay& of : decision.replays) {
    const auto [sample, added] = samples_.try_emplace(
        {of.rule, link},
        base::Prng::stream(
            seed_, "proxy-replay-" + wire::node_name(link.from) + "-" + wire::node_name(link.to),
            of.rule),
        state.sample);
    sample->second.offer(message, frames, of.replay.keep);
  }
}

void Switchboard::arrive_malformed(LinkId link) {
  ++links_.at(link).stats.malformed;
}

void Switchboard::release(base::Instant now) {
  now_ = now;
  for (auto& [link, state] : links_) {
    while (auto due = state.queue.take_due(now)) {
      if (!due->retry) {
        depart_deferred(link, state, *due);
      } else if (depart(link, state, due->message, true) == DepartResult::kRefused) {
        retry(state, std::move(*due));
      }
    }
  }
}

void Switchboard::retry(LinkState& state, LinkQueue::Due due) {
  const QueuedMessage refused = uncharged(due.message);
  if (state.queue.put_back(std::move(due), now_)) return;
  ++state.stats.lost;
  note(refused, MessageEvent::kLost);
}

std::optional<base::Instant> Switchboard::next_release() const {
  std::optional<base::Instant> next;
  for (const auto& [link, state] : links_) {
    const auto first = state.queue.next();
    if (first) next = next ? std::min(*next, *first) : *first;
  }
  return next;
}

base::Status Switchboard::install(Rule rule, base::Instant now) {
  now_ = now;
  const std::uint64_t id = rule.id;
  const base::Status status = book_.install(std::move(rule));
  if (!status) return status;
  const Rule& installed = *book_.find(id);
  if (!RuleBook::is_barrier(installed)) return status;
  for (const LinkId& link : installed.links) stop_queued(installed, link);
  return status;
}

void Switchboard::stop_queued(const Rule& rule, LinkId link) {
  LinkState& state = links_.at(link);
  const auto matches = [&](const QueuedMessage& message) {
    return rule.filter.scope().contains(message.header);
  };
  if (!rule.action->is_cut()) {
    book_.count_stopped(rule.id, link, state.queue.hold_back(rule.id, matches));
    return;
  }
  const MessageCounts discarded = state.queue.discard_if([&](const QueuedMessage& message) {
    if (!matches(message)) return false;
    note(message, MessageEvent::kStopped);
    return true;
  });
  state.stats.discarded += discarded.messages + discarded.copies;
  book_.count_stopped(rule.id, link, discarded);
  // Nothing is queued any more, so later messages need not wait for a discarded one.
  if (state.queue.empty()) state.ordered_until = {};
}

std::optional<Evidence> Switchboard::remove(std::uint64_t id, base::Instant now) {
  now_ = now;
  const Rule* rule = book_.find(id);
  if (rule == nullptr) return std::nullopt;
  auto random = base::Prng::stream(seed_, "proxy-release", id);
  for (const LinkId& link : rule->links) end_rule(*rule, link, random, now);
  return book_.remove(id, now);
}

void Switchboard::end_rule(const Rule& rule, LinkId link, base::Prng& random, base::Instant now) {
  samples_.erase({rule.id, link});
  if (rule.action->is_hold()) {
    for (auto& [of, sample] : samples_) {
      if (of.second == link) sample.end_hold(rule.id);
    }
  }
  LinkState& state = links_.at(link);
  if (state.queue.empty()) return;
  if (const auto due = state.queue.take_deferred(rule.id)) depart_deferred(link, state, *due);
  const auto ended = state.queue.end_rule(rule.id, rule.action->release_order(), random, now);
  book_.count_released(rule.id, ended.released);
  if (!ended.any) return;
  // Later messages of the rule's types need not wait for the old end of a throttled queue, but must
  // not overtake what has just become due: they wait for the last of those.
  const TypeSet& types = rule.filter.scope().types;
  const base::Instant last = state.queue.last_due([&](const QueuedMessage& message) {
    return types[static_cast<std::size_t>(message.header.type)];
  });
  for (std::size_t type = 0; type < types.size(); ++type) {
    if (types[type]) state.ordered_until[type] = last;
  }
}

std::map<LinkId, LinkStats> Switchboard::stats() const {
  std::map<LinkId, LinkStats> stats;
  for (const auto& [link, state] : links_) {
    stats[link] = state.stats;
    stats[link].held = state.queue.size();
    stats[link].held_bytes = state.budget.used();
  }
  return stats;
}

Switchboard::DepartResult Switchboard::depart(LinkId link, LinkState& state,
                                              const OutgoingCopy& outgoing) {
  Barrier barrier = book_.barrier(link, outgoing.header, outgoing.chosen_by);
  if (!barrier.open()) {
    const DepartResult stopped = stop_copy(link, state, outgoing, std::move(barrier));
    note_later(outgoing, stopped);
    return stopped;
  }
  if (!outlet_.deliver(link, outgoing.frames)) return DepartResult::kRefused;
  ++state.stats.delivered;
  book_.count_passed(link, outgoing.header);
  const bool late = outgoing.waited || outgoing.copy;
  chains_.delivered(outgoing.header, late ? Arrival::kLate : Arrival::kAtOnce);
  note_later(outgoing, DepartResult::kDelivered);
  return DepartResult::kDelivered;
}

Switchboard::DepartResult Switchboard::depart(LinkId link, LinkState& state,
                                              const QueuedMessage& message, bool waited) {
  return depart(link, state,
                {message.header, *message.frames, message.copy, message.chosen_by, waited,
                 message.read_at, message.corrupted});
}

Switchboard::DepartResult Switchboard::depart_once(LinkId link, LinkState& state,
                                                   const QueuedMessage& message, bool waited) {
  const DepartResult departed = depart(link, state, message, waited);
  if (departed != DepartResult::kRefused) return departed;
  ++state.stats.lost;
  if (waited || message.copy) note(message, MessageEvent::kLost);
  return departed;
}

void Switchboard::depart_deferred(LinkId link, LinkState& state, const LinkQueue::Due& due) {
  const DepartResult departed = depart_once(link, state, due.message, true);
  if (due.overtaken && has_left(departed)) book_.count_reordered(due.rule);
}

Switchboard::DepartResult Switchboard::stop_copy(LinkId link, LinkState& state,
                                                 const OutgoingCopy& outgoing, Barrier barrier) {
  const MessageCounts one{.messages = outgoing.copy ? 0U : 1U, .copies = outgoing.copy ? 1U : 0U};
  if (barrier.cut) {
    ++state.stats.discarded;
    for (const std::uint64_t cut : barrier.cuts) book_.count_stopped(cut, link, one);
    return DepartResult::kDiscarded;
  }
  const std::vector<std::uint64_t> holds = barrier.holds;
  QueuedMessage message{.header = outgoing.header,
                        .frames = outgoing.frames.keep(),
                        .copy = outgoing.copy,
                        .chosen_by = outgoing.chosen_by,
                        .read_at = outgoing.read_at,
                        .corrupted = outgoing.corrupted};
  const bool had_room = state.queue.wait_for_rules(std::move(barrier.holds), std::move(message));
  if (!had_room) ++state.stats.overflowed;
  for (const std::uint64_t hold : holds) {
    if (had_room) {
      book_.count_stopped(hold, link, one);
    } else {
      book_.count_overflowed(hold, one);
    }
  }
  return had_room ? DepartResult::kHeld : DepartResult::kOverflowed;
}

MessageEvent Switchboard::event_of_read(DepartResult departed) {
  switch (departed) {
    case DepartResult::kDelivered:
      return MessageEvent::kReadDelivered;
    case DepartResult::kRefused:
      return MessageEvent::kReadLost;
    case DepartResult::kDiscarded:
      return MessageEvent::kReadStopped;
    case DepartResult::kHeld:
      return MessageEvent::kReadWaits;
    case DepartResult::kOverflowed:
      return MessageEvent::kReadOverflowed;
  }
  return MessageEvent::kReadStopped;
}

void Switchboard::note(const QueuedMessage& message, MessageEvent event) {
  if (observer_ != nullptr) observer_->observe(record_of(message, event, now_));
}

void Switchboard::note(const OutgoingCopy& outgoing, MessageEvent event) {
  if (observer_ != nullptr) observer_->observe(record_of(outgoing, event, now_));
}

void Switchboard::note_later(const OutgoingCopy& outgoing, DepartResult departed) {
  if (!outgoing.waited && !outgoing.copy) return;  // arrive() notes how it was read
  if (departed == DepartResult::kDelivered) note(outgoing, MessageEvent::kDelivered);
  if (departed == DepartResult::kDiscarded) note(outgoing, MessageEvent::kStopped);
  if (departed == DepartResult::kOverflowed) note(outgoing, MessageEvent::kOverflowed);
}

bool Switchboard::is_plausible(const wire::Header& header) const {
  return observation_.leader == 0 || header.term < kTermJumpMax ||
         header.term - kTermJumpMax <= observation_.term;
}

void Switchboard::observe(const wire::Header& header, base::Instant now) {
  const bool from_leader = header.type == wire::MessageType::kAppendEntries ||
                           header.type == wire::MessageType::kHeartbeat;
  if (!from_leader) return;
  // A deposed leader that has not noticed still sends with its lower term: ignore it while the
  // leader of the higher term is heard.
  const bool expired = now - observation_.last_append >= kLeaderClaimTimeout;
  if (header.term < observation_.term && !expired) return;
  observation_ = {header.from, header.term, now};
}

}  // namespace capsize::nemesis::proxy
