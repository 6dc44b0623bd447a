#include "nemesis/model/message_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace capsize::nemesis {
namespace {

using base::Json;
using testing::ElementsAre;
using testing::IsEmpty;
using wire::MessageType;

wire::Header message(MessageType type, std::uint64_t term = 1, std::uint64_t index = 1) {
  wire::Header header;
  header.type = type;
  header.term = term;
  header.index = index;
  return header;
}

/// Returns the numbers (from 1) of the messages that pass, out of `messages` AppendEntries.
std::vector<int> passing(const char* only, int messages) {
  auto filter = parse_filter(Json::parse(only)).value();
  base::Prng random(7);
  std::vector<int> passed;
  for (int n = 1; n <= messages; ++n) {
    if (filter.passes(message(MessageType::kAppendEntries), random)) passed.push_back(n);
  }
  return passed;
}

TEST(Filter, WithoutKeys_PassesEverything) {
  EXPECT_THAT(passing("{}", 3), ElementsAre(1, 2, 3));
}

TEST(Filter, TypesTermAndIndex_MustAllMatch) {
  auto filter =
      parse_filter(Json::parse(R"({"types":["AppendEntries"],"term":[3,9],"index":[1,50]})"))
          .value();
  base::Prng random(7);
  const auto passes = [&](MessageType type, std::uint64_t term, std::uint64_t index) {
    return filter.passes(message(type, term, index), random);
  };
  EXPECT_TRUE(passes(MessageType::kAppendEntries, 3, 50));
  EXPECT_TRUE(passes(MessageType::kAppendEntries, 9, 1));
  EXPECT_FALSE(passes(MessageType::kHeartbeat, 3, 1));
  EXPECT_FALSE(passes(MessageType::kAppendEntries, 2, 1));
  EXPECT_FALSE(passes(MessageType::kAppendEntries, 10, 1));
  EXPECT_FALSE(passes(MessageType::kAppendEntries, 3, 51));
  EXPECT_TRUE(filter.is_scope());
}

TEST(Filter, Every_PassesEachNthMessage) {
  EXPECT_THAT(passing(R"({"every":3})", 10), ElementsAre(3, 6, 9));
}

TEST(Filter, SkipAndCount_PassOneContiguousRange) {
  EXPECT_THAT(passing(R"({"skip":2,"count":3})", 10), ElementsAre(3, 4, 5));
}

TEST(Filter, EverySkipAndCount_ApplyInThisOrder) {
  EXPECT_THAT(passing(R"({"every":2,"skip":1,"count":2})", 20), ElementsAre(4, 6));
}

TEST(Filter, MessagesOutOfScope_AreNotCounted) {
  auto filter = parse_filter(Json::parse(R"({"types":["Heartbeat"],"every":2})")).value();
  base::Prng random(7);
  EXPECT_FALSE(filter.passes(message(MessageType::kHeartbeat), random));
  EXPECT_FALSE(filter.passes(message(MessageType::kAppendEntries), random));
  EXPECT_TRUE(filter.passes(message(MessageType::kHeartbeat), random));
  EXPECT_FALSE(filter.is_scope());
}

TEST(Filter, Probability_AppliesAfterCount) {
  const auto passed = passing(R"({"count":9000,"probability":0.3})", 20000);
  EXPECT_NEAR(static_cast<double>(passed.size()), 2700, 200);
  EXPECT_LE(passed.back(), 9000);
  EXPECT_THAT(passing(R"({"probability":0})", 100), IsEmpty());
}

struct Refusal {
  const char* only;
  const char* error;
};

TEST(Only, Invalid_IsRefusedWithKeyFoundAndExpected) {
  const std::vector<Refusal> refusals = {
      {"[]", "only: found [], expected an object"},
      {R"({"tpyes":["Heartbeat"]})",
       "only: found key tpyes, expected one of: types, term, index, every, skip, count, "
       "probability"},
      {R"({"types":[]})",
       "only.types: found [], expected a list of message types such as [\"AppendEntries\"], not "
       "empty"},
      {R"({"types":["Append"]})",
       "only.types: found \"Append\", expected a message type such as \"AppendEntries\""},
      {R"({"term":[9,3]})", "only.term: found [9,3], expected [min, max], such as [3,9]"},
      {R"({"index":[-1,3]})", "only.index: found [-1,3], expected [min, max], such as [3,9]"},
      {R"({"index":3})", "only.index: found 3, expected [min, max], such as [3,9]"},
      {R"({"every":0})", "only.every: found 0, expected a whole number of at least 1"},
      {R"({"every":1.5})", "only.every: found 1.5, expected a whole number of at least 1"},
      {R"({"skip":-1})", "only.skip: found -1, expected a whole number of at least 0"},
      {R"({"count":0})", "only.count: found 0, expected a whole number of at least 1"},
      {R"({"probability":1.1})", "only.probability: found 1.1, expected a number from 0 to 1"},
      {R"({"probability":"0.5"})",
       "only.probability: found \"0.5\", expected a number from 0 to 1"},
  };
  for (const auto& [only, error] : refusals) {
    const auto status = check_only(Json::parse(only));
    ASSERT_FALSE(status) << only;
    EXPECT_EQ(status.error().message, error);
  }
  EXPECT_TRUE(check_only(Json::parse(R"({"every":3,"skip":10,"probability":1})")));
}

}  // namespace
}  // namespace capsize::nemesis
