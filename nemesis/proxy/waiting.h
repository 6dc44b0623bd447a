// All that waits on one link of the proxy: for a time, for a rule to be removed, or for later
// messages to go by. Pure; the caller passes the time.
//
// Bounded: one link holds kHeldMax copies in all, and as many bytes as its room has. What finds no
// room is the caller's to drop and to count.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "nemesis/proxy/cargo.h"

namespace capsize::nemesis::proxy {

/// Copies held per link, however small they are.
inline constexpr std::size_t kHeldMax = 65536;
/// What a rule held comes out one by one, so slowly that the queue of a receiver that reads (256
/// messages) takes it all: a burst would be lost there. One that it does not take is tried again
/// for so long, and those behind it wait.
inline constexpr base::Duration kReleaseGap = std::chrono::microseconds(20);
inline constexpr base::Duration kRetryGap = std::chrono::milliseconds(1);
inline constexpr base::Duration kRetryMax = std::chrono::seconds(1);

class Waiting {
 public:
  /// `room` outlives this.
  explicit Waiting(Room& room) : room_(&room) {}
  [[nodiscard]] std::size_t size() const { return timed_.size() + held_.size() + aside_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }

  /// Of equal times the one that was added first goes first. `own`: when it would have gone, were
  /// there none in front of it. `throttled_by`: goes when that rule ends, at the latest. False:
  /// there is no room.
  [[nodiscard]] bool until(base::Instant when, base::Instant own, Parcel parcel,
                           std::optional<std::uint64_t> throttled_by = {});
  /// Until all of these rules are removed. False: there is no room.
  [[nodiscard]] bool while_rules(std::vector<std::uint64_t> rules, Parcel parcel);
  /// Until `gap` others went by. False: the rule has put one aside on this link already, or there
  /// is no room.
  [[nodiscard]] bool aside(std::uint64_t rule, const Overtake& overtake, base::Instant now,
                           const Parcel& parcel);
  /// Hold `rule` begins: of all that waits here, what it wants waits for its end as well, and no
  /// longer for a time or for others to go by. In the order in which they would have gone.
  Parcels hold_back(std::uint64_t rule, const std::function<bool(const Parcel&)>& wanted);

  /// Rule `id` ends: what it throttled, and what only it held, is due from `now` on, one after the
  /// other.
  struct Ended {
    std::uint64_t released = 0;  // messages that it held, without copies of them
    bool any = false;            // whether anything became due
  };
  Ended end_rule(std::uint64_t id, ReleaseOrder order, base::Prng& random, base::Instant now);

  struct Due {
    Parcel parcel;
    base::Instant when{};
    bool patient = false;    // to be tried again if the receiver does not take it
    std::uint64_t rule = 0;  // that had put it aside
    bool overtaken = false;  // and others went by meanwhile
  };
  /// The next one whose time has come, or nothing.
  [[nodiscard]] std::optional<Due> take_due(base::Instant now);
  /// The receiver did not take it: it is the next one again, after kRetryGap. False: it was tried
  /// for kRetryMax.
  [[nodiscard]] bool put_back(Due due, base::Instant now);
  /// A message went by. Those put aside whose gap is filled.
  [[nodiscard]] std::vector<Due> went_by();
  /// That rule `id` had put aside, when it ends.
  [[nodiscard]] std::optional<Due> take_aside(std::uint64_t id);
  [[nodiscard]] std::optional<base::Instant> next() const;

  Parcels discard_if(const std::function<bool(const Parcel&)>& wanted);
  /// When the last one goes of these types that wait for a time.
  [[nodiscard]] base::Instant last_of(const std::function<bool(const Parcel&)>& wanted) const;

 private:
  [[nodiscard]] bool admit(Parcel& parcel) const;
  struct Timed {
    Parcel parcel;
    base::Instant own{};
    std::optional<std::uint64_t> throttled_by = {};
    bool patient = false;
  };
  struct Held {
    Parcel parcel;
    std::vector<std::uint64_t> rules;
  };
  struct Aside {
    Parcel parcel;
    std::uint64_t rule = 0;
    std::uint64_t gap = 0;
    std::uint64_t passed = 0;
    base::Instant latest{};
    [[nodiscard]] Due due() {
      return {.parcel = std::move(parcel), .rule = rule, .overtaken = passed > 0};
    }
  };
  /// The throttled ones go from `now` on; those behind them move up. False: there were none.
  bool end_throttle(std::uint64_t id, base::Instant now);

  Room* room_;
  std::multimap<base::Instant, Timed> timed_;
  std::vector<Held> held_;  // as sent
  std::vector<Aside> aside_;
  base::Instant resume_{};  // the timed ones go on then: the receiver's queue was full
};

}  // namespace capsize::nemesis::proxy
