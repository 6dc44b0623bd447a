// Formats with one line an operation: times decide there, and only there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

std::variant<History, std::string> load(const std::string& text, const ReadOptions& options) {
  LoadResult loaded = load_history_text(text, {.reading = options}, "h");
  if (auto* malformed = std::get_if<Malformed>(&loaded)) return malformed->message();
  return std::get<History>(std::move(loaded));
}

History read(const std::string& text, const ReadOptions& options = {}) {
  auto loaded = load(text, options);
  if (auto* error = std::get_if<std::string>(&loaded)) {
    ADD_FAILURE() << *error;
    return {};
  }
  return std::get<History>(std::move(loaded));
}

std::string error_of(const std::string& text, const ReadOptions& options = {}) {
  const auto loaded = load(text, options);
  const auto* error = std::get_if<std::string>(&loaded);
  return error == nullptr ? "(no error)" : *error;
}

Verdict verdict(const std::string& text, const ReadOptions& options = {}) {
  return check_history(read(text, options), {.model = "register"}).verdict;
}

const std::string kCsv =
    "process,f,key,value,start,end,type,note\n"
    "1,write,x,7,10,20,ok,first\n"
    "2,read,x,7,15,30,,\"a, \"\"b\"\"\"\n"
    "3,write,x,8,40,,,\n"
    "4,cas,\"y\",\"[1,null]\",5,6,fail,\n";

TEST(Csv, Records_BecomeOperations) {
  const History history = read(kCsv);
  EXPECT_EQ(history.format, "csv");
  ASSERT_EQ(history.operations.size(), 4u);
  const auto of_x = history.of_key(0);
  EXPECT_EQ(of_x[0].function, kWrite);
  EXPECT_EQ(history.values.json(of_x[0].argument), "7");
  EXPECT_EQ(of_x[1].outcome, Outcome::kOk) << "it has an end and no type";
  EXPECT_EQ(of_x[1].result, of_x[0].argument);
  EXPECT_EQ(of_x[2].outcome, Outcome::kInfo) << "it has no end and no type";
  EXPECT_EQ(of_x[2].complete, kNever);
  EXPECT_LT(of_x[1].invoke, of_x[0].complete) << "they overlap";
  EXPECT_EQ(history.values.json(history.of_key(1)[0].argument), "[1,null]");
  EXPECT_EQ(history.of_key(1)[0].outcome, Outcome::kFail);
}

TEST(Csv, RecordOverSeveralLines_IsOne) {
  const History history = read("f,key,value,start,end\r\nwrite,x,\"a\nb\r\n,\"\"c\",1,2\r\n");
  ASSERT_EQ(history.operations.size(), 1u);
  EXPECT_EQ(history.values.as_text(history.operations[0].argument), "a\nb\r\n,\"c");
}

TEST(Csv, ValuesThatReadLikeJson_AreThat) {
  const History history = read(
      "f,key,value,start,end\n"
      "write,x,5,1,2\nwrite,x,\"\"\"5\"\"\",3,4\nwrite,x,five,5,6\nwrite,x,null,7,8\nwrite,x,,9,9\n"
      "write,x,007,10,11\n");
  std::vector<std::string> written;
  for (const Operation& operation : history.operations) {
    written.push_back(history.values.json(operation.argument));
  }
  EXPECT_THAT(written, ::testing::ElementsAre("5", "\"5\"", "\"five\"", "null", "null", "\"007\""));
}

TEST(Csv, Errors_NameColumnAndExpectation) {
  const std::string head = "process,f,key,value,start,end,type\n";
  EXPECT_THAT(error_of(head + "1,write,x,5,soon,9,ok\n"),
              HasSubstr("h:2:13: found start: \"soon\", expected whole nanoseconds"));
  EXPECT_THAT(error_of(head + "1,write,x,5,7,6,ok\n"),
              HasSubstr("h:2:15: found end: \"6\", expected a time not before the start, 7"));
  EXPECT_THAT(error_of(head + "1,write,x,5,7,,ok\n"), HasSubstr("nothing in the column end"));
  EXPECT_THAT(error_of(head + "1,write,x\n"), HasSubstr("found 3 cells, expected 7"));
  EXPECT_THAT(error_of(head + "1,wr\"ite,x,5,1,2,ok\n"), HasSubstr("h:2:5"));
  EXPECT_THAT(error_of(head + "1,write,x,5,1,2,invoke\n"), HasSubstr("expected \"ok\""));
  EXPECT_THAT(error_of("f,key\nread,x\n", {.format = "csv"}), HasSubstr("no column \"start\""));
}

TEST(Csv, FileCutOffInsideARecord_IsReadUpToThere) {
  const std::string head = "process,f,key,value,start,end\n1,write,x,5,1,2\n";
  for (const char* rest : {"2,read,x,\"5", "2,re", "2,read,x,\"[5,\n"}) {
    const History history = read(head + rest);
    EXPECT_TRUE(history.cut_off) << rest;
    EXPECT_EQ(history.operations.size(), 1u) << rest;
  }
}

TEST(Intervals, JsonObjects_AreTheSameOperations) {
  const History history =
      read(R"({"capsize-history":1,"format":"intervals","model":"register","initial":3})"
           "\n"
           R"({"process":1,"f":"write","key":"x","value":7,"start":10,"end":20})"
           "\n"
           R"({"process":"nemesis","f":"kill","start":1})"
           "\n"
           R"({"process":2,"f":"dequeue","key":"q","value":null,"result":4,"start":1,"end":null})"
           "\n");
  EXPECT_EQ(history.format, "intervals");
  EXPECT_EQ(history.header_model, "register");
  ASSERT_EQ(history.operations.size(), 2u);
  EXPECT_EQ(history.operations[1].outcome, Outcome::kInfo);
  EXPECT_EQ(read(R"({"f":"read","value":7,"start":10,"end":20})").format, "intervals");
}

TEST(Intervals, Errors_NameTheField) {
  EXPECT_THAT(error_of(R"({"f":"read","start":-5})"), HasSubstr("h:1:21: found \"start\": -5"));
  EXPECT_THAT(error_of(R"({"f":"read","start":1.5})"), HasSubstr("expected whole nanoseconds"));
  EXPECT_THAT(error_of(R"({"start":1,"end":2})"), HasSubstr("no \"f\""));
  EXPECT_THAT(error_of(R"({"f":"read","start":1,"type":"ok"})"), HasSubstr("expected a time"));
}

std::string write_then_read(int write_end, int read_start) {
  return "f,value,start,end\nwrite,1,0," + std::to_string(write_end) + "\nread,null," +
         std::to_string(read_start) + ",100\n";
}

TEST(Intervals, EqualTimes_Overlap) {
  EXPECT_EQ(verdict(write_then_read(50, 51)), Verdict::kInvalid);
  EXPECT_EQ(verdict(write_then_read(50, 50)), Verdict::kValid);
}

TEST(Intervals, ClockError_WidensBothEnds) {
  using std::chrono::nanoseconds;
  const std::string text = write_then_read(50, 61);
  EXPECT_EQ(verdict(text), Verdict::kInvalid);
  EXPECT_EQ(verdict(text, {.clock_error = nanoseconds(5)}), Verdict::kInvalid);
  EXPECT_EQ(verdict(text, {.clock_error = nanoseconds(6)}), Verdict::kValid);
}

// Widened intervals of one process overlap; that is no reason to refuse them.
TEST(Intervals, RulesOfProcesses_AreThoseOfTheTimesAsWritten) {
  const std::string head = "process,f,value,start,end\n";
  const std::string in_turn = head + "1,write,1,0,10\n1,write,2,10,20\n";
  EXPECT_EQ(verdict(in_turn, {.clock_error = std::chrono::milliseconds(1)}), Verdict::kValid);
  EXPECT_THAT(error_of(head + "1,write,2,5,20\n1,write,1,0,10\n"),
              HasSubstr("h:2:1: found a second open operation of process 1, expected a start at or "
                        "after the end of the one on line 3"));
  EXPECT_THAT(error_of(head + "1,write,2,5,\n1,write,1,9,10\n"),
              HasSubstr("found process 1 again"));
  EXPECT_EQ(read(head + "1,write,2,5,\n1,write,1,9,10\n", {.lenient = true}).skipped.count, 1u);
}

}  // namespace
}  // namespace capsize::checker
