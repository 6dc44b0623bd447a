#include "base/prng.h"

#include <bit>

#include "base/check.h"

namespace capsize::base {
namespace {

std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

__extension__ using Wide = unsigned __int128;

}  // namespace

Prng::Prng(std::uint64_t seed) {
  for (auto& word : state_) word = split_mix(seed);
}

Prng Prng::stream(std::uint64_t seed, std::string_view component, std::uint64_t id) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a, then mixed, because the names are short
  for (const char c : component) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  std::uint64_t state = seed;
  const std::uint64_t a = split_mix(state);
  state ^= hash;
  const std::uint64_t b = split_mix(state);
  state ^= id;
  return Prng(a ^ b ^ split_mix(state));
}

std::uint64_t Prng::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Prng::below(std::uint64_t bound) {
  CHECK(bound > 0, "a draw needs at least one outcome");
  Wide product = static_cast<Wide>(next()) * bound;
  auto low = static_cast<std::uint64_t>(product);
  if (low < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (low < threshold) {
      product = static_cast<Wide>(next()) * bound;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t Prng::between(std::uint64_t low, std::uint64_t high) {
  CHECK(low <= high, "a range is not empty");
  const std::uint64_t span = high - low + 1;
  return span == 0 ? next() : low + below(span);
}

std::chrono::nanoseconds Prng::between(std::chrono::nanoseconds low,
                                       std::chrono::nanoseconds high) {
  CHECK(low <= high, "a range is not empty");
  const auto span = static_cast<std::uint64_t>((high - low).count());
  return low + std::chrono::nanoseconds(static_cast<std::int64_t>(between(0, span)));
}

double Prng::unit() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

bool Prng::chance(double probability) {
  return unit() < probability;
}

}  // namespace capsize::base
