// The installed rules, their evidence, and the effect that cuts keep after they end. Pure: the
// caller passes the time, and each rule has its own random stream, hash(seed, "proxy-rule", id).
//
// After a cut is removed at time H, a message of its links and scope (types, terms, indices) that
// was sent before H is still discarded, however late the proxy reads it. Otherwise messages that
// waited in the sender's socket, in a paused sender or in the proxy's own queue would arrive after
// the partition: "hold and release", which is another fault. A cut that takes every n-th message,
// the first few or some by chance is no partition, and has no effect after its end.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "nemesis/model/message_filter.h"
#include "nemesis/proxy/actions/action.h"
#include "nemesis/proxy/frames.h"

namespace capsize::nemesis::proxy {

/// A directed link, by the node numbers of the wire (from 1).
struct LinkId {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  friend auto operator<=>(const LinkId&, const LinkId&) = default;
};

/// What a rule did, as proof that it took effect. Copies made by duplication or replay do not count
/// as messages; those that a cut or a hold stopped are in `copies_stopped`.
///
/// Counts final outcomes only: a message that another rule discards is `seen`, but neither delayed
/// nor held; one beyond the byte budget is `overflowed`, not held.
struct Evidence {
  struct LinkCounts {
    std::uint64_t seen = 0;
    std::uint64_t discarded = 0;
  };
  std::uint64_t seen = 0;  // messages that passed the rule's filter
  std::uint64_t discarded = 0;
  std::uint64_t delayed = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t throttled = 0;
  std::uint64_t held = 0;
  std::uint64_t released = 0;        // held messages released when the rule was removed
  std::uint64_t reordered = 0;       // messages that later ones overtook
  std::uint64_t replayed = 0;        // copies of old messages sent
  std::uint64_t overflowed = 0;      // messages that had to wait but exceeded the byte budget
  std::uint64_t copies_stopped = 0;  // copies that this cut or hold stopped
  std::uint64_t passed = 0;          // that the receiver got across this cut; must stay 0
  std::map<LinkId, LinkCounts> links = {};  // every link of the rule, even without messages

  void count_seen(LinkId link, std::uint64_t messages = 1) {
    seen += messages;
    links.at(link).seen += messages;
  }
  void count(LinkId link, Effect effect, std::uint64_t messages = 1) {
    if (effect == Effect::kDiscarded) links.at(link).discarded += messages;
    if (std::uint64_t* counter = of(effect)) *counter += messages;
  }

 private:
  std::uint64_t* of(Effect effect) {
    switch (effect) {
      case Effect::kNone:
        return nullptr;
      case Effect::kDiscarded:
        return &discarded;
      case Effect::kDelayed:
        return &delayed;
      case Effect::kDuplicated:
        return &duplicated;
      case Effect::kCorrupted:
        return &corrupted;
      case Effect::kThrottled:
        return &throttled;
      case Effect::kHeld:
        return &held;
    }
    return nullptr;
  }
};

struct Rule {
  std::uint64_t id = 0;
  std::set<LinkId> links;
  Filter filter;
  std::unique_ptr<Action> action;
};
inline constexpr std::size_t kRulesMax = 1024;
/// How many scopes of ended cuts a link remembers separately.
inline constexpr std::size_t kEndedCutsMax = 64;

/// The cuts and holds that stop a message from outgoing at this moment.
struct Barrier {
  bool cut = false;                  // a strict cut is active, or ended after the message was sent
  std::vector<std::uint64_t> cuts;   // the active cuts
  std::vector<std::uint64_t> holds;  // the holds whose end it must wait for
  [[nodiscard]] bool open() const { return !cut && holds.empty(); }
};

/// What the rules decided about a message that the proxy has read.
struct Decision {
  Fate fate;
  /// Types whose order relative to this message is kept: those of its delaying rules.
  TypeSet ordered_with;
  std::vector<std::uint64_t> holders;         // rules that hold it until they are removed
  std::vector<std::uint64_t> chosen_by;       // the holders that count or draw
  std::optional<std::uint64_t> throttled_by;  // the last rule that limits its bandwidth
  std::uint64_t overtake_by = 0;              // the rule that set fate.overtake
  struct RuleReplay {
    std::uint64_t rule = 0;
    Replay replay;
  };
  std::vector<RuleReplay> replays;
  /// The effect of each rule, if no other rule drops the message. Valid until a rule is removed.
  struct RuleEffect {
    Evidence* evidence;
    Effect effect;
  };
  std::vector<RuleEffect> effects;
};

class RuleBook {
 public:
  RuleBook(const std::set<LinkId>& links, std::uint64_t seed);

  /// Error: the id is in use, a link does not exist, too many rules.
  [[nodiscard]] base::Status install(Rule rule);
  /// Removes the rule and returns its evidence; nothing if there is no such rule. `now` becomes the
  /// heal time of a cut.
  [[nodiscard]] std::optional<Evidence> remove(std::uint64_t id, base::Instant now);
  /// Returns the evidence so far; null if there is no such rule.
  [[nodiscard]] const Evidence* peek(std::uint64_t id) const;
  [[nodiscard]] const Rule* find(std::uint64_t id) const;
  [[nodiscard]] std::vector<std::uint64_t> ids() const;

  /// Whether no rule applies to the message, so that judging it is unnecessary: the common case.
  [[nodiscard]] bool is_quiet(LinkId link, const wire::Header& header) const;
  /// Applies the link's rules to a message that the proxy has read. Precondition: the link exists.
  [[nodiscard]] Decision decide(LinkId link, const Message& message);
  /// Counts the effects of a decision, once it is known whether the byte budget allowed the message
  /// to wait.
  static void count_effects(LinkId link, const Decision& decision, bool had_room);
  /// Returns what stops a message that is about to leave. Applies only rules whose filter depends
  /// on the message alone; rules that count or draw decided when it arrived (`chosen_by`).
  [[nodiscard]] Barrier barrier(LinkId link, const wire::Header& header,
                                const std::vector<std::uint64_t>& chosen_by) const;
  /// Whether the rule stops all messages of its scope, including those that arrived before it.
  [[nodiscard]] static bool is_barrier(const Rule& rule) {
    return (rule.action->is_cut() || rule.action->is_hold()) && rule.filter.is_scope();
  }

  /// A copy has gone to the receiver's socket: counts it for each cut that should have stopped it.
  /// This looks at the cuts themselves and at no earlier decision, so that a mistake there does not
  /// stay unseen.
  void count_passed(LinkId link, const wire::Header& header);
  /// Counts messages that the cut or hold stopped and that it had not seen before.
  void count_stopped(std::uint64_t id, LinkId link, MessageCounts counts);
  void count_overflowed(std::uint64_t id, MessageCounts counts);
  // Effects that are known only when a message leaves.
  void count_reordered(std::uint64_t id) { ++rules_.at(id)->evidence.reordered; }
  void count_replayed(std::uint64_t id) { ++rules_.at(id)->evidence.replayed; }
  void count_released(std::uint64_t id, std::uint64_t messages) {
    rules_.at(id)->evidence.released += messages;
  }

 private:
  struct InstalledRule {
    Rule rule;
    base::Prng random;
    Evidence evidence;
  };
  /// A cut that ended at `at`: messages of the scope that were sent before are discarded.
  struct EndedCut {
    Scope scope;
    base::Instant at;
  };
  struct LinkState {
    std::vector<InstalledRule*> rules;  // in order of installation
    std::vector<EndedCut> ended_cuts;
    base::Instant last_heal{};  // the latest `at`: later messages skip the search
  };
  static void remember_cut(LinkState& link, const Scope& scope, base::Instant now);
  static bool was_sent_before_heal(const LinkState& link, const wire::Header& header);
  static void apply_rule(InstalledRule& installed, const Message& message, Decision& decision);

  std::uint64_t seed_;
  std::map<LinkId, LinkState> links_;
  std::map<std::uint64_t, std::unique_ptr<InstalledRule>> rules_;
};

}  // namespace capsize::nemesis::proxy
