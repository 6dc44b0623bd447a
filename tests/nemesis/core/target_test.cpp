#include "nemesis/target.h"

#include <gtest/gtest.h>

#include <set>

namespace capsize::nemesis {
namespace {

ClusterView five_nodes(std::optional<Node> leader = 2) {
  ClusterView view;
  view.nodes.resize(5, {.running = true});
  view.leader = leader;
  return view;
}

const auto kEverybody = [](Node) { return true; };

TEST(Target, Leader_Known_IsThatNode) {
  base::Prng prng(1);
  EXPECT_EQ(resolve(Target::kLeader, five_nodes(), kEverybody, prng), std::vector<Node>{2});
}

TEST(Target, Leader_Unknown_IsNobody) {
  base::Prng prng(1);
  EXPECT_FALSE(resolve(Target::kLeader, five_nodes(std::nullopt), kEverybody, prng));
  EXPECT_FALSE(resolve(Target::kFollowers, five_nodes(std::nullopt), kEverybody, prng));
}

TEST(Target, Followers_OfFive_AreTheOtherFour) {
  base::Prng prng(1);
  EXPECT_EQ(resolve(Target::kFollowers, five_nodes(), kEverybody, prng),
            (std::vector<Node>{0, 1, 3, 4}));
}

TEST(Target, MinorityAndMajority_ForOneToNineNodes_HaveTheirSizes) {
  for (std::size_t nodes = 1; nodes <= 9; ++nodes) {
    ClusterView view;
    view.nodes.resize(nodes, {.running = true});
    base::Prng prng(nodes);
    const auto minority = resolve(Target::kMinority, view, kEverybody, prng);
    const auto majority = resolve(Target::kMajority, view, kEverybody, prng);
    ASSERT_TRUE(minority && majority);
    EXPECT_EQ(minority->size(), std::max<std::size_t>(1, (nodes - 1) / 2));
    EXPECT_EQ(majority->size(), nodes / 2 + 1);
  }
}

TEST(Target, One_DrawnOften_MeetsEveryEligibleNodeAndNoOther) {
  base::Prng prng(7);
  std::set<Node> met;
  for (int draw = 0; draw < 200; ++draw) {
    const auto nodes = resolve(
        Target::kOne, five_nodes(), [](Node node) { return node != 4; }, prng);
    ASSERT_TRUE(nodes);
    met.insert(nodes->front());
  }
  EXPECT_EQ(met, (std::set<Node>{0, 1, 2, 3}));
}

TEST(Target, TooFewEligible_IsNobody) {
  base::Prng prng(1);
  EXPECT_FALSE(resolve(
      Target::kMajority, five_nodes(), [](Node node) { return node < 2; }, prng));
}

TEST(Target, EveryName_ParsesBack) {
  for (const auto target : {Target::kOne, Target::kMinority, Target::kMajority, Target::kLeader,
                            Target::kFollowers, Target::kAll}) {
    EXPECT_EQ(parse_target(name(target)), target);
  }
  EXPECT_FALSE(parse_target("everybody"));
}

}  // namespace
}  // namespace capsize::nemesis
