// Targets of requests: what they are taken apart into, and that none leads anywhere but down.
#include "serve/gate/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace capsize::serve {
namespace {

using ::testing::ElementsAre;

TEST(Target, PathAndQuery_AreDecodedOnce) {
  const auto target = parse_target("/api/run/default/20260131T120000.000Z-7?text=a%20b+c&x=%2541");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->path, ElementsAre("api", "run", "default", "20260131T120000.000Z-7"));
  EXPECT_EQ(target->value("text"), "a b c");
  EXPECT_EQ(target->value("x"), "%41");
  EXPECT_EQ(target->value("missing"), "");
}

TEST(Target, Root_HasNoSegments) {
  const auto target = parse_target("/?token=x&&y");
  ASSERT_TRUE(target);
  EXPECT_TRUE(target->path.empty());
  EXPECT_EQ(target->value("token"), "x");
  EXPECT_EQ(target->value("y"), "");
}

TEST(Target, EqualKeys_TheFirstCounts) {
  EXPECT_EQ(parse_target("/?a=1&a=2")->value("a"), "1");
}

TEST(Target, PathThatLeadsElsewhere_IsNone) {
  const std::string zero("/file/a\0b", 9);
  for (const std::string& target : {std::string(),
                                    std::string("api"),
                                    std::string("//"),
                                    std::string("/a//b"),
                                    std::string("/a/"),
                                    std::string("/."),
                                    std::string("/.."),
                                    std::string("/a/../b"),
                                    std::string("/%2e%2e/x"),
                                    std::string("/%2E./x"),
                                    std::string("/a%2fb"),
                                    std::string("/%252e%252e/x"),
                                    std::string("/a%5cb"),
                                    std::string("/a\\b"),
                                    std::string("/a%00b"),
                                    zero,
                                    std::string("/%"),
                                    std::string("/%4"),
                                    std::string("/%zz"),
                                    std::string("/.hidden"),
                                    std::string("/a b"),
                                    std::string("/a%20b"),
                                    std::string("/\xc0\xae\xc0\xae/x"),
                                    std::string("/%c0%ae"),
                                    std::string("/\xff"),
                                    std::string("http://127.0.0.1/x"),
                                    std::string("/a;b"),
                                    std::string("/a:b"),
                                    "/" + std::string(256, 'a'),
                                    "/" + std::string(kTargetBytesMax, 'a')}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
}

TEST(Target, QueryThatIsEncodedBadly_IsNone) {
  for (const char* target : {"/?a=%", "/?a=%2", "/?%zz=1"}) EXPECT_FALSE(parse_target(target));
  std::string many = "/?";
  for (int i = 0; i < 40; ++i) many += std::to_string(i) + "=1&";
  EXPECT_FALSE(parse_target(many));
}

TEST(Target, Names_AreThoseOfRunsAndTheirFiles) {
  for (const char* name :
       {"default", "20260131T120000.000Z-7.1", "trace.jsonl", "core.123", "a+b"}) {
    EXPECT_TRUE(is_name(name)) << name;
  }
  for (const char* name : {"", ".", "..", ".serve-80", "a/b", "a\nb", "ä", "a\"b"}) {
    EXPECT_FALSE(is_name(name)) << name;
  }
}

}  // namespace
}  // namespace capsize::serve
