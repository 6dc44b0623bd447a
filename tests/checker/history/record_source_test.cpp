#include "checker/history/record_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

// Reads in pieces of `step` bytes, so that every state is carried over a boundary.
class Dribble final : public ByteSource {
 public:
  Dribble(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}
  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t taken = std::min({size, step_, text_.size() - at_});
    text_.copy(buffer, taken, at_);
    at_ += taken;
    return taken;
  }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t at_ = 0;
};

std::string all_of(ByteSource& source) {
  std::string out;
  char buffer[7];
  while (const std::size_t got = source.read(buffer, sizeof buffer)) out.append(buffer, got);
  return out;
}

std::string laid_out(Notation notation, const std::string& text) {
  RecordSource whole(notation, text_source(text));
  const std::string expected = all_of(whole);
  for (const std::size_t step : {1u, 2u, 3u}) {
    RecordSource pieces(notation, std::make_unique<Dribble>(text, step));
    EXPECT_EQ(all_of(pieces), expected);
  }
  return expected;
}

TEST(RecordSource, RecordsOnLines_StayOnTheirLines) {
  EXPECT_EQ(laid_out(Notation::kEdn, "{:a 1}\n\n{:b 2}\n"), "{:a 1}\n\n{:b 2}\n");
  EXPECT_EQ(laid_out(Notation::kEdn, "; note\n{:a 1} ; more\n{:b 2}"), "\n{:a 1}\n{:b 2}\n");
}

TEST(RecordSource, RecordOverManyLines_StandsWhereItBegins) {
  EXPECT_EQ(laid_out(Notation::kEdn, "[{:a 1,\n  :b 2}\n {:c 3}]\n"), "{:a 1, :b 2}\n\n{:c 3}\n");
  EXPECT_EQ(laid_out(Notation::kJson, "[\n {\n  \"a\": 1,\n  \"b\": 2\n },\n {\"c\": 3}\n]\n"),
            "\n{\"a\": 1,\"b\": 2}\n\n\n\n{\"c\": 3}\n\n");
}

TEST(RecordSource, RecordsOnOneLine_GetLinesOfTheirOwn) {
  RecordSource source(Notation::kJson, text_source("[{\"a\":[1,2]},{\"b\":2}]"));
  EXPECT_EQ(all_of(source), "{\"a\":[1,2]}\n{\"b\":2}\n");
  EXPECT_TRUE(source.numbers_records());
  EXPECT_FALSE(source.cut_off());
}

TEST(RecordSource, BracketsInTexts_AreTexts) {
  EXPECT_EQ(laid_out(Notation::kJson, R"([{"a":"}]\"{"},{"b":1}])"),
            "{\"a\":\"}]\\\"{\"}\n{\"b\":1}\n");
  EXPECT_EQ(laid_out(Notation::kEdn, "{:a \\}} {:b \"x\ny\"}"), "{:a \\}}\n{:b \"x\\ny\"}\n");
}

TEST(RecordSource, DiscardedAndAnnotatedForms_BelongToWhatFollows) {
  EXPECT_EQ(laid_out(Notation::kEdn, "#_{:a 1} {:b 2}\n{:c 3}\n"), "#_{:a 1} {:b 2}\n{:c 3}\n");
  EXPECT_EQ(laid_out(Notation::kEdn, "^{:line 1} {:b 2}"), "^{:line 1} {:b 2}\n");
  EXPECT_EQ(laid_out(Notation::kEdn, "#tag.Of\n{:b 2}"), "#tag.Of {:b 2}\n");
}

TEST(RecordSource, EndInside_IsCutOff) {
  for (const char* text : {"[{\"a\":1},{\"b\":", "[{\"a\":1},", "[{\"a\":1}"}) {
    RecordSource source(Notation::kJson, text_source(text));
    all_of(source);
    EXPECT_TRUE(source.cut_off()) << text;
  }
}

std::string message_of(const std::string& text) {
  const LoadResult loaded = load_history_text(text, {}, "h");
  const auto* malformed = std::get_if<Malformed>(&loaded);
  return malformed == nullptr ? "(no error)" : malformed->message();
}

TEST(RecordSource, Errors_NameTheLineOrTheRecord) {
  const std::string good = R"({"process":0,"type":"invoke","f":"read"})";
  const std::string bad = R"({"process":0,"type":"done","f":"read"})";
  EXPECT_THAT(message_of("[" + good + ",\n" + bad + "]"), HasSubstr("h:2:"));
  EXPECT_THAT(message_of("[" + good + "," + bad + "]"), HasSubstr("h: record 2: found"));
}

TEST(RecordSource, TextOfAnotherKind_IsLeftAlone) {
  for (const char* text : {"process,f,start\n", "# a comment\n", "[2024-05-01 10:00] INFO\n",
                           "{\"a\":1}\n{\"b\":2}\n", ""}) {
    auto source = one_record_a_line(text_source(text));
    EXPECT_EQ(all_of(*source), text);
  }
  auto marked = one_record_a_line(text_source("\xef\xbb\xbf{\"a\":1}\n"));
  EXPECT_EQ(all_of(*marked), "{\"a\":1}\n");
}

}  // namespace
}  // namespace capsize::checker
