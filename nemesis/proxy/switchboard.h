// The proxy without its sockets: links, rules, what is held, what was counted. Pure, so that its
// tests hand in the time and look at what comes out.
//
//   read from a link ──> arrive() ──> judged ──> Outlet::deliver now
//                                        └─────> held ──> release() when its time has come
//
// One thread. Nothing here fails: what a socket refuses is counted as lost.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "nemesis/proxy/cargo.h"
#include "nemesis/proxy/rule_book.h"
#include "nemesis/proxy/waiting.h"

namespace capsize::nemesis::proxy {

class Outlet {
 public:
  virtual ~Outlet() = default;
  /// Hands one copy to the receiver's socket. False: it did not take it, the copy is lost.
  virtual bool deliver(LinkId link, const Cargo& cargo) = 0;
};

/// Of one link since the start.
struct LinkStats {
  std::uint64_t seen = 0;       // well-formed messages read
  std::uint64_t delivered = 0;  // copies that the receiver's socket took
  std::uint64_t discarded = 0;  // by rules, and after a cut because they were sent before its end
  std::uint64_t lost = 0;       // copies that the receiver's socket refused: paused, gone, too slow
  std::uint64_t malformed = 0;  // frames that do not decode; not in `seen`
  std::uint64_t held = 0;       // copies that wait at this moment
};

/// What the messages themselves say about leadership.
struct Observation {
  std::uint32_t leader = 0;  // 0: no AppendEntries yet
  std::uint64_t term = 0;
  base::Instant last_append{};  // when the newest message of that leader was read, delivered or not
};

class Switchboard {
 public:
  Switchboard(const std::set<LinkId>& links, std::uint64_t seed, Outlet& outlet);

  void arrive(LinkId link, const wire::Header& header, const Cargo& cargo, base::Instant now);
  void arrive_malformed(LinkId link);
  /// Delivers what is due. To be called at or after next_release(), and before arrive() of a
  /// message that was read later, so that the order of a link holds.
  void release(base::Instant now);
  [[nodiscard]] std::optional<base::Instant> next_release() const;

  /// From this call on the rule holds. A cut discards what is held on its links and passes its
  /// filter.
  [[nodiscard]] base::Status install(Rule rule);
  /// What the rule held for as long as it is there becomes due.
  [[nodiscard]] std::optional<Evidence> remove(std::uint64_t id, base::Instant now);
  /// The evidence so far of a rule that stays; null when there is none.
  [[nodiscard]] const Evidence* peek(std::uint64_t id) const { return book_.peek(id); }
  [[nodiscard]] std::vector<std::uint64_t> rules() const { return book_.ids(); }

  [[nodiscard]] std::map<LinkId, LinkStats> stats() const;
  [[nodiscard]] const Observation& observation() const { return observation_; }

 private:
  struct OfLink {
    LinkStats stats;
    Waiting waiting;
    /// Per type: when the last message goes that keeps its place.
    std::array<base::Instant, wire::kMessageTypeCount> ordered_until{};
  };
  void hand_over(LinkId link, OfLink& state, const Cargo& cargo);
  void hand_over(LinkId link, OfLink& state, const Waiting::Due& due);
  /// True: a copy was handed over at once.
  bool send_copies(LinkId link, OfLink& state, const Parcel& parcel, Judgement& judgement,
                   base::Instant now);
  void hold(OfLink& state, const Parcel& parcel, const Judgement& judgement);
  /// Whether the message steps aside instead of going on.
  bool step_aside(OfLink& state, const Parcel& parcel, const Judgement& judgement,
                  base::Instant now);
  void replay(LinkId link, OfLink& state, const Judgement& judgement);
  void remember(LinkId link, const wire::Header& header, const Cargo& cargo,
                const Judgement& judgement);
  void observe(const wire::Header& header, base::Instant now);
  void discard_held(std::uint64_t rule, LinkId link);
  void end_rule(const Rule& rule, LinkId link, base::Prng& random, base::Instant now);

  std::uint64_t seed_;
  RuleBook book_;
  Outlet& outlet_;
  std::map<LinkId, OfLink> links_;
  std::map<std::pair<std::uint64_t, LinkId>, Memory> memories_;  // by replaying rule
  Observation observation_;
};

}  // namespace capsize::nemesis::proxy
