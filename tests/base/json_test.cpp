#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "base/prng.h"

namespace capsize::base {
namespace {

using testing::HasSubstr;

std::string type_error(const std::function<void()>& read) {
  try {
    read();
  } catch (const JsonTypeError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Json, BracedList_PairsThatBeginWithAString_IsAnObject) {
  const Json object = {{"b", 2}, {"a", {{"nested", true}}}};
  EXPECT_EQ(object.dump(), R"({"a":{"nested":true},"b":2})");
}

TEST(Json, BracedList_AnythingElse_IsAnArray) {
  const Json array = {{1, 2}, {"a", 2}};
  EXPECT_EQ(array.dump(), R"([[1,2],["a",2]])");
  EXPECT_EQ(Json::array({{"a", 1}}).dump(), R"([["a",1]])");
  EXPECT_EQ(Json(Json::List{}).dump(), "{}");
}

TEST(Json, BracedList_Values_AreMovedNotCopied) {
  Json large = std::string(1000, 'x');
  const char* text = large.text().data();
  const Json object = {{"key", std::move(large)}};
  EXPECT_EQ(object["key"].text().data(), text);
}

TEST(Json, Map_OfCounts_IsAnObject) {
  const std::map<std::string, std::uint64_t> counts = {{"lost", 3}, {"cut", 1}};
  EXPECT_EQ(Json(counts).dump(), R"({"cut":1,"lost":3})");
}

TEST(Json, Get_NumberThatDoesNotFit_Throws) {
  EXPECT_EQ(Json(7).get<std::uint64_t>(), 7U);
  EXPECT_EQ(Json(7U).get<int>(), 7);
  EXPECT_EQ(Json(7U).get<double>(), 7.0);
  EXPECT_THAT(type_error([] { (void)Json(-1).get<std::uint64_t>(); }), HasSubstr("found -1"));
  const Json largest = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(largest.get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_NE(type_error([&] { (void)largest.get<std::int64_t>(); }), "no error");
  EXPECT_NE(type_error([&] { (void)Json(std::int64_t{1} << 40).get<int>(); }), "no error");
  EXPECT_NE(type_error([&] { (void)Json(0.5).get<std::int64_t>(); }), "no error");
}

TEST(Json, Read_AsAnotherType_ThrowsWithFoundAndExpected) {
  EXPECT_EQ(type_error([] { (void)Json("x").get<bool>(); }),
            R"(found "x", expected true or false)");
  EXPECT_EQ(type_error([] { (void)Json(1).text(); }), "found 1, expected a string");
  const Json object = {{"a", 1}};
  EXPECT_THAT(type_error([&] { (void)object.at("b"); }), HasSubstr("an object with the key b"));
  EXPECT_NE(type_error([&] { (void)object[0]; }), "no error");
  EXPECT_NE(type_error([&] { (void)Json::array({1})[1]; }), "no error");
  EXPECT_NE(type_error([&] { (void)Json(1).value("a", 0); }), "no error");
}

TEST(Json, MissingKey_ReadsAsNull) {
  const Json object = {{"a", 1}};
  EXPECT_TRUE(object["b"].is_null());
  EXPECT_EQ(object.value("b", std::uint64_t{5}), 5U);
  EXPECT_EQ(object.value("b", "text"), "text");
  EXPECT_EQ(object.find("b"), object.end());
  EXPECT_EQ(Json().value("b", 3), 3);
}

TEST(Json, Value_DefaultOfZero_DoesNotLimitTheNumber) {
  EXPECT_EQ(Json({{"n", std::int64_t{1} << 40}}).value("n", 0), std::int64_t{1} << 40);
}

TEST(Json, Equality_OfNumbers_ComparesValues) {
  EXPECT_EQ(Json(1), Json(1U));
  EXPECT_EQ(Json(1), Json(1.0));
  EXPECT_NE(Json(-1), Json(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_NE(Json(1), Json("1"));
  EXPECT_NE(Json(), Json(false));
}

TEST(Json, Items_OfAnObject_AreSortedAndPairedWithTheirValues) {
  const Json object = {{"z", 1}, {"a", 2}, {"m", 3}};
  std::string seen;
  for (const auto& [key, value] : object.items()) seen += key + value.dump();
  EXPECT_EQ(seen, "a2m3z1");
  for (const auto& [key, value] : Json(3).items()) FAIL() << key << value.dump();
}

TEST(Json, MergePatch_FollowsRfc7396) {
  Json target = {{"a", {{"b", 1}, {"c", 2}}}, {"d", 3}};
  target.merge_patch({{"a", {{"b", nullptr}, {"e", 4}}}, {"d", Json::array({1})}});
  EXPECT_EQ(target.dump(), R"({"a":{"c":2,"e":4},"d":[1]})");
}

TEST(Json, Parse_Malformed_ReportsThePosition) {
  JsonSyntaxError error;
  EXPECT_TRUE(Json::parse(R"({"a": 1, "b" 2})", &error).is_invalid());
  EXPECT_EQ(error.byte, 14U);
  EXPECT_FALSE(error.too_deep);
  for (const char* text : {"", "{", "[1,]", "nul", "\"\xff\"", "1 2", "{\"a\"}", "// c\n1"}) {
    EXPECT_TRUE(Json::parse(text).is_invalid()) << text;
  }
  EXPECT_EQ(Json::parse_with_comments("// c\n[1, /* d */ 2]"), Json::array({1, 2}));
}

TEST(Json, Parse_TooDeep_IsRefusedWithItsOwnFlag) {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_TRUE(Json::parse(nested(kJsonNestingMax)).is_array());
  JsonSyntaxError error;
  EXPECT_TRUE(Json::parse(nested(kJsonNestingMax + 1), &error).is_invalid());
  EXPECT_TRUE(error.too_deep);
  EXPECT_TRUE(Json::parse(std::string(1'000'000, '['), &error).is_invalid());
}

TEST(Json, Parse_DuplicateKey_TheLastCounts) {
  EXPECT_EQ(Json::parse(R"({"a":1,"a":2})").dump(), R"({"a":2})");
}

TEST(Json, Dump_BytesThatAreNotUtf8_AreReplaced) {
  EXPECT_EQ(Json("a\xff\x62").dump(), "\"a\xef\xbf\xbd\x62\"");
  EXPECT_EQ(Json("\x01\"\\\n").dump(), R"("\u0001\"\\\n")");
}

TEST(JsonPlace, ToString_EscapesAsRfc6901Says) {
  EXPECT_EQ((JsonPlace({"a/b"}) / "c~d" / 3).to_string(), "/a~1b/c~0d/3");
  EXPECT_EQ(JsonPlace().to_string(), "");
}

/// Json and nlohmann/json parse and print the same random documents.
class RandomDocument {
 public:
  explicit RandomDocument(std::uint64_t seed) : random_(seed) {}
  nlohmann::json draw(int depth = 0) {
    switch (random_.below(depth < 4 ? 8 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return random_.chance(0.5);
      case 2:
        return random_.next();
      case 3:
        return -static_cast<std::int64_t>(random_.below(1U << 30));
      case 4:
        return static_cast<double>(random_.next()) / 1024.0 - 1e10;
      case 5:
        return text();
      case 6: {
        auto array = nlohmann::json::array();
        for (auto left = random_.below(5); left > 0; --left) array.push_back(draw(depth + 1));
        return array;
      }
      default: {
        auto object = nlohmann::json::object();
        for (auto left = random_.below(5); left > 0; --left) object[text()] = draw(depth + 1);
        return object;
      }
    }
  }

 private:
  std::string text() {
    static const std::vector<std::string> kPieces = {"a",    "Z",    " ",      "\"",     "\\", "\n",
                                                     "\x01", "\x7f", "\u00e9", "\u6f22", "/",  "0"};
    std::string made;
    for (auto left = random_.below(6); left > 0; --left) {
      made += kPieces[random_.below(kPieces.size())];
    }
    return made;
  }
  Prng random_;
};

TEST(Json, ParseAndDump_RandomDocuments_AgreeWithNlohmannJson) {
  RandomDocument documents(7);
  for (int i = 0; i < 5000; ++i) {
    const nlohmann::json expected = documents.draw();
    const Json value = Json::parse(expected.dump());
    ASSERT_EQ(value.dump(), expected.dump());
    ASSERT_EQ(value.dump(2), expected.dump(2));
    ASSERT_EQ(Json::parse(value.dump()), value);
  }
}

TEST(Json, ObjectWithKeysInAnyOrder_IsSortedAndItsLastValueOfAKeyCounts) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i)
    text += "\"k" + std::to_string(i * 7919 % 1000) + "\":" + std::to_string(i) + ",";
  text += R"("k5":"last","a":{"z":1,"b":2}})";
  const Json object = Json::parse(text);
  ASSERT_EQ(object.size(), 1001U);
  EXPECT_EQ(object["k5"].text(), "last");
  EXPECT_EQ(object["a"].dump(), R"({"b":2,"z":1})");
  std::string before;
  for (const auto& [key, value] : object.items()) {
    EXPECT_LT(before, key);
    before = key;
  }
}

}  // namespace
}  // namespace capsize::base
