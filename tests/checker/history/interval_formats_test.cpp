// Formats with one line per operation: times decide there, and only there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/check.h"

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
  const std::string text = write_then_read(50, 61) + "read,1,1000,1001\n";
  EXPECT_EQ(verdict(text), Verdict::kInvalid);
  EXPECT_EQ(verdict(text, {.clock_error = nanoseconds(5)}), Verdict::kInvalid);
  EXPECT_EQ(verdict(text, {.clock_error = nanoseconds(6)}), Verdict::kValid);
}

TEST(Intervals, ClockErrorThatLeavesNoOrder_IsVacuous) {
  const std::string head = "f,key,value,start,end\n";
  const std::string times =
      "write,x,1,1714557600100,1714557600101\n"
      "write,x,2,1714557600200,1714557600201\n"
      "read,x,1,1714557660000,1714557660001\n";
  const ReadOptions wide{.clock_error = std::chrono::milliseconds(5)};
  const Report report =
      check_history(read(head + times, wide), {.model = "register", .reading = wide});
  EXPECT_EQ(report.verdict, Verdict::kVacuous);
  EXPECT_THAT(report.reason, HasSubstr("--clock-error"));
  EXPECT_THAT(report.reason, HasSubstr("--time-unit ms"));
  ReadOptions right = wide;
  right.time_unit = 1'000'000;
  EXPECT_EQ(verdict(head + times, right), Verdict::kInvalid);
  EXPECT_FALSE(read(head + "write,x,1,0,9\nread,x,1,5,9\n", wide).order_lost_to_clock_error)
      << "nothing was in order before";
  // Order counts within a key, which is what is judged.
  const std::string two_keys =
      "write,x,1,0,9\nwrite,y,1,8,90\nread,x,1,50,60\nread,y,1,9000000,9000001\n";
  EXPECT_TRUE(read(head + two_keys, wide).order_lost_to_clock_error);
  EXPECT_FALSE(
      read(head + two_keys + "read,x,1,20000000,20000001\n", wide).order_lost_to_clock_error);
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

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr std::int64_t kMayFirst = 1'714'557'600'000'000'000;  // 2024-05-01T10:00:00Z

// What spreadsheets write: other delimiters, blanks, capitals, a line that names the delimiter,
// empty cells after the last column, records of empty cells.
TEST(Csv, TablesOfSpreadsheets_AreTheSameOperations) {
  for (const char* text : {
           "process;f;key;value;start;end\n4;write;a;9;10;20\n5;read;a;9;30;40\n",
           "process\tf\tkey\tvalue\tstart\tend\r\n4\twrite\ta\t9\t10\t20\r\n5\tread\ta\t9\t30\t40\r"
           "\n",
           "Process | F | Key | Value | Start | End\n4 | write | a | 9 | 10 | "
           "20\n5|read|a|9|30|40\n",
           "sep=;\r\nPROCESS;F;KEY;VALUE;START;END\r\n4;WRITE;a;9;10;20\r\n5;Read;a;9;30;40\r\n",
           "note;process;f;key;value;start;end\n\"a,b,c\";4;write; \"a\" "
           ";9;10;20;;\n;;;;;;\n;5;read;a;9;30;40\n",
           "\"process\",\"f\",\"key\",\"value\",\"start\",\"end\"\n\"4\",\"write\",\"a\",\"9\","
           "\"10\",\"20\"\n"
           "5,read,a,9.0,30.0,40.0\n,,,,,\n",
       }) {
    const History history = read(text);
    EXPECT_EQ(history.format, "csv") << text;
    ASSERT_EQ(history.operations.size(), 2u) << text;
    EXPECT_EQ(history.keys, std::vector<std::string>{"a"}) << text;
    EXPECT_EQ(history.operations[0].process, 4) << text;
    EXPECT_EQ(history.operations[0].function, kWrite) << text;
    EXPECT_EQ(history.operations[1].complete_time, 40) << text;
    EXPECT_EQ(history.values.json(history.operations[1].result), "9") << text;
  }
}

TEST(Csv, BlanksWithinQuotes_BelongToTheText) {
  const History history = read("f,value,start,end\nwrite, \" a \" ,1,2\nwrite, a ,3,4\n");
  EXPECT_EQ(history.values.as_text(history.operations[0].argument), " a ");
  EXPECT_EQ(history.values.as_text(history.operations[1].argument), "a");
}

TEST(Csv, ClientsWithNames_AreClients) {
  const std::string head = "process,f,key,value,start,end\n";
  const History history =
      read(head + "alice,write,x,1,1,2\nbob,read,x,7,3,4\nnemesis,kill,,n1,2,\n");
  ASSERT_EQ(history.operations.size(), 2u);
  EXPECT_EQ(history.process_text(history.operations[0].process), "alice");
  EXPECT_THAT(history.notes, Contains(HasSubstr("1 events of \"nemesis\" skipped")));
  EXPECT_EQ(verdict(head + "alice,write,x,1,1,2\nbob,read,x,7,3,4\n"), Verdict::kInvalid);
  EXPECT_THAT(error_of(head + "alice,login,x,1,1,2\n"),
              HasSubstr("no function that a model knows in any of 1 lines"));
}

TEST(Intervals, ClientWithAName_ContinuesAfterAnIndeterminateOperation) {
  const std::string head = "process,f,value,start,end\n";
  EXPECT_EQ(verdict(head + "alice,write,2,5,\nalice,write,1,9,10\n"), Verdict::kValid);
  EXPECT_THAT(error_of(head + "alice,write,2,5,20\nalice,write,1,9,10\n"),
              HasSubstr("a second open operation of process alice"));
}

TEST(Intervals, OperationWithoutAProcess_HasOneOfItsOwn) {
  const History history = read(R"({"process":1,"f":"write","value":1,"start":0,"end":10})"
                               "\n"
                               R"({"f":"write","value":2,"start":5,"end":10})"
                               "\n"
                               R"({"f":"write","value":3,"start":5,"end":10})"
                               "\n");
  std::vector<std::int64_t> processes;
  for (const Operation& operation : history.operations) processes.push_back(operation.process);
  EXPECT_THAT(processes, ::testing::UnorderedElementsAre(1, 0, 2));
  EXPECT_EQ(history.counts.processes, 3u);
}

TEST(Times, DatesAndUnits_AreNanoseconds) {
  const std::string head = "f,value,start,end\n";
  const History dates = read(head + "write,1,2024-05-01T10:00:00.25Z,2024-05-01 12:00:01+02:00\n");
  EXPECT_EQ(dates.operations[0].invoke_time, kMayFirst + 250'000'000);
  EXPECT_EQ(dates.operations[0].complete_time, kMayFirst + 1'000'000'000);
  EXPECT_THAT(dates.notes, Not(Contains(HasSubstr("--time-unit"))));

  ReadOptions seconds;
  seconds.time_unit = 1'000'000'000;
  EXPECT_EQ(read(head + "write,1,1714557600.5,1714557601\n", seconds).operations[0].invoke_time,
            kMayFirst + 500'000'000);
  EXPECT_EQ(read(R"({"f":"write","value":1,"start":1714557600.5,"end":"1714557601"})", seconds)
                .operations[0]
                .complete_time,
            kMayFirst + 1'000'000'000);
  EXPECT_EQ(
      read(R"({"f":"write","value":1,"start":"2024-05-01T10:00:00Z"})").operations[0].invoke_time,
      kMayFirst);
}

TEST(Times, WhatIsNoTime_IsRefusedWithTheReason) {
  const std::string head = "f;value;start;end\n";
  EXPECT_THAT(error_of(head + "write;1;0.25;1\n"), HasSubstr("--time-unit to say"));
  EXPECT_THAT(error_of(head + "write;1;0,25;1\n"),
              HasSubstr("expected a point before the fraction"));
  EXPECT_THAT(error_of(head + "write;1;1.71456E+18;1\n"), HasSubstr("expected all digits"));
  EXPECT_THAT(error_of(head + "write;1;01.05.2024 10:00;1\n"), HasSubstr("such as 2024-05-01T10"));
  EXPECT_THAT(error_of(R"({"f":"write","value":1,"start":0.25})"), HasSubstr("--time-unit to say"));
}

TEST(Times, MagnitudeOfAnotherUnit_IsNoted) {
  const std::string head = "f,value,start,end\n";
  const auto notes = [&](const char* start, const ReadOptions& options = {}) {
    return read(head + "write,1," + start + ",\n", options).notes;
  };
  EXPECT_THAT(notes("1714557600"), ElementsAre("times look like seconds since 1970 and were taken "
                                               "as nanoseconds: --time-unit s"));
  EXPECT_THAT(notes("1714557600123"), Contains(HasSubstr("--time-unit ms")));
  EXPECT_THAT(notes("1714557600123456"), Contains(HasSubstr("--time-unit us")));
  EXPECT_THAT(notes("1714557600123456789"), ElementsAre());
  EXPECT_THAT(notes("1714557600123", {.time_unit = 1}), ElementsAre());
  EXPECT_THAT(read(head + "write,1,5,6\nwrite,2,1714557600123,\n").notes, ElementsAre())
      << "nanoseconds since the start of a long test";
}

// nginx and its like log when a request ended and how long it took, numbers in quotes included.
TEST(Intervals, AccessLog_HasAnEndAndADuration) {
  ReadOptions options;
  options.time_unit = 1'000'000'000;
  for (const char* rule :
       {"process=remote", "f=method", "key=uri", "value=body", "end=msec", "duration=request_time",
        "type=status", "type.200=ok", "type.504=info"}) {
    ASSERT_EQ(options.vocabulary.add(rule), std::nullopt) << rule;
  }
  const std::string put = R"({"remote":"10.0.0.1","method":"PUT","uri":"/kv/a","body":"1",)"
                          R"("status":"200","msec":"9.250","request_time":"0.050"})";
  const std::string get = R"({"remote":"10.0.0.2","method":"GET","uri":"/kv/a","body":"1",)"
                          R"("status":504,"msec":"9.300","request_time":"0.010"})";
  const std::string text = put + "\n" + get + "\n";
  const History history = read(text, options);
  EXPECT_EQ(history.format, "intervals");
  ASSERT_EQ(history.operations.size(), 2u);
  EXPECT_EQ(history.operations[0].invoke_time, 9'200'000'000);
  EXPECT_EQ(history.operations[0].complete_time, 9'250'000'000);
  EXPECT_EQ(history.operations[1].outcome, Outcome::kInfo);
  EXPECT_THAT(error_of(R"({"f":"read","end":5,"duration":6})"), HasSubstr("\"duration\": 6"));
  EXPECT_EQ(read("f,start,duration\nread,5,6\n").operations[0].complete_time, 11);
}

TEST(Intervals, JsonArray_IsOneObjectALine) {
  EXPECT_EQ(verdict(R"([{"f":"write","value":1,"start":0,"end":10,"type":"ok"},
    {"f":"read","value":1,"start":20,"end":30,"type":"OK"}, {"phase":"end"}])"),
            Verdict::kValid);
}

}  // namespace
}  // namespace capsize::checker
