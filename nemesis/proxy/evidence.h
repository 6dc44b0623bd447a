// Proof that a rule bit. Copies made by duplication are not messages of their own here.
#pragma once

#include <cstdint>
#include <map>

#include "nemesis/proxy/action.h"

namespace capsize::nemesis::proxy {

/// A directed link, by node numbers.
struct LinkId {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  friend auto operator<=>(const LinkId&, const LinkId&) = default;
};

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
  std::map<LinkId, OfLink> links = {};  // every link of the rule, also those that saw nothing

  void count(LinkId link, Effect effect) {
    OfLink& of_link = links.at(link);
    ++seen;
    ++of_link.seen;
    if (effect == Effect::kDiscarded) ++of_link.discarded;
    if (std::uint64_t* counter = of(effect)) ++*counter;
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

}  // namespace capsize::nemesis::proxy
