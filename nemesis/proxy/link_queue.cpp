#include "nemesis/proxy/link_queue.h"

#include <algorithm>

namespace capsize::nemesis::proxy {
namespace {

void put_in_order(std::vector<QueuedMessage>& messages, ReleaseOrder order, base::Prng& random) {
  switch (order) {
    case ReleaseOrder::kAsSent:
      return;
    case ReleaseOrder::kReverse:
      std::reverse(messages.begin(), messages.end());
      return;
    case ReleaseOrder::kShuffled:
      random.shuffle(messages);
      return;
  }
}

void count(MessageCounts& counts, const QueuedMessage& message) {
  ++(message.copy ? counts.copies : counts.messages);
}

}  // namespace

bool LinkQueue::admit(QueuedMessage& message) const {
  const std::size_t bytes = message.frames->bytes() + kMessageOverheadBytes;
  if (size() >= kHeldMax || !budget_->has(bytes)) return false;
  message.charge = Charge(*budget_, bytes);
  return true;
}

bool LinkQueue::wait_until(base::Instant when, base::Instant own_due, QueuedMessage message,
                           std::optional<std::uint64_t> throttled_by) {
  if (!admit(message)) return false;
  timed_.emplace(when, Timed{std::move(message), own_due, throttled_by});
  return true;
}

bool LinkQueue::wait_for_rules(std::vector<std::uint64_t> rules, QueuedMessage message) {
  if (!admit(message)) return false;
  held_.push_back({std::move(message), std::move(rules)});
  return true;
}

bool LinkQueue::defer(std::uint64_t rule, const Overtake& overtake, base::Instant now,
                      const QueuedMessage& message) {
  const bool taken = std::any_of(deferred_.begin(), deferred_.end(),
                                 [rule](const Deferred& other) { return other.rule == rule; });
  if (taken) return false;
  QueuedMessage waits = uncharged(message);
  if (!admit(waits)) return false;
  deferred_.push_back({std::move(waits), rule, overtake.gap, 0, now + overtake.longest});
  return true;
}

MessageCounts LinkQueue::hold_back(std::uint64_t rule,
                                   const std::function<bool(const QueuedMessage&)>& matches) {
  MessageCounts counts;
  const auto take = [&](const QueuedMessage& message) {
    if (!matches(message)) return false;
    count(counts, message);
    return true;
  };
  for (Held& held : held_) {
    if (take(held.message)) held.rules.push_back(rule);
  }
  const auto move_over = [&](QueuedMessage& message) {
    if (!take(message)) return false;
    held_.push_back({std::move(message), {rule}});
    return true;
  };
  // Deferred messages go before timed ones: they arrived before the messages that were to overtake
  // them.
  std::erase_if(deferred_, [&](Deferred& deferred) { return move_over(deferred.message); });
  for (auto timed = timed_.begin(); timed != timed_.end();) {
    timed = move_over(timed->second.message) ? timed_.erase(timed) : std::next(timed);
  }
  return counts;
}

LinkQueue::Ended LinkQueue::end_rule(std::uint64_t id, ReleaseOrder order, base::Prng& random,
                                     base::Instant now) {
  const bool throttled = end_throttle(id, now);
  std::vector<QueuedMessage> messages;
  MessageCounts counts;
  std::erase_if(held_, [&](Held& held) {
    // Under two holds a message waits for both: it leaves with the last one.
    if (std::erase(held.rules, id) == 0 || !held.rules.empty()) return false;
    count(counts, held.message);
    messages.push_back(std::move(held.message));
    return true;
  });
  put_in_order(messages, order, random);
  base::Instant due = now;
  for (QueuedMessage& message : messages) {
    timed_.emplace(due, Timed{.message = std::move(message), .own_due = due, .retry = true});
    due += kReleaseGap;
  }
  return {.released = counts.messages, .any = throttled || !messages.empty()};
}

bool LinkQueue::end_throttle(std::uint64_t id, base::Instant now) {
  const bool any = std::any_of(timed_.begin(), timed_.end(),
                               [id](const auto& item) { return item.second.throttled_by == id; });
  if (!any) return false;
  base::Instant last = now;  // when the next message that moves up may leave
  // A throttled queue may mix with messages that only wait for it: with `every: 2`, messages 2
  // and 4 are throttled until 10 s and 20 s, and 3 waits until 10 s because it must not overtake 2.
  // When the rule ends, all three move up in this order. Messages with a delay of their own keep
  // it.
  std::multimap<base::Instant, Timed> moved;
  for (auto& [when, timed] : timed_) {
    const bool throttled = timed.throttled_by == id;
    const bool waits_behind = timed.own_due < when;
    if (throttled) timed = {.message = std::move(timed.message), .own_due = now, .retry = true};
    const base::Instant due = throttled || waits_behind ? std::max(timed.own_due, last) : when;
    if (throttled || waits_behind) last = due + kReleaseGap;
    moved.emplace(due, std::move(timed));
  }
  timed_ = std::move(moved);
  return true;
}

std::optional<LinkQueue::Due> LinkQueue::take_due(base::Instant now) {
  const auto late =
      std::find_if(deferred_.begin(), deferred_.end(),
                   [now](const Deferred& deferred) { return deferred.latest <= now; });
  if (late != deferred_.end()) {
    Due due = late->due();
    deferred_.erase(late);
    return due;
  }
  if (timed_.empty() || std::max(timed_.begin()->first, resume_) > now) return std::nullopt;
  auto& [when, timed] = *timed_.begin();
  Due due{.message = std::move(timed.message), .when = when, .retry = timed.retry};
  timed_.erase(timed_.begin());
  return due;
}

bool LinkQueue::put_back(Due due, base::Instant now) {
  if (now >= due.when + kRetryMax) return false;
  // Hinted to the front: among messages with the same time it must stay the first.
  timed_.emplace_hint(timed_.begin(), due.when,
                      Timed{.message = std::move(due.message), .own_due = due.when, .retry = true});
  resume_ = now + kRetryGap;
  return true;
}

std::vector<LinkQueue::Due> LinkQueue::note_overtaken() {
  std::vector<Due> due;
  std::erase_if(deferred_, [&](Deferred& deferred) {
    if (++deferred.passed < deferred.gap) return false;
    due.push_back(deferred.due());
    return true;
  });
  return due;
}

std::optional<LinkQueue::Due> LinkQueue::take_deferred(std::uint64_t id) {
  const auto found = std::find_if(deferred_.begin(), deferred_.end(),
                                  [id](const Deferred& deferred) { return deferred.rule == id; });
  if (found == deferred_.end()) return std::nullopt;
  Due due = found->due();
  deferred_.erase(found);
  return due;
}

std::optional<base::Instant> LinkQueue::next() const {
  std::optional<base::Instant> next;
  if (!timed_.empty()) next = std::max(timed_.begin()->first, resume_);
  for (const Deferred& deferred : deferred_)
    next = next ? std::min(*next, deferred.latest) : deferred.latest;
  return next;
}

MessageCounts LinkQueue::discard_if(const std::function<bool(const QueuedMessage&)>& matches) {
  MessageCounts counts;
  const auto discard = [&](const QueuedMessage& message) {
    if (!matches(message)) return false;
    count(counts, message);
    return true;
  };
  std::erase_if(timed_, [&](const auto& item) { return discard(item.second.message); });
  std::erase_if(held_, [&](const Held& held) { return discard(held.message); });
  std::erase_if(deferred_, [&](const Deferred& deferred) { return discard(deferred.message); });
  return counts;
}

base::Instant LinkQueue::last_due(const std::function<bool(const QueuedMessage&)>& matches) const {
  for (auto timed = timed_.rbegin(); timed != timed_.rend(); ++timed) {
    if (matches(timed->second.message)) return timed->first;
  }
  return {};
}

}  // namespace capsize::nemesis::proxy
