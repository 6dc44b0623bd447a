// The messages that wait on one link of the proxy: for a time (delay, bandwidth), for a rule to be
// removed (hold), or for later messages to overtake them (reorder). Pure; the caller passes the
// time.
//
// Bounded: at most kHeldMax copies wait on a link, within its byte budget. The caller drops and
// counts what exceeds that.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "nemesis/proxy/frames.h"

namespace capsize::nemesis::proxy {

/// The most copies that wait on a link, however small they are.
inline constexpr std::size_t kHeldMax = 65536;
/// The messages of an ended rule leave at this interval, slowly enough for the queue of a receiver
/// that reads (256 messages); a burst of more would be lost there. A copy that the receiver does
/// not accept is retried every kRetryGap for up to kRetryMax, and the later ones wait for it.
inline constexpr base::Duration kReleaseGap = std::chrono::microseconds(20);
inline constexpr base::Duration kRetryGap = std::chrono::milliseconds(1);
inline constexpr base::Duration kRetryMax = std::chrono::seconds(1);

class LinkQueue {
 public:
  /// `budget` must outlive this.
  explicit LinkQueue(ByteBudget& budget) : budget_(&budget) {}
  [[nodiscard]] std::size_t size() const { return timed_.size() + held_.size() + deferred_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }

  /// Queues a message until `when`; messages with equal times leave in the order of the calls.
  /// `own_due`: when it would leave if none were queued before it. `throttled_by`: it leaves at the
  /// latest when that rule ends. False: no room.
  [[nodiscard]] bool wait_until(base::Instant when, base::Instant own_due, QueuedMessage message,
                                std::optional<std::uint64_t> throttled_by = {});
  /// Queues a message until all of these rules are removed. False: no room.
  [[nodiscard]] bool wait_for_rules(std::vector<std::uint64_t> rules, QueuedMessage message);
  /// Defers a message until `gap` later ones have overtaken it. False: the rule has already
  /// deferred one on this link, or there is no room.
  [[nodiscard]] bool defer(std::uint64_t rule, const Overtake& overtake, base::Instant now,
                           const QueuedMessage& message);
  /// A hold begins: every waiting message that `matches` accepts now waits for the end of `rule`,
  /// and no longer for a time or for others to overtake it. Keeps the order in which they would
  /// have left.
  MessageCounts hold_back(std::uint64_t rule,
                          const std::function<bool(const QueuedMessage&)>& matches);

  /// Rule `id` ends: what it throttled, and what only it held, becomes due from `now` on, one after
  /// the other.
  struct Ended {
    std::uint64_t released = 0;  // held messages, not counting copies
    bool any = false;            // whether anything became due
  };
  Ended end_rule(std::uint64_t id, ReleaseOrder order, base::Prng& random, base::Instant now);

  struct Due {
    QueuedMessage message;
    base::Instant when{};
    bool retry = false;      // to be retried if the receiver does not accept it
    std::uint64_t rule = 0;  // the rule that had deferred it
    bool overtaken = false;  // whether others overtook it
  };
  /// Removes and returns the next message that is due, if any.
  [[nodiscard]] std::optional<Due> take_due(base::Instant now);
  /// Puts a message that the receiver did not accept back at the front, to be retried after
  /// kRetryGap. False: it was retried for kRetryMax.
  [[nodiscard]] bool put_back(Due due, base::Instant now);
  /// A message has left. Removes and returns the deferred ones that enough messages have overtaken.
  [[nodiscard]] std::vector<Due> note_overtaken();
  /// Removes and returns the message that rule `id` has deferred, if any.
  [[nodiscard]] std::optional<Due> take_deferred(std::uint64_t id);
  /// When the next message is due; nothing: none waits for a time.
  [[nodiscard]] std::optional<base::Instant> next() const;

  /// Discards the waiting messages that `matches` accepts, and returns how many.
  MessageCounts discard_if(const std::function<bool(const QueuedMessage&)>& matches);
  /// When the last message that `matches` accepts and that waits for a time is due.
  [[nodiscard]] base::Instant last_due(
      const std::function<bool(const QueuedMessage&)>& matches) const;

 private:
  [[nodiscard]] bool admit(QueuedMessage& message) const;
  struct Timed {
    QueuedMessage message;
    base::Instant own_due{};
    std::optional<std::uint64_t> throttled_by = {};
    bool retry = false;
  };
  struct Held {
    QueuedMessage message;
    std::vector<std::uint64_t> rules;
  };
  struct Deferred {
    QueuedMessage message;
    std::uint64_t rule = 0;
    std::uint64_t gap = 0;
    std::uint64_t passed = 0;
    base::Instant latest{};
    [[nodiscard]] Due due() {
      return {.message = std::move(message), .rule = rule, .overtaken = passed > 0};
    }
  };
  /// Makes the messages that the rule throttled due from `now` on, and moves those up that waited
  /// only for them. False: it throttled none.
  bool end_throttle(std::uint64_t id, base::Instant now);

  ByteBudget* budget_;
  std::multimap<base::Instant, Timed> timed_;
  std::vector<Held> held_;  // in the order in which they were sent
  std::vector<Deferred> deferred_;
  base::Instant resume_{};  // no timed message leaves earlier: the receiver's queue was full
};

}  // namespace capsize::nemesis::proxy
