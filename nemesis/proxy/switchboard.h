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

#include "nemesis/proxy/rule_book.h"

namespace capsize::nemesis::proxy {

/// The frames of one message, as whoever owns the sockets keeps them.
class Cargo {
 public:
  virtual ~Cargo() = default;
};

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

/// Copies held per link; beyond it they are lost, so that no rule fills the memory.
inline constexpr std::size_t kHeldMax = 65536;

class Switchboard {
 public:
  Switchboard(const std::set<LinkId>& links, std::uint64_t seed, Outlet& outlet);

  void arrive(LinkId link, const wire::Header& header, std::shared_ptr<const Cargo> cargo,
              base::Instant now);
  void arrive_malformed(LinkId link);
  /// Delivers what is due. To be called at or after next_release(), and before arrive() of a
  /// message that was read later, so that the order of a link holds.
  void release(base::Instant now);
  [[nodiscard]] std::optional<base::Instant> next_release() const;

  /// From this call on the rule holds. A cut discards what is held on its links and passes its
  /// filter.
  [[nodiscard]] base::Status install(Rule rule);
  [[nodiscard]] std::optional<Evidence> remove(std::uint64_t id, base::Instant now);
  /// The evidence so far of a rule that stays; null when there is none.
  [[nodiscard]] const Evidence* peek(std::uint64_t id) const { return book_.peek(id); }
  [[nodiscard]] std::vector<std::uint64_t> rules() const { return book_.ids(); }

  [[nodiscard]] std::map<LinkId, LinkStats> stats() const;
  [[nodiscard]] const Observation& observation() const { return observation_; }

 private:
  struct Held {
    wire::Header header;
    std::shared_ptr<const Cargo> cargo;
  };
  struct OfLink {
    LinkStats stats;
    /// By time of release; of equal times the one that came first goes first.
    std::multimap<base::Instant, Held> held;
    /// Per type: when the last message goes that keeps its place.
    std::array<base::Instant, wire::kMessageTypeCount> ordered_until{};
  };
  void hand_over(LinkId link, OfLink& state, const Cargo& cargo);
  void hold(OfLink& state, Held held, base::Instant until);
  void observe(const wire::Header& header, base::Instant now);
  void discard_held(std::uint64_t rule, LinkId link);

  RuleBook book_;
  Outlet& outlet_;
  std::map<LinkId, OfLink> links_;
  Observation observation_;
};

}  // namespace capsize::nemesis::proxy
