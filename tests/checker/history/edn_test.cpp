// EDN as it occurs: every notation of values, and maps in every layout.
#include "checker/history/edn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string json_of(const std::string& edn) {
  ValueTable values;
  EdnReader reader(edn, 0);
  const auto value = reader.value(values);
  if (!value) return "(no value: " + reader.found() + ")";
  if (!reader.at_end()) return "(rest: " + reader.found() + ")";
  return values.json(*value);
}

TEST(Edn, Values_BecomeTheirJson) {
  EXPECT_EQ(json_of("5"), "5");
  EXPECT_EQ(json_of("+5"), "5");
  EXPECT_EQ(json_of("nil"), "null");
  EXPECT_EQ(json_of(":key"), "\"key\"");
  EXPECT_EQ(json_of("symbol"), "\"symbol\"");
  EXPECT_EQ(json_of("java.net.SocketTimeoutException"), "\"java.net.SocketTimeoutException\"");
  EXPECT_EQ(json_of("[1, [2 nil] (3)]"), "[1,[2,null],[3]]");
  EXPECT_EQ(json_of("[#{2 1} #{1, 2}]"), "[[2,1],[2,1]]");
  EXPECT_EQ(json_of("{:b 2 :a 1}"), R"({"a":1,"b":2})");
  EXPECT_EQ(json_of("{0 10, 1 5}"), R"({"0":10,"1":5})");
  EXPECT_EQ(json_of("\\a"), "\"a\"");
  EXPECT_EQ(json_of("\\space"), "\" \"");
  EXPECT_EQ(json_of("[\\] \\{]"), R"(["]","{"])");
}

TEST(Edn, Numbers_AreEqualWhateverTheirNotation) {
  EXPECT_EQ(json_of("123N"), "123");
  EXPECT_EQ(json_of("1.5M"), json_of("1.5"));
  EXPECT_EQ(json_of("2.0"), "2");
  EXPECT_EQ(json_of("123456789012345678901234567890N"), "123456789012345678901234567890");
  EXPECT_EQ(json_of("0.12345678901234567890M"), "0.1234567890123456789");
  EXPECT_EQ(json_of("1/3"), "\"1/3\"");
}

TEST(Edn, Escapes_AreCharacters) {
  EXPECT_EQ(json_of(R"("caf\u00e9")"), "\"caf\xC3\xA9\"");
  EXPECT_EQ(json_of(R"("\ud83d\ude00")"), "\"\xF0\x9F\x98\x80\"");
  EXPECT_EQ(json_of(R"("a\tb\\\"\101")"), R"("a\u0009b\\\"A")");
  EXPECT_THAT(json_of(R"("\q")"), HasSubstr("no value"));
  EXPECT_THAT(json_of(R"("\u12")"), HasSubstr("no value"));
}

TEST(Edn, WhatIsNoValue_IsSkipped) {
  EXPECT_EQ(json_of("; a comment\n 7"), "7");
  EXPECT_EQ(json_of("[1 #_ 2 #_[3 #_4] 5]"), "[1,5]");
  EXPECT_EQ(json_of("^{:line 3} [1]"), "[1]");
  EXPECT_EQ(json_of("#inst \"2024-05-01\""), "\"2024-05-01\"");
  EXPECT_EQ(json_of("#object[clojure.lang.Delay 0x1f \"x\"]"),
            R"(["clojure.lang.Delay","0x1f","x"])");
}

TEST(Edn, WhatIsBroken_IsNoValue) {
  for (const char* broken : {"[1", "{:a}", "\"open", "]", "#_", "[#_]", "", "(1 2]"}) {
    EXPECT_THAT(json_of(broken), HasSubstr("(")) << broken;
  }
  EXPECT_THAT(json_of(std::string(100000, '[')), HasSubstr("no value"));
  std::string discards;
  for (int i = 0; i < 100000; ++i) discards += "#_ ";
  EXPECT_THAT(json_of(discards), HasSubstr("no value"));
}

History read(const std::string& text, const ReadOptions& options = {}) {
  LoadResult loaded = load_history_text(text, {.reading = options}, "h");
  if (auto* malformed = std::get_if<Malformed>(&loaded)) {
    ADD_FAILURE() << malformed->message();
    return {};
  }
  return std::get<History>(std::move(loaded));
}

std::string error_of(const std::string& text, const ReadOptions& options = {}) {
  const LoadResult loaded = load_history_text(text, {.reading = options}, "h");
  const auto* malformed = std::get_if<Malformed>(&loaded);
  return malformed == nullptr ? "(no error)" : malformed->message();
}

TEST(EdnMaps, UnusedFields_MayHoldAnything) {
  const History history = read(
      "{:process 0, :type :invoke, :f :write, :value 1, :via [{:type a.b.C}], 7 8}\n"
      "{:process 0, :type :info, :f :write, :value 1, :error [:crash \"x\"], :exception\n"
      "  {:via [{:type java.sql.SQLException, :at [a.b.C$fn__12 invoke \"C.java\" 3]}]}}\n");
  EXPECT_EQ(history.counts.info, 1u);
}

TEST(EdnMaps, NamespacedAndRecordMaps_AreMaps) {
  EXPECT_EQ(read("#:op{:process 0, :type :invoke, :f :read}\n").counts.operations, 1u);
  EXPECT_EQ(
      read("#knossos.op.Op{:process 0, :type :invoke, :f :read, :index -1}\n").counts.operations,
      1u);
}

TEST(EdnMaps, IndexOnSomeMapsOnly_IsMalformed) {
  EXPECT_EQ(error_of("{:process 0, :type :invoke, :f :read, :index 0}\n"
                     "{:process 0, :type :ok, :f :read, :value 1}\n"),
            "h:2:1: found no :index, expected one, as in the maps before");
}

TEST(EdnMaps, FieldThatIsMissing_IsNamed) {
  EXPECT_THAT(error_of("{:process 0, :type :invoke, :value 1}\n"), HasSubstr("found no :f"));
  EXPECT_THAT(error_of("{:type :invoke, :f :read}\n"), HasSubstr("found no :process"));
  EXPECT_THAT(error_of("{:a 1}\n{:b 2}\n"), HasSubstr("no operation in any of them"));
}

TEST(EdnMaps, ProcessNil_IsAProcessLikeAnother) {
  const History history = read(
      "{:process nil, :type :invoke, :f :read}\n"
      "{:process nil, :type :ok, :f :read, :value 3}\n");
  EXPECT_EQ(history.counts.ok, 1u);
  EXPECT_EQ(history.process_text(history.operations[0].process), "nil");
}

TEST(EdnMaps, EmptyTextReadByGet_IsTheInitialValueUnlessNullIsReadToo) {
  const std::string empty =
      "{:process 0, :type :invoke, :f :get, :key \"x\"}\n"
      "{:process 0, :type :ok, :f :get, :key \"x\", :value \"\"}\n";
  const History history = read(empty);
  ASSERT_TRUE(history.initial);
  EXPECT_EQ(history.values.json(*history.initial), "\"\"");
  EXPECT_THAT(history.notes, ElementsAre(HasSubstr("--initial")));
  const std::string null =
      "{:process 1, :type :invoke, :f :get, :key \"y\"}\n"
      "{:process 1, :type :ok, :f :get, :key \"y\", :value nil}\n";
  EXPECT_FALSE(read(empty + null).initial);
  EXPECT_FALSE(read(null).initial);
  const std::string written = "{:process 2, :type :invoke, :f :put, :key \"x\", :value \"\"}\n";
  EXPECT_FALSE(read(written + empty).initial);
}

}  // namespace
}  // namespace capsize::checker
