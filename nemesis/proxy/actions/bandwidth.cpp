// bandwidth: limits the bytes per second of each link. Excess messages wait in a bounded queue; a
// message that finds the queue full is discarded (tail drop).
#include <algorithm>

#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

constexpr std::uint64_t kBytesMax = 1'000'000'000;

class Bandwidth : public Action {
 public:
  Bandwidth(std::uint64_t bytes_per_second, std::uint64_t queue_bytes)
      : rate_(bytes_per_second), queue_bytes_(queue_bytes) {}
  Effect apply(const Message& message, base::Prng&, Fate& fate) override {
    // Another rule has discarded it, so it uses no bandwidth.
    if (fate.discard) return Effect::kNone;
    base::Instant& free_at = free_at_[{message.header.from, message.header.to}];
    const base::Instant begin = std::max(free_at, message.now);
    const bool queued = begin > message.now;
    // Only a queued message can overflow: one larger than the queue passes while the link is idle.
    if (queued && begin - message.now + time_of(message.bytes) > time_of(queue_bytes_)) {
      fate.discard = true;
      return Effect::kDiscarded;
    }
    free_at = begin + time_of(message.bytes * fate.copies.size());
    for (base::Duration& held : fate.copies) held += free_at - message.now;
    return Effect::kThrottled;
  }

 private:
  [[nodiscard]] base::Duration time_of(std::uint64_t bytes) const {
    const double seconds = static_cast<double>(bytes) / static_cast<double>(rate_);
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
  }
  std::uint64_t rate_, queue_bytes_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, base::Instant> free_at_;
};

class BandwidthKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "bandwidth"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters& parameters) const override {
    const std::uint64_t rate = parameters.count("bytes-per-second", 1, kBytesMax);
    return std::make_unique<Bandwidth>(rate, parameters.count("queue-bytes", 1, kBytesMax));
  }
};

const base::Registered<ActionKind, BandwidthKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
