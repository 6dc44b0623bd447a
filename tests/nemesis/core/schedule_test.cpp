#include "nemesis/plan/schedule.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

std::vector<FaultPlan> plans(const std::vector<std::string>& names) {
  std::vector<FaultPlan> plans;
  for (const auto& name : names) plans.push_back(*find_fault_plan(name));
  return plans;
}

std::vector<FaultPlan> all_fault_plans() {
  std::vector<std::string> names = all_names();
  names.emplace_back("membership");
  return plans(names);
}

std::vector<PlannedFault> default_schedule(std::uint64_t seed) {
  return make_schedule(plans(default_names()), {.time_limit = 20s, .seed = seed});
}

TEST(Schedule, SameSeed_GivesTheSameSchedule) {
  const auto a = default_schedule(5);
  const auto b = default_schedule(5);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(to_json(a[i]), to_json(b[i]));
}

TEST(Schedule, DifferentSeeds_GiveDifferentOrders) {
  EXPECT_NE(to_json(default_schedule(1)[0]).dump() + to_json(default_schedule(1)[1]).dump(),
            to_json(default_schedule(2)[0]).dump() + to_json(default_schedule(2)[1]).dump());
}

TEST(Schedule, DefaultRun_ContainsEveryKind_WhateverTheSeed) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::map<std::string, int> kinds;
    int aimed_at_leader = 0;
    const auto schedule = default_schedule(seed);
    for (const auto& fault : schedule) {
      ++kinds[fault.spec.kind];
      const auto* kind = FaultKinds::instance().find(fault.spec.kind);
      aimed_at_leader +=
          fault.spec.target == Target::kLeader && kind->impact() != Impact::kDegrades ? 1 : 0;
    }
    EXPECT_GE(schedule.size(), 17U) << "seed " << seed;
    for (const char* kind : {"kill", "pause", "cut", "drop", "delay", "duplicate"}) {
      EXPECT_GE(kinds[kind], 1) << "seed " << seed << " kind " << kind;
    }
    EXPECT_GE(aimed_at_leader, 7) << "seed " << seed;
  }
}

TEST(Schedule, EveryFault_IsBetweenTheQuietPeriods_SortedByTime) {
  const ScheduleOptions options{.time_limit = 20s, .seed = 9};
  const auto schedule = make_schedule(all_fault_plans(), options);
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    EXPECT_EQ(schedule[i].id, i + 1);
    EXPECT_GE(schedule[i].at, options.lead_in);
    EXPECT_LE(schedule[i].at + schedule[i].hold, options.time_limit - options.tail);
    EXPECT_LE(schedule[i - std::min<std::size_t>(i, 1)].at, schedule[i].at);
  }
}

TEST(Schedule, StoppingAndDegradingFaults_Overlap) {
  const auto schedule = default_schedule(3);
  int overlaps = 0;
  for (const auto& a : schedule) {
    for (const auto& b : schedule) {
      overlaps += a.id < b.id && a.at + a.hold > b.at ? 1 : 0;
    }
  }
  EXPECT_GE(overlaps, 5);
}

TEST(Schedule, LongRun_RepeatsTheFaultPlan) {
  EXPECT_GT(make_schedule(all_fault_plans(), {.time_limit = 60s, .seed = 1}).size(), 55U);
}

TEST(Schedule, WithoutStrategyOrTime_IsEmpty) {
  EXPECT_TRUE(make_schedule({}, {.time_limit = 20s}).empty());
  EXPECT_TRUE(make_schedule(all_fault_plans(), {.time_limit = 2s}).empty());
}

std::vector<PlannedFault> short_schedule(const std::vector<std::string>& names,
                                         base::Duration time_limit, std::uint64_t seed) {
  auto named = plans(names);
  for (FaultPlan& plan : named) plan.named = true;
  return make_schedule(named, options_for(time_limit, seed));
}

TEST(Schedule, ShortRun_IsDenserAndLeavesTimeToRecover) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto schedule = short_schedule({"topologies"}, 5s, seed);
    EXPECT_EQ(schedule.size(), 5U) << "seed " << seed;
    for (std::size_t i = 0; i + 1 < schedule.size(); ++i) {
      EXPECT_LT(schedule[i].at + schedule[i].hold, schedule[i + 1].at) << "seed " << seed;
    }
    EXPECT_LE(schedule.back().at + schedule.back().hold, 4s)
        << "time to recover while the workload runs";
  }
  EXPECT_FALSE(short_schedule({"kill"}, 1s, 1).empty());
}

TEST(Schedule, FullRun_IsNotScaled) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto plain =
        make_schedule(plans({"kill", "partition"}), {.time_limit = 12s, .seed = seed});
    const auto named = short_schedule({"kill", "partition"}, 12s, seed);
    ASSERT_EQ(plain.size(), named.size());
    for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_EQ(to_json(plain[i]), to_json(named[i]));
  }
}

TEST(Schedule, NamedFaultPlans_EachContribute_HoweverShortTheRun) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (const auto time_limit : {2s, 5s, 20s}) {
      const std::vector<std::string> names = {"kill",     "pause",       "partition", "membership",
                                              "restarts", "bad-network", "slow"};
      std::set<std::string> scheduled_names;
      for (const auto& fault : short_schedule(names, time_limit, seed)) {
        scheduled_names.insert(fault.spec.planned_by);
      }
      EXPECT_EQ(scheduled_names.size(), names.size()) << "seed " << seed;
    }
  }
}

TEST(Schedule, VeryLongRun_IsBounded) {
  const auto schedule = short_schedule({"kill"}, std::chrono::hours(100'000), 1);
  EXPECT_LE(schedule.size(), kScheduledMax);
  EXPECT_GT(schedule.back().at, std::chrono::hours(99'000)) << "until its end";
}

}  // namespace
}  // namespace capsize::nemesis
