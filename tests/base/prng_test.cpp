#include "base/prng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

namespace capsize::base {
namespace {

// These numbers must never change: a seed printed years ago must replay today.
TEST(Prng, KnownSeed_ProducesKnownNumbers) {
  Prng random(0);
  // SplitMix64 from 0 fills the state, xoshiro256** draws: the reference implementations' numbers.
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4ULL);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452aULL);
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0ULL);
}

TEST(Prng, Streams_DependOnSeedComponentAndId) {
  std::set<std::uint64_t> first;
  for (const std::uint64_t seed : {1ULL, 2ULL}) {
    for (const char* component : {"raft", "network"}) {
      for (const std::uint64_t id : {0ULL, 1ULL}) {
        first.insert(Prng::stream(seed, component, id).next());
      }
    }
  }
  EXPECT_EQ(first.size(), 8U);
  EXPECT_EQ(Prng::stream(5, "a", 1).next(), Prng::stream(5, "a", 1).next());
}

TEST(Prng, Below_StaysBelowTheBoundAndReachesEveryNumber) {
  Prng random(3);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
  for (const int count : seen) {
    EXPECT_GT(count, 800);
    EXPECT_LT(count, 1200);
  }
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Prng, Between_IncludesBothEnds) {
  Prng random(3);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(random.between(std::uint64_t{5}, std::uint64_t{7}));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{5, 6, 7}));
  // The whole range, whose size does not fit into 64 bits.
  random.between(std::uint64_t{0}, ~std::uint64_t{0});
  const auto duration = random.between(std::chrono::milliseconds(1), std::chrono::milliseconds(2));
  EXPECT_GE(duration, std::chrono::milliseconds(1));
  EXPECT_LE(duration, std::chrono::milliseconds(2));
}

TEST(Prng, Chance_OfZeroAndOneIsCertain) {
  Prng random(3);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(random.chance(0));
    EXPECT_TRUE(random.chance(1));
    const double unit = random.unit();
    EXPECT_TRUE(unit >= 0 && unit < 1);
  }
}

TEST(Prng, Shuffle_KeepsTheElements) {
  Prng random(3);
  std::vector<int> items(50);
  std::iota(items.begin(), items.end(), 0);
  const std::vector<int> sorted = items;
  random.shuffle(items);
  EXPECT_NE(items, sorted);
  std::sort(items.begin(), items.end());
  EXPECT_EQ(items, sorted);
}

}  // namespace
}  // namespace capsize::base
