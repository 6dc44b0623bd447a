// A frozen map compared with a reference implementation that copies.
#include "node/kv/freezable_map.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace capsize::kv {
namespace {

using Map = FreezableMap::Map;

Map content(const FreezableMap& map) {
  Map all;
  std::string last;
  map.for_each([&](const std::string& key, const std::string& value) {
    EXPECT_TRUE(all.empty() || last < key) << "in key order";
    last = key;
    all[key] = value;
  });
  return all;
}

void change(base::Prng& random, FreezableMap& map, Map& obvious) {
  const std::string key = "k" + std::to_string(random.below(20));
  const std::string value = std::to_string(random.below(1000));
  switch (random.below(3)) {
    case 0:
      map.put(key, value);
      obvious[key] = value;
      break;
    case 1:
      map.erase(key);
      obvious.erase(key);
      break;
    default:
      map.at_or(key, "new") += value;
      obvious.try_emplace(key, "new").first->second += value;
  }
}

TEST(FreezableMap, FrozenAndThawedAtRandom_EqualsACopy) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    base::Prng random = base::Prng::stream(seed, "map");
    FreezableMap map;
    Map obvious, frozen_obvious;
    std::shared_ptr<const Map> frozen;
    for (int step = 0; step < 400; ++step) {
      if (random.chance(0.05)) {
        if (frozen) {
          EXPECT_EQ(*frozen, frozen_obvious) << "the frozen content changed, seed " << seed;
          frozen.reset();
          map.thaw();
        } else {
          frozen = map.freeze();
          frozen_obvious = obvious;
        }
      }
      change(random, map, obvious);
      ASSERT_EQ(map.size(), obvious.size()) << "seed " << seed;
      ASSERT_EQ(content(map), obvious) << "seed " << seed;
      const std::string key = "k" + std::to_string(random.below(20));
      const std::string* found = map.find(key);
      ASSERT_EQ(found == nullptr, !obvious.contains(key)) << "seed " << seed;
      if (found != nullptr) {
        ASSERT_EQ(*found, obvious.at(key)) << "seed " << seed;
      }
    }
  }
}

TEST(FreezableMap, AssignedTo_LeavesTheFrozenContentUnchanged) {
  FreezableMap map;
  map.put("a", "1");
  const auto frozen = map.freeze();
  map = FreezableMap();  // replaced by another node's snapshot
  map.put("a", "2");
  map.thaw();
  EXPECT_EQ(*frozen, (Map{{"a", "1"}}));
  EXPECT_EQ(content(map), (Map{{"a", "2"}}));
}

}  // namespace
}  // namespace capsize::kv
