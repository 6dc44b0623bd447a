#include "checker/history/values.h"

#include <gtest/gtest.h>

#include <vector>

namespace capsize::checker {
namespace {

TEST(ValueTable, EqualValues_HaveOneNumber) {
  ValueTable values;
  EXPECT_EQ(values.integer(7), values.integer(7));
  EXPECT_EQ(values.text("a"), values.text("a"));
  EXPECT_NE(values.text("7"), values.integer(7));
  EXPECT_NE(values.text("true"), values.raw("true"));
  const std::vector<ValueId> pair{values.integer(1), values.integer(2)};
  EXPECT_EQ(values.list(pair), values.list(pair));
  EXPECT_EQ(values.list({}), kEmptyList);
}

TEST(ValueTable, ManyValues_AreAllFound) {
  ValueTable values;
  std::vector<ValueId> ids;
  for (std::int64_t i = -5000; i < 5000; ++i) {
    ids.push_back(values.integer(i * 1'000'003));
    ids.push_back(values.text(std::to_string(i)));
  }
  const std::size_t size = values.size();
  std::size_t next = 0;
  for (std::int64_t i = -5000; i < 5000; ++i) {
    ASSERT_EQ(values.integer(i * 1'000'003), ids[next++]);
    ASSERT_EQ(values.find_text(std::to_string(i)), ids[next]);
    ASSERT_EQ(values.text(std::to_string(i)), ids[next++]);
  }
  EXPECT_EQ(values.size(), size);
}

TEST(ValueTable, ValueOfAnotherKindOrOfNone_IsNothing) {
  ValueTable values;
  const ValueId list = values.list(std::vector{values.integer(7)});
  const ValueId text = values.text("a");
  EXPECT_EQ(values.kind(kNoValue), ValueTable::Kind::kNull);
  for (const ValueId id : {kNoValue, kNullValue, text, list}) EXPECT_EQ(values.as_integer(id), 0);
  for (const ValueId id : {kNoValue, kNullValue, values.integer(7), list}) {
    EXPECT_EQ(values.as_text(id), "");
  }
  for (const ValueId id : {kNoValue, kNullValue, values.integer(7), text}) {
    EXPECT_TRUE(values.as_list(id).empty());
  }
}

TEST(ValueTable, WhatIsNotThere_IsNotFound) {
  ValueTable values;
  EXPECT_EQ(values.find_text("a"), kNoValue);
  const ValueId one = values.integer(1);
  EXPECT_EQ(values.find_list({&one, 1}), kNoValue);
}

TEST(ValueTable, Json_IsTheTextOfTheValue) {
  ValueTable values;
  const std::vector<ValueId> mixed{values.integer(-1), values.text("a\"\n"), kNullValue,
                                   values.list({})};
  EXPECT_EQ(values.json(values.list(mixed)), R"([-1,"a\"\u000a",null,[]])");
}

}  // namespace
}  // namespace capsize::checker
