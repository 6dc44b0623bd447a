// The ledger: written, read back, torn, hostile; one writer at a time.
#include "harness/suite/ledger.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/suite/ledger_writer.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

LedgerRun some_run(const std::string& id) {
  return {.id = id,
          .case_name = "kill",
          .purpose = Purpose::kBugControl,
          .bug = "no-dedup",
          .parameters = {{"nodes", 3}},
          .seed = 18446744073709551615U,
          .revision = "abc",
          .verdict = checker::Verdict::kInvalid,
          .reason = "a stale read",
          .cause = "",
          .failures = {{.signature = "0123456789abcdef",
                        .check = "linearizable",
                        .anomaly = "stale read",
                        .sentence = "read of x …",
                        .faults = {"cut"}}},
          .seconds = 2.5,
          .at = 7.25,
          .path = "kill/20261130T000000.000Z-7",
          .reproduce = "capsize run",
          .faults = 4,
          .operations = 100,
          .operations_under_faults = 50,
          .measured = {.load_ms = 5000.5,
                       .ok_per_second = 20.0,
                       .new_behaviours = 2.0,
                       .recovery = {{"kill", {3, {200, 412.5, 600}}}}}};
}

Execution some_execution() {
  return {.id = "e1",
          .suite = "night",
          .file = "night.json",
          .suite_sum = "crc32c:00000000",
          .cases = {"kill"},
          .started = "2026-11-30T00:00:00Z",
          .revision = "abc",
          .host = "h",
          .seed = 5,
          .shard = "2/4",
          .jobs = 2,
          .budget_seconds = 60.0,
          .planned = 9};
}

Ledger read_back(const std::filesystem::path& store) {
  const auto ledger = read_ledger(ledger_of(store));
  EXPECT_TRUE(ledger.ok()) << (ledger ? "" : ledger.error().message);
  return ledger ? ledger.value() : Ledger{};
}

TEST(Ledger, WhatIsWritten_IsReadBack) {
  const TemporaryDirectory store;
  {
    auto writer = LedgerWriter::open(store.path());
    ASSERT_TRUE(writer.ok());
    Execution begun = some_execution();
    begun.rates = RateTest{.alpha = 0.001, .runs = 40, .confirm = true};
    ASSERT_TRUE(writer.value().begin(begun));
    ASSERT_TRUE(writer.value().start("e1", {"kill/1", 7, "kill/a"}));
    ASSERT_TRUE(writer.value().finish("e1", some_run("kill/1")));
    ASSERT_TRUE(writer.value().confirm("e1"));
    ASSERT_TRUE(writer.value().start("e1", {"kill/2", 8, "kill/b"}));
    ASSERT_TRUE(writer.value().lose("e1", {"kill/2", 8, "kill/b"}));
    ASSERT_TRUE(writer.value().start("e1", {"kill/3", 9, "kill/c"}));
    ASSERT_TRUE(writer.value().reduce("e1", "kill/old"));
  }
  const Ledger ledger = read_back(store.path());
  ASSERT_EQ(ledger.executions.size(), 1U);
  const Execution& execution = ledger.executions.front();
  EXPECT_EQ(execution.shard, "2/4");
  EXPECT_EQ(execution.budget_seconds, 60.0);
  EXPECT_EQ(execution.rates, (RateTest{.alpha = 0.001, .runs = 40, .confirm = true}));
  EXPECT_EQ(execution.repeats_from, 1U);
  ASSERT_EQ(execution.runs.size(), 1U);
  const LedgerRun& run = execution.runs.front();
  EXPECT_EQ(run.seed, 18446744073709551615U);
  EXPECT_EQ(run.purpose, Purpose::kBugControl);
  EXPECT_EQ(run.verdict, checker::Verdict::kInvalid);
  EXPECT_EQ(run.failures.front().anomaly, "stale read");
  EXPECT_EQ(run.failures.front().faults, std::vector<std::string>{"cut"});
  EXPECT_EQ(run.operations_under_faults, 50U);
  EXPECT_EQ(run.measured, some_run("kill/1").measured);
  EXPECT_EQ(execution.lost.size(), 1U);
  EXPECT_EQ(execution.open.size(), 1U);
  EXPECT_TRUE(execution.open.contains("kill/3"));
  EXPECT_TRUE(ledger.reduced.contains("kill/old"));
  EXPECT_FALSE(execution.ended);
}

TEST(Ledger, TornLastLine_IsIgnoredByReadersAndCutByTheNextWriter) {
  const TemporaryDirectory store;
  {
    auto writer = LedgerWriter::open(store.path());
    ASSERT_TRUE(writer.value().begin(some_execution()));
  }
  { std::ofstream(ledger_of(store.path()), std::ios::app) << R"({"event":"run","exec)"; }
  EXPECT_EQ(read_back(store.path()).torn_bytes, 20U);
  {
    auto writer = LedgerWriter::open(store.path());
    ASSERT_TRUE(writer.value().finish("e1", some_run("kill/1")));
  }
  const Ledger ledger = read_back(store.path());
  EXPECT_EQ(ledger.torn_bytes, 0U);
  EXPECT_EQ(ledger.executions.front().runs.size(), 1U);
}

TEST(Ledger, SecondWriter_IsRefused) {
  const TemporaryDirectory store;
  const auto first = LedgerWriter::open(store.path());
  ASSERT_TRUE(first.ok());
  const auto second = LedgerWriter::open(store.path());
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("another suite or score is writing to this ledger"),
            std::string::npos);
}

TEST(Ledger, RunOfAnOlderRelease_HasNoMeasures) {
  const auto ledger = parse_ledger(
      "{\"capsize-ledger\":1}\n"
      R"({"event":"begin","execution":"e","suite":"s","seed":1})"
      "\n"
      R"({"event":"run","execution":"e","run":"a","case":"a","purpose":"test","seed":1,)"
      R"("verdict":"valid","path":"a/b"})"
      "\n",
      "ledger.jsonl");
  ASSERT_TRUE(ledger.ok()) << ledger.error().message;
  EXPECT_EQ(ledger.value().executions.front().runs.front().measured, RunMeasures{});
}

/// Measures that a hostile ledger has, and what the error says.
struct WrongMeasures {
  const char* measured;
  const char* what;
};

class WrongMeasuresOfLedger : public testing::TestWithParam<WrongMeasures> {};

TEST_P(WrongMeasuresOfLedger, ErrorNamesLineAndKey) {
  const auto ledger = parse_ledger(
      std::string("{\"capsize-ledger\":1}\n") +
          R"({"event":"begin","execution":"e","suite":"s","seed":1})" + "\n" +
          R"({"event":"run","execution":"e","run":"a","case":"a","purpose":"test","seed":1,)" +
          R"("verdict":"valid","path":"a/b","measured":)" + GetParam().measured + "}\n",
      "ledger.jsonl");
  ASSERT_FALSE(ledger.ok());
  EXPECT_EQ(ledger.error().message,
            std::string("ledger.jsonl:3: key 'measured': ") + GetParam().what);
}

INSTANTIATE_TEST_SUITE_P(
    Measures, WrongMeasuresOfLedger,
    testing::Values(
        WrongMeasures{"7", "found 7, expected an object"},
        WrongMeasures{R"({"load-ms":-1})",
                      "key 'load-ms': found -1, expected a number from 0 to 1e12"},
        WrongMeasures{R"({"load-ms":1e13})",
                      "key 'load-ms': found 10000000000000.0, expected a number from 0 to 1e12"},
        WrongMeasures{R"({"new-behaviours":"many"})",
                      "key 'new-behaviours': found \"many\", expected a number from 0 to 1e12"},
        WrongMeasures{R"({"recovery-ms":[]})", "key 'recovery-ms': found [], expected an object"},
        WrongMeasures{R"({"recovery-ms":{"<b>":[1,1]}})",
                      "key 'recovery-ms': found \"<b>\", expected a kind of fault"},
        WrongMeasures{R"({"recovery-ms":{"kill":[0,1]}})",
                      "key 'kill': found [0,1], expected [number of faults, 1 to 10 times in ms]"},
        WrongMeasures{R"({"recovery-ms":{"kill":[3,-1]}})",
                      "key 'kill': found [3,-1], expected [number of faults, 1 to 10 times in ms]"},
        WrongMeasures{
            R"({"recovery-ms":{"kill":[2,1,2,3]}})",
            "key 'kill': found [2,1,2,3], expected [number of faults, 1 to 10 times in ms]"},
        WrongMeasures{R"({"recovery-ms":{"kill":[3]}})",
                      "key 'kill': found [3], expected [number of faults, 1 to 10 times in ms]"},
        WrongMeasures{
            R"({"recovery-ms":{"kill":{"0":1}}})",
            "key 'kill': found {\"0\":1}, expected [number of faults, 1 to 10 times in ms]"}));

struct Wrong {
  const char* line;
  const char* what;
};

class WrongLedger : public testing::TestWithParam<Wrong> {};

TEST_P(WrongLedger, ErrorNamesFileAndLine) {
  const std::string head =
      "{\"capsize-ledger\":1}\n{\"event\":\"begin\",\"execution\":\"e\",\"suite\":\"s\",\"seed\":1}"
      "\n";
  const auto ledger = parse_ledger(head + GetParam().line + "\n", "ledger.jsonl");
  ASSERT_FALSE(ledger.ok());
  EXPECT_NE(ledger.error().message.find(std::string("ledger.jsonl:3: ") + GetParam().what),
            std::string::npos)
      << ledger.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Lines, WrongLedger,
    testing::Values(
        Wrong{"garbage", "found garbage, expected an object of a ledger"},
        Wrong{R"({"event":"start","execution":"other","run":"a","seed":1,"path":"a/b"})",
              "key 'execution': found other, expected one that a line before has begun"},
        Wrong{R"({"event":"start","execution":"e","run":"a","seed":1,"path":"../../etc"})",
              "key 'path': found ../../etc, expected a directory below the store"},
        Wrong{R"({"event":"start","execution":"e","run":"a","seed":1,"path":"/etc"})",
              "key 'path': found /etc, expected a directory below the store"},
        Wrong{R"({"event":"begin","execution":"f","suite":"s","seed":1,"cases":5})",
              "key 'cases': found a number, expected a list"},
        Wrong{R"({"event":"begin","execution":"f","suite":"s","seed":1,"rates":{"alpha":2}})",
              "key 'rates': found "},
        Wrong{R"({"event":"begin","execution":"f","suite":"s","seed":1,"rates":{"runs":-1}})", ""},
        Wrong{R"({"event":"begin","execution":"f","suite":"s","seed":1,"rates":[]})",
              "key 'rates': found []"},
        Wrong{R"({"event":"start","execution":"e","run":7,"seed":1,"path":"a/b"})", ""},
        Wrong{R"({"event":"run","execution":"e","run":"a","case":"a","purpose":"fun"})",
              "key 'purpose': found fun, expected one of: test, bug-control, healthy-control"}));

TEST(Ledger, NewerVersion_IsRefused) {
  const auto ledger = parse_ledger("{\"capsize-ledger\":2}\n", "ledger.jsonl");
  ASSERT_FALSE(ledger.ok());
  EXPECT_EQ(ledger.error().message, "ledger.jsonl:1: found 2, expected 1");
}

}  // namespace
}  // namespace capsize::harness
