#include "nemesis/plan/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

using testing::Contains;
using testing::Not;

TEST(FaultPlan, StrategiesAndKinds_HaveOne_OtherNamesHaveNone) {
  EXPECT_GT(find_fault_plan("partition")->specs.size(), 1U);
  const auto drop = find_fault_plan("drop");
  ASSERT_TRUE(drop);
  EXPECT_EQ(drop->specs.size(), 1U);
  EXPECT_EQ(drop->specs[0].kind, "drop");
  EXPECT_EQ(drop->specs[0].planned_by, "drop");
  EXPECT_FALSE(find_fault_plan("dorp"));
}

TEST(FaultPlan, EveryKindAlone_HasASpecWithValidParameters) {
  for (const auto& kind : FaultKinds::instance().all()) {
    const FaultSpec spec = kind->spec();
    EXPECT_EQ(spec.kind, kind->name());
    EXPECT_TRUE(check(kind->parameters(), spec.params)) << kind->name();
    EXPECT_TRUE(check(kind->parameters(), with_defaults(kind->parameters(), spec.params)))
        << kind->name();
  }
}

TEST(FaultPlan, All_ContainsNoStrategyThatChangesTheMembership) {
  EXPECT_THAT(all_names(), Not(Contains("membership")));
  EXPECT_THAT(all_names(), testing::IsSupersetOf(default_names()));
  EXPECT_EQ(spares_needed("membership"), 1U);
  EXPECT_EQ(spares_needed("grow"), 1U);
  EXPECT_EQ(spares_needed("kill"), 0U);
}

std::vector<FaultPlan> all_fault_plans() {
  std::vector<FaultPlan> plans;
  for (const auto& name : all_names()) plans.push_back(*find_fault_plan(name));
  return plans;
}

TEST(Swarm, DifferentSeeds_DrawDifferentNonEmptySubsets) {
  std::set<std::string> mixtures;
  std::set<std::string> drawn_names;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    base::Prng prng(seed);
    const auto drawn = draw_swarm(all_fault_plans(), prng);
    EXPECT_GE(drawn.size(), 2U);
    std::string mixture;
    for (const auto& plan : drawn) {
      EXPECT_FALSE(plan.specs.empty());
      drawn_names.insert(plan.name);
      mixture += plan.name + std::to_string(plan.specs.size()) + " ";
    }
    mixtures.insert(mixture);
  }
  EXPECT_GT(mixtures.size(), 20U);
  for (const auto& plan : all_fault_plans()) {
    EXPECT_TRUE(plan.specs.empty() || drawn_names.contains(plan.name)) << plan.name;
  }
}

TEST(Swarm, SameSeed_DrawsTheSameMixture) {
  base::Prng a(7), b(7);
  const auto first = draw_swarm(all_fault_plans(), a);
  const auto second = draw_swarm(all_fault_plans(), b);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].specs, second[i].specs);
}

}  // namespace
}  // namespace capsize::nemesis
