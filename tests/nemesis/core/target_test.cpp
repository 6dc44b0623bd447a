#include "nemesis/model/target.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace capsize::nemesis {
namespace {

ClusterView five_nodes(std::optional<Node> leader = 2) {
  ClusterView view;
  view.nodes.resize(5, {.running = true});
  view.leader = leader;
  return view;
}

const auto kAnyNode = [](Node) { return true; };

TEST(Target, Leader_Known_IsThatNode) {
  base::Prng prng(1);
  EXPECT_EQ(resolve(Target::kLeader, five_nodes(), kAnyNode, {}, prng), std::vector<Node>{2});
}

TEST(Target, Leader_Unknown_ResolvesToNothing) {
  base::Prng prng(1);
  EXPECT_FALSE(resolve(Target::kLeader, five_nodes(std::nullopt), kAnyNode, {}, prng));
  EXPECT_FALSE(resolve(Target::kFollowers, five_nodes(std::nullopt), kAnyNode, {}, prng));
}

TEST(Target, Followers_OfFive_AreTheOtherFour) {
  base::Prng prng(1);
  EXPECT_EQ(resolve(Target::kFollowers, five_nodes(), kAnyNode, {}, prng),
            (std::vector<Node>{0, 1, 3, 4}));
}

TEST(Target, MinorityAndMajority_ForOneToNineNodes_HaveTheirSizes) {
  for (std::size_t nodes = 1; nodes <= 9; ++nodes) {
    ClusterView view;
    view.nodes.resize(nodes, {.running = true});
    base::Prng prng(nodes);
    const auto minority = resolve(Target::kMinority, view, kAnyNode, {}, prng);
    const auto majority = resolve(Target::kMajority, view, kAnyNode, {}, prng);
    ASSERT_TRUE(minority && majority);
    EXPECT_EQ(minority->size(), std::max<std::size_t>(1, (nodes - 1) / 2));
    EXPECT_EQ(majority->size(), nodes / 2 + 1);
  }
}

TEST(Target, One_DrawnOften_ReachesExactlyTheEligibleNodes) {
  base::Prng prng(7);
  std::set<Node> drawn;
  for (int draw = 0; draw < 200; ++draw) {
    const auto nodes = resolve(
        Target::kOne, five_nodes(), [](Node node) { return node != 4; }, {}, prng);
    ASSERT_TRUE(nodes);
    drawn.insert(nodes->front());
  }
  EXPECT_EQ(drawn, (std::set<Node>{0, 1, 2, 3}));
}

TEST(Target, TooFewEligible_ResolvesToNothing) {
  base::Prng prng(1);
  EXPECT_FALSE(resolve(
      Target::kMajority, five_nodes(), [](Node node) { return node < 2; }, {}, prng));
}

TEST(Target, EveryForm_RoundTripsThroughJson) {
  for (const Target& target :
       {Target::kOne, Target::kFollower, Target::kMinority, Target::kMajority, Target::kLeader,
        Target::kLeaderMinority, Target::kFollowers, Target::kAll,
        Target{.select = Select::kNamed, .nodes = {0, 2}},
        Target{.select = Select::kSame, .fault = "a"},
        Target{.select = Select::kRest, .fault = "a"}}) {
    const auto parsed = parse_target(to_json(target));
    ASSERT_TRUE(parsed) << name(target);
    EXPECT_EQ(parsed.value(), target);
  }
}

TEST(Target, InvalidTarget_IsRefusedWithTheChoices) {
  for (const base::Json& bad :
       {base::Json("every-node"), base::Json(3), base::Json::array(), base::Json({{"like", "a"}}),
        base::Json::array({"n0"}), base::Json()}) {
    const auto parsed = parse_target(bad);
    ASSERT_FALSE(parsed) << bad.dump();
    EXPECT_NE(parsed.error().message.find("leader-minority"), std::string::npos);
  }
}

TEST(Target, LeaderMinority_IsTheLeaderAndAsManyMoreAsMakeAMinority) {
  base::Prng prng(1);
  const auto nodes = resolve(Target::kLeaderMinority, five_nodes(), kAnyNode, {}, prng);
  ASSERT_TRUE(nodes);
  EXPECT_EQ(nodes->size(), 2U);
  EXPECT_NE(std::find(nodes->begin(), nodes->end(), Node{2}), nodes->end());
}

TEST(Target, SameAsAndAllBut_ReferToTheOtherFault) {
  base::Prng prng(1);
  const std::map<std::string, std::vector<Node>> targets_by_label = {{"a", {1, 3}}};
  const Target same{.select = Select::kSame, .fault = "a"};
  const Target rest{.select = Select::kRest, .fault = "a"};
  EXPECT_EQ(resolve(same, five_nodes(), kAnyNode, targets_by_label, prng),
            (std::vector<Node>{1, 3}));
  EXPECT_EQ(resolve(rest, five_nodes(), kAnyNode, targets_by_label, prng),
            (std::vector<Node>{0, 2, 4}));
  EXPECT_FALSE(resolve(same, five_nodes(), kAnyNode, {}, prng));
}

TEST(Target, RecordedLeader_IsSwappedWithTheCurrentOne) {
  base::Prng prng(1);
  // n1 led when it was recorded, n3 leads now.
  const Target leader{.select = Select::kNamed, .nodes = {0}, .recorded_leader = Node{0}};
  const Target other{.select = Select::kNamed, .nodes = {2, 3}, .recorded_leader = Node{0}};
  EXPECT_EQ(resolve(leader, five_nodes(), kAnyNode, {}, prng), std::vector<Node>{2});
  EXPECT_EQ(resolve(other, five_nodes(), kAnyNode, {}, prng), (std::vector<Node>{0, 3}));
}

}  // namespace
}  // namespace capsize::nemesis
