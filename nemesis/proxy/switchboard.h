// The proxy without its sockets: links, rules, what is held, what was counted. Pure, so that its
// tests hand in the time and look at what comes out.
//
//   read from a link ──> arrive() ──> judged ──────────────────> depart() ──> Outlet::deliver
//                           └──> replayed ───────────────────────┤      └──> dropped, or held
//                  judged ──> waits ──> release() when it is due ┘
//
// depart() is the only way out. It asks the rule book again which cuts and holds are active, so
// whatever way a copy took (delayed, duplicated, put aside, queued, released, replayed), none
// passes a cut or a hold that is active when it leaves.
//
// One thread. Nothing here fails: what a socket refuses is counted as lost, what finds no room to
// wait as overflowed.
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
  // Messages and copies: by rules, and after a cut because they were sent before its end.
  std::uint64_t discarded = 0;
  std::uint64_t lost = 0;       // copies that the receiver's socket refused: paused, gone, too slow
  std::uint64_t malformed = 0;  // frames that do not decode; not in `seen`
  std::uint64_t implausible = 0;  // of a term that no election reached; dropped, not in `seen`
  std::uint64_t overflowed = 0;   // copies that should have waited, and were dropped: no room
  std::uint64_t held = 0;         // copies that wait at this moment
  std::uint64_t held_bytes = 0;   // what they cost of the room
};

/// A term so far above the leader's was not reached by elections, one after another.
inline constexpr std::uint64_t kTermJumpMax = 1'000'000;
/// A leader that sent nothing for so long is no longer believed to have the highest term, as soon
/// as one of a lower term sends: the claim may have been forged.
inline constexpr base::Duration kClaimLife = std::chrono::seconds(5);

/// What the messages themselves say about leadership.
struct Observation {
  std::uint32_t leader = 0;  // 0: no AppendEntries yet
  std::uint64_t term = 0;
  base::Instant last_append{};  // when the newest message of that leader was read, delivered or not
};

class Switchboard {
 public:
  Switchboard(const std::set<LinkId>& links, std::uint64_t seed, Outlet& outlet,
              Limits limits = {});

  void arrive(LinkId link, const wire::Header& header, const Cargo& cargo, base::Instant now);
  void arrive_malformed(LinkId link);
  /// Delivers what is due. To be called at or after next_release(), and before arrive() of a
  /// message that was read later, so that the order of a link holds.
  void release(base::Instant now);
  [[nodiscard]] std::optional<base::Instant> next_release() const;

  /// From this call on the rule is active. A cut without counts or chance discards what waits on
  /// its links and matches, and such a hold takes it over.
  [[nodiscard]] base::Status install(Rule rule);
  /// What the rule held for as long as it is there becomes due.
  [[nodiscard]] std::optional<Evidence> remove(std::uint64_t id, base::Instant now);
  /// The evidence so far of a rule that stays; null when there is none.
  [[nodiscard]] const Evidence* peek(std::uint64_t id) const { return book_.peek(id); }
  [[nodiscard]] std::vector<std::uint64_t> rules() const { return book_.ids(); }

  [[nodiscard]] std::map<LinkId, LinkStats> stats() const;
  [[nodiscard]] const Observation& observation() const { return observation_; }

  /// Bytes charged for what waits, of all links, and for what replaying rules keep.
  [[nodiscard]] std::size_t held_bytes() const { return all_.used(); }
  [[nodiscard]] std::size_t held_bytes_max() const { return all_.bytes_max(); }
  [[nodiscard]] std::size_t kept_bytes() const { return all_kept_.used(); }

 private:
  struct OfLink {
    OfLink(Limits limits, Room& all, Room& all_kept)
        : room(limits.link_bytes, &all), kept(kept_of(limits.link_bytes), &all_kept) {}
    LinkStats stats;
    Room room, kept;
    Waiting waiting{room};
    /// Per type: when the last message goes that keeps its place.
    std::array<base::Instant, wire::kMessageTypeCount> ordered_until{};
  };
  /// Samples of replaying rules have a room of their own, a quarter of the other: they must not
  /// push out what a hold holds.
  static constexpr std::size_t kept_of(std::size_t bytes) { return bytes / 4; }

  enum class Departure : std::uint8_t { kDelivered, kStopped, kRefused };
  /// One copy on its way out.
  struct Leaving {
    const wire::Header& header;
    const Cargo& cargo;
    bool copy = false;
    const std::vector<std::uint64_t>& chosen_by;
  };
  /// The only place where a copy leaves for its receiver: unless a cut or a hold is in its way.
  Departure depart(LinkId link, OfLink& state, const Leaving& leaving);
  Departure depart(LinkId link, OfLink& state, const Parcel& parcel);
  void stop(LinkId link, OfLink& state, const Leaving& leaving, Barrier barrier);
  /// As depart(); what is refused is lost.
  Departure depart_once(LinkId link, OfLink& state, const Parcel& parcel);
  void depart_aside(LinkId link, OfLink& state, const Waiting::Due& due);

  /// False: there was no room for the message, and it is dropped.
  bool forward(LinkId link, OfLink& state, Parcel parcel, Judgement& judgement, base::Instant now);
  struct Sent {
    bool at_once = false;  // a copy went to the receiver's socket
    bool had_room = true;
  };
  Sent send_copies(LinkId link, OfLink& state, Parcel parcel, Judgement& judgement,
                   base::Instant now);
  static void keep_order(OfLink& state, const Judgement& judgement, base::Instant until);
  static bool hold(OfLink& state, Parcel parcel, const Judgement& judgement);
  void replay(LinkId link, OfLink& state, const Judgement& judgement);
  void remember(LinkId link, OfLink& state, const Parcel& message, const Cargo* cargo,
                const Judgement& judgement);
  [[nodiscard]] bool is_plausible(const wire::Header& header) const;
  void observe(const wire::Header& header, base::Instant now);
  void stop_waiting(const Rule& rule, LinkId link);
  void end_rule(const Rule& rule, LinkId link, base::Prng& random, base::Instant now);

  std::uint64_t seed_;
  RuleBook book_;
  Outlet& outlet_;
  Room all_, all_kept_;  // before whatever is charged to them
  std::map<LinkId, OfLink> links_;
  std::map<std::pair<std::uint64_t, LinkId>, Memory> memories_;  // by replaying rule
  Observation observation_;
};

}  // namespace capsize::nemesis::proxy
