// Behaviours: their record in a store, and what it predicts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "base/json.h"
#include "harness/behaviour/behaviour_record.h"
#include "harness/behaviour/estimate.h"

namespace capsize::harness {
namespace {

class Record : public testing::Test {
 protected:
  void SetUp() override {
    store_ = std::filesystem::path(testing::TempDir()) /
             testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(store_);
    std::filesystem::create_directories(store_);
  }
  void TearDown() override { std::filesystem::remove_all(store_); }

  static Behaviours run_of(std::initializer_list<Behaviour> shown) {
    Behaviours all;
    for (const Behaviour each : shown) all.times[each] = 7;
    return all;
  }
  BehaviourNews add(std::initializer_list<Behaviour> shown) {
    const auto news = record_behaviours(store_, "s/run", run_of(shown));
    EXPECT_TRUE(news.ok()) << news.error().message;
    return news.value();
  }
  std::string error_after(const std::string& text) {
    std::ofstream(store_ / kBehaviourFile, std::ios::app) << text;
    const auto read = read_behaviour_record(store_);
    return read.ok() ? "" : read.error().message;
  }
  std::filesystem::path store_;
};

TEST_F(Record, OfAnEmptyStore_IsEmpty) {
  EXPECT_TRUE(read_behaviour_record(store_).value().lines.empty());
}

TEST_F(Record, ARun_IsComparedWithAllBeforeIt) {
  EXPECT_EQ(add({1, 2, 3}).fresh, 3U);
  const auto second = add({2, 3, 4, 5});
  EXPECT_EQ(second.seen, 4U);
  EXPECT_EQ(second.fresh, 2U);
  EXPECT_EQ(second.runs_before, 1U);
  EXPECT_EQ(add({1, 2, 3, 4, 5}).fresh, 0U);
  const auto points = curve(read_behaviour_record(store_).value());
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[1].seen, 5U);
  EXPECT_EQ(points[1].once, 3U);
  EXPECT_EQ(points[1].twice, 2U);
  EXPECT_EQ(points[2].once, 0U);
  EXPECT_EQ(points[2].twice, 3U);  // 1, 4, 5; three runs have shown 2 and 3
  EXPECT_EQ(points[2].incidences, 12U);
}

TEST_F(Record, ATornLine_IsReplaced) {
  (void)add({1});
  std::ofstream(store_ / kBehaviourFile, std::ios::app) << R"({"run":"s/torn","se)";
  EXPECT_EQ(read_behaviour_record(store_).value().lines.size(), 1U);
  EXPECT_EQ(add({1, 2}).fresh, 1U);
  EXPECT_EQ(read_behaviour_record(store_).value().lines.size(), 2U);
}

TEST_F(Record, WhatCannotBe_IsRefusedWithItsLine) {
  (void)add({1});
  EXPECT_THAT(error_after("nonsense\n"), testing::HasSubstr("behaviour.jsonl:3: found nonsense"));
}

TEST_F(Record, AListThatContradictsTheRunsBefore_IsRefused) {
  (void)add({1});
  EXPECT_THAT(
      error_after(R"({"run":"r","seen":1,"first":["0000000000000001"],"second":[],"third":[]})"
                  "\n"),
      testing::HasSubstr("expected a behaviour that 0 runs before have shown"));
}

TEST_F(Record, ANewerVersion_IsRefused) {
  EXPECT_THAT(error_after("{\"capsize-behaviour\":2}\n"), testing::HasSubstr("found 2"));
}

TEST(ParseBehaviours, SameChainUnderOtherFaults_IsAnother) {
  const auto parse = [](const char* text) { return parse_behaviours(base::Json::parse(text)); };
  EXPECT_EQ(
      parse(R"({"contexts":{"":{"5":2},"cut":{"5":1,"6":1}},"uncounted":3})").value().times.size(),
      3U);
  EXPECT_FALSE(parse(R"({"contexts":[]})").ok());
  EXPECT_FALSE(parse(R"({"contexts":{"":{"5":"many"}}})").ok());
  EXPECT_FALSE(parse(R"({"ok":true})").ok());
}

TEST(Estimate, OfARecordWithoutRareBehaviours_IsZero) {
  const BehaviourPoint point{.runs = 50, .seen = 10, .incidences = 500};
  EXPECT_EQ(unseen_share(point), 0);
  EXPECT_EQ(expected_new(point, 100), 0);
}

TEST(Estimate, OfTheFormula_ForOneFurtherRun_IsAboutOncePerRuns) {
  const BehaviourPoint point{
      .runs = 100, .seen = 900, .once = 200, .twice = 100, .incidences = 5000};
  EXPECT_NEAR(expected_new(point, 1), 2.0, 0.1);
  EXPECT_NEAR(expected_new(point, 1'000'000), 198, 1);  // Chao2: 200 * 200 / (2 * 100) * 0.99
}

/// Runs that draw behaviours from a known distribution: the estimate at half of them must predict
/// the other half.
TEST(Estimate, AfterHalfOfTheRuns_PredictsTheOtherHalf) {
  std::mt19937_64 random(4711);
  BehaviourRecord record;
  std::vector<double> chance;
  for (int i = 1; i <= 3000; ++i) chance.push_back(std::min(0.9, 5.0 / i));
  for (int run = 0; run < 200; ++run) {
    BehaviourLine line;
    for (std::size_t i = 0; i < chance.size(); ++i) {
      if (std::uniform_real_distribution<>()(random) >= chance[i]) continue;
      ++line.seen;
      auto& runs = record.runs[i];
      if (runs == 0) line.first.push_back(i);
      if (runs == 1) line.second.push_back(i);
      if (runs == 2) line.third.push_back(i);
      if (runs < 3) ++runs;
    }
    record.lines.push_back(std::move(line));
  }
  const auto points = curve(record);
  const double brought = static_cast<double>(points[199].seen - points[99].seen);
  EXPECT_NEAR(expected_new(points[99], 100), brought, 0.2 * brought);
}

}  // namespace
}  // namespace capsize::harness
