// Which rules hold, what they did, and what they leave behind when they end. Pure: time is handed
// in, randomness is the rule's own stream, hash(seed, "proxy-rule", id).
//
// What a cut leaves behind: after its removal at H, a message of its links and scope (types, terms,
// indices) that was sent before H is discarded for ever, however late it is read. Otherwise a
// sender's socket, a paused sender or the proxy's own queue would "hold and release", which is
// another fault. A cut that takes every n-th message, the first few or some by chance is no
// partition, and leaves nothing behind.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "nemesis/model/message_filter.h"
#include "nemesis/proxy/actions/action.h"
#include "nemesis/proxy/cargo.h"

namespace capsize::nemesis::proxy {

/// A directed link, by node numbers.
struct LinkId {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  friend auto operator<=>(const LinkId&, const LinkId&) = default;
};

/// Proof that a rule took effect. Copies made by duplication or replay are not messages of their
/// own here: of those, a cut or a hold counts what it stopped in `copies_stopped`.
///
/// Only what became of a message counts: one that another rule discards is `seen`, and neither
/// delayed nor held; one for which there was no room is `overflowed`, and was not held.
struct Evidence {
  struct OfLink {
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
  std::uint64_t released = 0;           // of those held, when the rule was removed
  std::uint64_t reordered = 0;          // that later ones did overtake
  std::uint64_t replayed = 0;           // copies of old messages that were sent
  std::uint64_t overflowed = 0;         // that should have waited, and were dropped: no room
  std::uint64_t copies_stopped = 0;     // on their way out, by this cut or hold
  std::map<LinkId, OfLink> links = {};  // every link of the rule, also those that saw nothing

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
/// Scopes of ended cuts that a link remembers one by one.
inline constexpr std::size_t kHealedMax = 64;

/// What stands between a message and its receiver at this moment.
struct Barrier {
  bool cut = false;  // by a strict cut that is active, or that ended after the message was sent
  std::vector<std::uint64_t> cuts;   // those that are active
  std::vector<std::uint64_t> holds;  // that it has to wait for
  [[nodiscard]] bool open() const { return !cut && holds.empty(); }
};

struct Judgement {
  Fate fate;
  /// Types among which this message keeps its place (those of its delaying rules).
  TypeSet ordered_with;
  std::vector<std::uint64_t> holders;         // rules that hold it until they are removed
  std::vector<std::uint64_t> chosen_by;       // those of them that do not hold every message
  std::optional<std::uint64_t> throttled_by;  // the last rule that makes it wait for the link
  std::uint64_t overtake_by = 0;              // the rule of fate.overtake
  struct ReplayOf {
    std::uint64_t rule = 0;
    Replay replay;
  };
  std::vector<ReplayOf> replays;
  /// What the rules did, if the message is not dropped after all. Valid until a rule is removed.
  struct Claim {
    Evidence* evidence;
    Effect effect;
  };
  std::vector<Claim> claims;
};

class RuleBook {
 public:
  RuleBook(const std::set<LinkId>& links, std::uint64_t seed);

  /// Error: the id is in use, a link does not exist, too many rules.
  [[nodiscard]] base::Status install(Rule rule);
  /// Nothing when there is no such rule. `now` becomes the heal time of a cut.
  [[nodiscard]] std::optional<Evidence> remove(std::uint64_t id, base::Instant now);
  /// The evidence so far of a rule that stays; null when there is none.
  [[nodiscard]] const Evidence* peek(std::uint64_t id) const;
  [[nodiscard]] const Rule* find(std::uint64_t id) const;
  [[nodiscard]] std::vector<std::uint64_t> ids() const;

  /// Whether nothing would be decided about the message: most of them, most of the time.
  [[nodiscard]] bool is_quiet(LinkId link, const wire::Header& header) const;
  /// Decides about a message that the proxy has just read. Precondition: the link exists.
  [[nodiscard]] Judgement judge(LinkId link, const Message& message);
  /// Counts what judge() decided, once it is known whether there was room for what has to wait.
  static void settle(LinkId link, const Judgement& judgement, bool had_room);
  /// What stops a message that is about to leave. Only rules whose filter depends on the message
  /// alone are asked; those that count or draw gave their answer when it arrived (`chosen_by`).
  [[nodiscard]] Barrier barrier(LinkId link, const wire::Header& header,
                                const std::vector<std::uint64_t>& chosen_by) const;
  /// Whether the rule stops all messages of its scope, also those that came before it.
  [[nodiscard]] static bool is_barrier(const Rule& rule) {
    return (rule.action->is_cut() || rule.action->is_hold()) && rule.filter.is_scope();
  }

  /// The cut or hold stopped these, which it had not counted before.
  void count_stopped(std::uint64_t id, LinkId link, Parcels parcels);
  void count_overflowed(std::uint64_t id, Parcels parcels);
  /// What is known of a rule's effect only later.
  void count_reordered(std::uint64_t id) { ++rules_.at(id)->evidence.reordered; }
  void count_replayed(std::uint64_t id) { ++rules_.at(id)->evidence.replayed; }
  void count_released(std::uint64_t id, std::uint64_t messages) {
    rules_.at(id)->evidence.released += messages;
  }

 private:
  struct Installed {
    Rule rule;
    base::Prng random;
    Evidence evidence;
  };
  /// What was sent before it, and is in the scope, is discarded.
  struct Healed {
    Scope scope;
    base::Instant at;
  };
  struct OfLink {
    std::vector<Installed*> rules;  // in the order of installation
    std::vector<Healed> healed;
    base::Instant last_healed{};  // of all of them
  };
  static void remember(OfLink& link, const Scope& scope, base::Instant now);
  static bool is_from_before(const OfLink& link, const wire::Header& header);
  static void ask(Installed& installed, const Message& message, Judgement& judgement);

  std::uint64_t seed_;
  std::map<LinkId, OfLink> links_;
  std::map<std::uint64_t, std::unique_ptr<Installed>> rules_;
};

}  // namespace capsize::nemesis::proxy
