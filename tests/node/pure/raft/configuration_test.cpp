// Configurations: their encoding, and which one is active.

#include "node/raft/configuration.h"

#include <gtest/gtest.h>

#include "base/prng.h"
#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::raft {
namespace {

using fixture::n;

Configuration of(std::vector<std::uint32_t> voters, std::vector<std::uint32_t> outgoing = {}) {
  Configuration configuration;
  for (const auto i : voters) configuration.voters.push_back(n(i));
  for (const auto i : outgoing) configuration.outgoing.push_back(n(i));
  return configuration;
}

TEST(Configuration, Encoding_RoundTrips) {
  for (const auto& given : {Configuration{}, of({1}), of({1, 2, 3}), of({2, 4, 9999}, {1, 2, 3})}) {
    EXPECT_EQ(decode_configuration(encode(given)), given);
  }
}

TEST(Configuration, BytesThatEncodeCannotProduce_AreRefused) {
  const std::string good = encode(of({2, 4}, {1, 2}));
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(decode_configuration(good.substr(0, length))) << length;
  }
  EXPECT_FALSE(decode_configuration(good + "x"));
  const auto id = [](char low) { return std::string{low, 0, 0, 0}; };
  EXPECT_FALSE(decode_configuration("\2" + id(2) + id(1) + std::string(1, 0))) << "descending";
  EXPECT_FALSE(decode_configuration("\2" + id(1) + id(1) + std::string(1, 0))) << "duplicate";
  EXPECT_FALSE(decode_configuration("\1" + id(0) + std::string(1, 0))) << "kNoNode";
  EXPECT_FALSE(decode_configuration(std::string(1, 0) + "\1" + id(1))) << "only outgoing voters";
  EXPECT_FALSE(decode_configuration("\x7f")) << "truncated";
}

TEST(Configuration, RandomBytes_AreRefusedOrRoundTrip) {
  base::Prng random(11);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(random.below(24), 0);
    for (char& byte : bytes) byte = static_cast<char>(random.below(random.chance(0.5) ? 3 : 256));
    const auto decoded = decode_configuration(bytes);
    if (decoded) {
      EXPECT_EQ(encode(*decoded), bytes);
    }
  }
}

TEST(Configurations, TheLatest_IsActiveUntilItIsTruncated) {
  Configurations known(of({1, 2, 3}));
  known.append(Index{5}, of({1, 4}, {1, 2, 3}));
  known.append(Index{8}, of({1, 4}));
  EXPECT_EQ(known.latest(), of({1, 4}));
  EXPECT_EQ(known.at(Index{7}), of({1, 4}, {1, 2, 3}));
  EXPECT_EQ(known.at(Index{4}), of({1, 2, 3}));
  known.truncate_from(Index{6});
  EXPECT_EQ(known.latest_index(), Index{5});
  known.truncate_from(Index{5});
  EXPECT_EQ(known.latest(), of({1, 2, 3}));
}

TEST(Configurations, Compacting_KeepsTheActiveOne) {
  Configurations known(of({1}));
  known.append(Index{3}, of({1, 2}));
  known.append(Index{9}, of({1, 2, 3}));
  known.compact(Index{6});
  EXPECT_EQ(known.at(Index{6}), of({1, 2}));
  EXPECT_EQ(known.latest(), of({1, 2, 3}));
}

TEST(Configurations, Install_KeepsOrDropsLaterOnes) {
  Configurations known(of({1}));
  known.append(Index{3}, of({1, 2}));
  known.append(Index{9}, of({1, 2, 3}));
  Configurations dropped = known;
  known.install(Index{5}, of({1, 2}), true);
  EXPECT_EQ(known.latest(), of({1, 2, 3}));
  EXPECT_EQ(known.at(Index{6}), of({1, 2}));
  dropped.install(Index{5}, of({7}), false);
  EXPECT_EQ(dropped.latest(), of({7}));
}

}  // namespace
}  // namespace capsize::raft
