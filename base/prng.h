// Random streams: every component draws from its own stream, hash(seed, component, id), so that an
// additional draw in one component does not change any other (docs/FORMATS.md, Scenarios).
//
// Generator: xoshiro256** (Blackman & Vigna, ACM TOMS 47(4), 2021), seeded through SplitMix64.
// Integer mapping: Lemire's multiply-shift with rejection (ACM TOMACS 29(1), 2019). Both are fixed
// here because the standard library's distributions differ between platforms.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace capsize::base {

class Prng {
 public:
  explicit Prng(std::uint64_t seed);
  /// The stream of one component; `id` distinguishes its instances (a node, a client, an
  /// incarnation).
  static Prng stream(std::uint64_t seed, std::string_view component, std::uint64_t id = 0);

  std::uint64_t next();
  /// Uniform in [0, bound). Precondition: bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [low, high], both included. Precondition: low <= high.
  std::uint64_t between(std::uint64_t low, std::uint64_t high);
  std::chrono::nanoseconds between(std::chrono::nanoseconds low, std::chrono::nanoseconds high);
  /// True with the given probability (0 never, 1 always).
  bool chance(double probability);
  /// Uniform in [0, 1), 53 bits.
  double unit();

  /// Fisher-Yates, so that a shuffle is the same on every platform.
  template <class Sequence>
  void shuffle(Sequence& items) {
    for (std::uint64_t i = items.size(); i > 1; --i) {
      using std::swap;
      swap(items[i - 1], items[below(i)]);
    }
  }

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace capsize::base
