// The proxy without its sockets: links, rules, waiting messages, counters. Pure: tests pass the
// time and inspect what it delivers.
//
//   message read ──> arrive() ──> rules decide ─────────────────> depart() ──> Outlet::deliver
//                       └──> replays of old messages ─────────────┤      └──> discarded, or held
//                  rules decide ──> waits ──> release() when due ─┘
//
// depart() is the only way out. It checks again which cuts and holds are active, so no copy passes
// a cut or a hold that is active when it leaves, whichever way it took (delayed, duplicated,
// deferred, queued, released, replayed).
//
// One thread. No call fails because of a message: a copy that a socket refuses counts as lost, one
// beyond the byte budget as overflowed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "nemesis/proxy/causal_chains.h"
#include "nemesis/proxy/frames.h"
#include "nemesis/proxy/link_queue.h"
#include "nemesis/proxy/message_record.h"
#include "nemesis/proxy/rule_book.h"

namespace capsize::nemesis::proxy {

class Outlet {
 public:
  virtual ~Outlet() = default;
  /// Sends one copy to the receiver's socket. False: the socket did not accept it.
  virtual bool deliver(LinkId link, const Frames& frames) = 0;
};

/// Gets to know what becomes of each message: when it is read, and again when it leaves later.
class MessageObserver {
 public:
  virtual ~MessageObserver() = default;
  virtual void observe(const MessageRecord& record) = 0;
};

/// Counters of one link since the start.
struct LinkStats {
  std::uint64_t seen = 0;       // well-formed messages read
  std::uint64_t delivered = 0;  // copies that the receiver's socket accepted
  // Messages and copies: by rules, or after a cut because they were sent before its end.
  std::uint64_t discarded = 0;
  std::uint64_t lost = 0;  // copies that the receiver's socket refused: receiver paused, gone, slow
  std::uint64_t malformed = 0;    // frames that do not decode; not in `seen`
  std::uint64_t implausible = 0;  // dropped for an impossibly high term; not in `seen`
  std::uint64_t overflowed = 0;   // copies that had to wait but exceeded the byte budget
  std::uint64_t held = 0;         // copies that wait now
  std::uint64_t held_bytes = 0;   // their charge against the byte budget
};

/// Elections, which raise the term one by one, cannot reach a term this far above the leader's.
inline constexpr std::uint64_t kTermJumpMax = 1'000'000;
/// After this long without a message from the leader of the highest term, a leader of a lower term
/// that sends replaces it: the high term may have been forged.
inline constexpr base::Duration kLeaderClaimTimeout = std::chrono::seconds(5);

/// The leader as seen from the messages.
struct Observation {
  std::uint32_t leader = 0;  // node number; 0: no AppendEntries yet
  std::uint64_t term = 0;
  base::Instant last_append{};  // when its newest message was read, delivered or not
};

class Switchboard {
 public:
  /// `observer` may be null.
  Switchboard(const std::set<LinkId>& links, std::uint64_t seed, Outlet& outlet, Limits limits = {},
              MessageObserver* observer = nullptr);

  /// Applies the rules to a message read from the link, and delivers or queues its copies.
  void arrive(LinkId link, const wire::Header& header, const Frames& frames, base::Instant now);
  void arrive_malformed(LinkId link);
  /// Delivers the copies that are due. Call it at or after next_release(), and before arrive() of
  /// any message read later, so that the order of a link is kept.
  void release(base::Instant now);
  /// When the next copy is due; nothing: none waits for a time.
  [[nodiscard]] std::optional<base::Instant> next_release() const;

  /// The rule is active from this call on. A cut without counting or chance discards the matching
  /// messages that wait on its links; such a hold takes them over. Errors as for RuleBook::install.
  [[nodiscard]] base::Status install(Rule rule, base::Instant now);
  /// Ends the rule: what only it held becomes due. Returns its evidence; nothing if there is no
  /// such rule.
  [[nodiscard]] std::optional<Evidence> remove(std::uint64_t id, base::Instant now);
  /// Returns the evidence so far; null if there is no such rule.
  [[nodiscard]] const Evidence* peek(std::uint64_t id) const { return book_.peek(id); }
  [[nodiscard]] std::vector<std::uint64_t> rules() const { return book_.ids(); }

  [[nodiscard]] std::map<LinkId, LinkStats> stats() const;
  [[nodiscard]] const Observation& observation() const { return observation_; }
  /// What may have caused what, of all messages so far.
  [[nodiscard]] CausalChains& chains() { return chains_; }

  /// Bytes of the messages that wait on all links, their limit, and bytes of the replay samples.
  [[nodiscard]] std::size_t held_bytes() const { return total_budget_.used(); }
  [[nodiscard]] std::size_t held_bytes_max() const { return total_budget_.bytes_max(); }
  [[nodiscard]] std::size_t kept_bytes() const { return total_sample_budget_.used(); }

 private:
  struct LinkState {
    LinkState(Limits limits, ByteBudget& all, ByteBudget& total_samples)
        : budget(limits.link_bytes, &all),
          sample(sample_budget(limits.link_bytes), &total_samples) {}
    LinkStats stats;
    ByteBudget budget, sample;
    LinkQueue queue{budget};
    /// By type: when the last queued message that must keep its order leaves.
    std::array<base::Instant, wire::kMessageTypeCount> ordered_until{};
  };
  /// Replay samples have a budget of their own, a quarter of the other: they must not crowd out the
  /// messages of a hold.
  static constexpr std::size_t sample_budget(std::size_t bytes) { return bytes / 4; }

  enum class DepartResult : std::uint8_t {
    kDelivered,
    kRefused,     // by the receiver's socket
    kDiscarded,   // by a cut
    kHeld,        // waits for a hold
    kOverflowed,  // would wait for a hold, but there is no room
  };
  [[nodiscard]] static bool has_left(DepartResult departed) {
    return departed == DepartResult::kDelivered || departed == DepartResult::kRefused;
  }
  /// One copy that is about to leave.
  struct OutgoingCopy {
    const wire::Header& header;
    const Frames& frames;
    bool copy = false;
    const std::vector<std::uint64_t>& chosen_by;
    bool waited = false;  // in a queue or a sample
    base::Instant read_at{};
    bool corrupted = false;
  };
  /// Delivers one copy unless a cut or a hold stops it. Every copy leaves through here.
  DepartResult depart(LinkId link, LinkState& state, const OutgoingCopy& outgoing);
  DepartResult depart(LinkId link, LinkState& state, const QueuedMessage& message, bool waited);
  /// Returns kDiscarded, kHeld or kOverflowed.
  DepartResult stop_copy(LinkId link, LinkState& state, const OutgoingCopy& outgoing,
                         Barrier barrier);
  /// As depart(), and counts a refused copy as lost.
  DepartResult depart_once(LinkId link, LinkState& state, const QueuedMessage& message,
                           bool waited);
  void depart_deferred(LinkId link, LinkState& state, const LinkQueue::Due& due);
  /// The receiver has refused a copy that is to be retried: it waits again, or is lost.
  void retry(LinkState& state, LinkQueue::Due due);

  /// False: the message exceeded the byte budget and is dropped.
  bool forward(LinkId link, LinkState& state, QueuedMessage message, Decision& decision,
               base::Instant now);
  struct Sent {
    bool at_once = false;  // a copy went to the receiver's socket immediately
    bool had_room = true;
  };
  Sent send_copies(LinkId link, LinkState& state, QueuedMessage message, Decision& decision,
                   base::Instant now);
  static void keep_order(LinkState& state, const Decision& decision, base::Instant until);
  bool hold(LinkState& state, QueuedMessage message, const Decision& decision);
  void send_replays(LinkId link, LinkState& state, const Decision& decision);
  void offer_to_samples(LinkId link, LinkState& state, const QueuedMessage& message,
                        const Frames* frames, const Decision& decision);
  // The observer gets one event for a message that was read, and one for each copy, and for each
  // message that waited, when it leaves.
  [[nodiscard]] static MessageEvent event_of_read(DepartResult departed);
  void note(const QueuedMessage& message, MessageEvent event);
  void note(const OutgoingCopy& outgoing, MessageEvent event);
  void note_later(const OutgoingCopy& outgoing, DepartResult departed);

  [[nodiscard]] bool is_plausible(const wire::Header& header) const;
  void observe(const wire::Header& header, base::Instant now);
  void stop_queued(const Rule& rule, LinkId link);
  void end_rule(const Rule& rule, LinkId link, base::Prng& random, base::Instant now);

  std::uint64_t seed_;
  RuleBook book_;
  Outlet& outlet_;
  ByteBudget total_budget_,
      total_sample_budget_;  // declared before the messages that are charged to them
  std::map<LinkId, LinkState> links_;
  std::map<std::pair<std::uint64_t, LinkId>, ReplaySample> samples_;  // by replaying rule
  Observation observation_;
  CausalChains chains_;
  MessageObserver* observer_;
  base::Instant now_{};  // of the call that is being carried out, for the observer
};

}  // namespace capsize::nemesis::proxy
