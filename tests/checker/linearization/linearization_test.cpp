// Linearizations: every valid history has one that replays, and no damaged one does.
#include "checker/linearization/linearization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checker/check/check.h"
#include "tests/checker/simulated_history.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;
using testing::Random;
using testing::Simulation;

History load(const std::string& text) {
  LoadResult loaded = load_history_text(text);
  if (auto* malformed = std::get_if<Malformed>(&loaded)) ADD_FAILURE() << malformed->message();
  return std::get<History>(std::move(loaded));
}

// The lines of a linearization; empty unless the history is valid.
std::vector<std::string> linearization_of(const History& history) {
  Linearization linearization;
  std::vector<std::string> lines;
  if (check_history(history, {}, &linearization).verdict != Verdict::kValid) return lines;
  write_linearization(history, linearization,
                      [&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

Report verify(const History& history, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  LineReader reader = LineReader::of_text(text);
  return verify_linearization(history, reader, "w.jsonl", {});
}

TEST(LinearizationRandom, EveryValidHistoryOfEveryModel_HasOneThatReplays) {
  for (const std::string& model : testing::simulated_models()) {
    int replayed = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      Random random(seed);
      Simulation simulation{.model = model, .operations = 3 + random.below(12)};
      simulation.clients = 1 + random.below(4);
      simulation.values = random.chance(50) ? 3 : 0;
      simulation.wrong_percent = random.chance(50) ? 10 : 0;
      simulation.plain = random.chance(50);
      if (random.chance(40)) simulation.info_percent = 0;
      const std::string text = testing::Simulator(simulation, random).run();
      const History history = load(text);
      const auto lines = linearization_of(history);
      if (lines.empty()) {
        const bool vacuous = check_history(history).verdict == Verdict::kVacuous;
        if (!history.operations.empty() && !vacuous) {
          ASSERT_NE(simulation.wrong_percent, 0U) << model << ", seed " << seed << "\n" << text;
        }
        continue;
      }
      const Report report = verify(history, lines);
      ASSERT_EQ(report.verdict, Verdict::kValid)
          << model << ", seed " << seed << ": " << report.reason << "\n"
          << text;
      ++replayed;
    }
    EXPECT_GT(replayed, 100) << model;
  }
}

class DamagedLinearization : public ::testing::Test {
 protected:
  const History history_ = load(R"({"process":1,"type":"invoke","f":"write","value":7})"
                                "\n"
                                R"({"process":1,"type":"ok","f":"write","value":7})"
                                "\n"
                                R"({"process":2,"type":"invoke","f":"read","value":null})"
                                "\n"
                                R"({"process":2,"type":"ok","f":"read","value":7})"
                                "\n"
                                R"({"process":3,"type":"invoke","f":"write","value":8})"
                                "\n"
                                R"({"process":3,"type":"fail","f":"write","value":8})"
                                "\n");
  std::vector<std::string> lines_ = linearization_of(history_);
};

TEST_F(DamagedLinearization, AsItIs_Replays) {
  ASSERT_EQ(lines_.size(), 3U);
  EXPECT_EQ(lines_[1], R"({"index":0,"process":1,"f":"write","value":7})"
                       "\n");
  EXPECT_EQ(verify(history_, lines_).verdict, Verdict::kValid);
}

TEST_F(DamagedLinearization, MissingOperation_IsRefused) {
  lines_.pop_back();
  const Report report = verify(history_, lines_);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_THAT(report.reason, HasSubstr("read of process 2 (index 2) was acknowledged but is"));
}

TEST_F(DamagedLinearization, OperationTwice_IsRefused) {
  lines_.push_back(lines_.back());
  EXPECT_THAT(verify(history_, lines_).reason, HasSubstr("line 4: the operation with index 2"));
}

TEST_F(DamagedLinearization, OrderAgainstTime_IsRefused) {
  std::swap(lines_[1], lines_[2]);
  EXPECT_EQ(verify(history_, lines_).verdict, Verdict::kInvalid);
}

TEST_F(DamagedLinearization, FailedOperation_IsRefused) {
  lines_.push_back("{\"index\":4}\n");
  EXPECT_THAT(verify(history_, lines_).reason, HasSubstr("line 4: write of process 3"));
}

TEST_F(DamagedLinearization, UnknownOperation_IsRefused) {
  lines_.push_back("{\"index\":99}\n");
  EXPECT_THAT(verify(history_, lines_).reason, HasSubstr("no such operation has index 99"));
}

TEST_F(DamagedLinearization, OperationOfAnotherProcess_IsRefused) {
  lines_[1] = "{\"index\":0,\"process\":2}\n";
  EXPECT_EQ(verify(history_, lines_).verdict, Verdict::kInvalid);
}

TEST_F(DamagedLinearization, WhatIsNoLinearization_IsAUsageError) {
  EXPECT_EQ(verify(history_, {}).verdict, Verdict::kUsageError);
  EXPECT_EQ(verify(history_, {lines_[1]}).verdict, Verdict::kUsageError);
  for (const char* line : {"{\n", "[1]\n", "{\"index\":-1}\n", "{\"index\":\"0\"}\n", "\xff\n"}) {
    EXPECT_EQ(verify(history_, {lines_[0], line}).verdict, Verdict::kUsageError) << line;
  }
}

}  // namespace
}  // namespace capsize::checker
