// All that waits on one link of the proxy: for a time, for a rule to be removed, or for later
// messages to go by. Pure; time is handed in.
//
// Bounded: one link holds kHeldMax copies in all, and whoever adds one asks full() before.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "nemesis/proxy/cargo.h"

namespace capsize::nemesis::proxy {

/// Copies held per link; beyond it they are lost, so that no rule fills the memory.
inline constexpr std::size_t kHeldMax = 65536;
/// What a rule held comes out one by one, so slowly that the queue of a receiver that reads (256
/// messages) takes it all: a burst would be lost there.
inline constexpr base::Duration kReleaseGap = std::chrono::microseconds(20);

class Waiting {
 public:
  [[nodiscard]] std::size_t size() const { return timed_.size() + held_.size() + aside_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] bool full() const { return size() >= kHeldMax; }

  /// Of equal times the one that was added first goes first. `throttled_by`: goes when that rule
  /// ends, at the latest.
  void until(base::Instant when, Parcel parcel, std::optional<std::uint64_t> throttled_by = {});
  /// Until all of these rules are removed.
  void while_rules(std::vector<std::uint64_t> rules, Parcel parcel);
  /// Until `gap` others went by. False: the rule has put one aside on this link already.
  [[nodiscard]] bool aside(std::uint64_t rule, const Overtake& overtake, base::Instant now,
                           const Parcel& parcel);

  /// Rule `id` ends: what it throttled, and what only it held, is due from `now` on, one after the
  /// other.
  struct Ended {
    std::uint64_t released = 0;  // that it held
    bool any = false;            // whether anything became due
  };
  Ended end_rule(std::uint64_t id, ReleaseOrder order, base::Prng& random, base::Instant now);

  struct Due {
    Parcel parcel;
    std::uint64_t rule = 0;  // that had put it aside
    bool overtaken = false;  // and others went by meanwhile
  };
  /// The next one whose time has come, or nothing.
  [[nodiscard]] std::optional<Due> take_due(base::Instant now);
  /// A message went by. Those put aside whose gap is filled.
  [[nodiscard]] std::vector<Due> went_by();
  /// That rule `id` had put aside, when it ends.
  [[nodiscard]] std::optional<Due> take_aside(std::uint64_t id);
  [[nodiscard]] std::optional<base::Instant> next() const;

  /// Returns how many.
  std::size_t discard_if(const std::function<bool(const Parcel&)>& wanted);
  /// When the last one goes of these types that wait for a time.
  [[nodiscard]] base::Instant last_of(const std::function<bool(const Parcel&)>& wanted) const;

 private:
  struct Timed {
    Parcel parcel;
    std::optional<std::uint64_t> throttled_by;
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
    [[nodiscard]] Due due() { return {std::move(parcel), rule, passed > 0}; }
  };
  std::multimap<base::Instant, Timed> timed_;
  std::vector<Held> held_;  // as sent
  std::vector<Aside> aside_;
};

}  // namespace capsize::nemesis::proxy
