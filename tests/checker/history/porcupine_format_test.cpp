// Operations of Porcupine and of etcd's robustness tests, as Go writes them.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::variant<History, std::string> load(const std::string& text) {
  LoadResult loaded = load_history_text(text, {}, "h");
  if (auto* malformed = std::get_if<Malformed>(&loaded)) return malformed->message();
  return std::get<History>(std::move(loaded));
}

History read(const std::string& text) {
  auto loaded = load(text);
  if (auto* error = std::get_if<std::string>(&loaded)) {
    ADD_FAILURE() << *error;
    return {};
  }
  History history = std::get<History>(std::move(loaded));
  EXPECT_EQ(history.format, "porcupine");
  return history;
}

std::string error_of(const std::string& text) {
  const auto loaded = load(text);
  const auto* error = std::get_if<std::string>(&loaded);
  return error == nullptr ? "(no error)" : *error;
}

Verdict verdict(const std::string& text) {
  return check_history(read(text)).verdict;
}

std::string operation(int client, const std::string& input, const std::string& output, int call,
                      int back) {
  return fmt::format(R"({{"ClientId":{},"Input":{},"Call":{},"Output":{},"Return":{}}})", client,
                     input, call, output, back) +
         "\n";
}

// Each operation of a key: function, argument or result, outcome.
std::vector<std::string> operations_of(const History& history, std::string_view key) {
  std::vector<std::string> shown;
  for (KeyId id = 0; id < history.keys.size(); ++id) {
    if (history.keys[id] != key) continue;
    for (const Operation& its : history.of_key(id)) {
      const ValueId value = its.function == kRead ? its.result : its.argument;
      shown.push_back(fmt::format("{} {} {}", history.functions[its.function],
                                  history.values.json(value), name(its.outcome)));
    }
  }
  return shown;
}

TEST(Porcupine, KeyValueOperations_AreThoseOfTheModelKv) {
  const std::string put = R"({"Op":1,"Key":"x","Value":"ab"})";
  const std::string append = R"({"op":"Append","key":"x","value":"c"})";
  const std::string get = R"({"Op":0,"Key":"x","Value":""})";
  const std::string text = operation(0, put, R"({"Value":""})", 1, 2) +
                           operation(1, append, "null", 3, 4) +
                           operation(0, get, R"({"Value":"abc"})", 5, 6);
  EXPECT_THAT(operations_of(read(text), "x"),
              ElementsAre(R"(write "ab" ok)", R"(append "c" ok)", R"(read "abc" ok)"));
  EXPECT_EQ(verdict(text), Verdict::kValid);
  EXPECT_EQ(verdict(text + operation(0, get, R"({"Value":"ab"})", 7, 8)), Verdict::kInvalid);
  // The form of a list, over several lines.
  EXPECT_EQ(verdict("[" + operation(0, put, "{}", 1, 2) + "  ,\n" +
                    operation(1, get, R"({"Value":"ab"})", 3, 4) + "]"),
            Verdict::kValid);
}

TEST(Porcupine, KeyThatWasNeverPut_ReadsAsEmpty) {
  const std::string get = R"({"Op":0,"Key":"x"})";
  const std::string put = R"({"Op":1,"Key":"x","Value":"a"})";
  EXPECT_EQ(verdict(operation(0, get, R"({"Value":""})", 1, 2) + operation(0, put, "{}", 3, 4)),
            Verdict::kValid);
}

// Porcupine looks at the times only; many recorders leave the client at 0.
TEST(Porcupine, OperationsOfOneClient_MayOverlap) {
  const std::string put = R"({"Op":1,"Key":"x","Value":"a"})";
  const std::string get = R"({"Op":0,"Key":"x"})";
  EXPECT_EQ(verdict(operation(0, put, "{}", 1, 9) + operation(0, get, R"({"Value":"a"})", 2, 8)),
            Verdict::kValid);
}

TEST(Porcupine, OperationThatNeverReturned_IsIndeterminate) {
  const std::string put = R"("Input":{"Op":1,"Key":"x","Value":"a"},"Call":5)";
  const std::string text = "{" + put + "}\n{" + put + R"(,"Return":9223372036854775807})" + "\n{" +
                           put + R"(,"Return":9,"Output":{"Err":"timeout"}})" + "\n";
  // The first line names the format by all of its fields.
  const History history =
      read(operation(0, R"({"Op":0,"Key":"x"})", R"({"Err":"ErrNoKey"})", 1, 2) + text);
  EXPECT_EQ(history.counts.info, 3u);
  EXPECT_THAT(operations_of(history, "x"), Contains("read null ok"));
  EXPECT_THAT(history.notes, Contains(HasSubstr("1 operations with an error")));
}

TEST(Porcupine, WhatItCannotJudge_IsRefusedWithTheReason) {
  EXPECT_THAT(error_of(operation(0, R"({"Op":1,"Key":"x","Value":"a","Version":3})", "{}", 1, 2)),
              HasSubstr("h:1:1: found \"Version\" in \"Input\", expected Op, Key and Value only"));
  EXPECT_THAT(error_of(operation(0, R"({"Op":true,"Key":"x"})", "{}", 1, 2)),
              HasSubstr("0 or get"));
  EXPECT_THAT(error_of(operation(0, R"({"Op":7,"Key":"x"})", "{}", 1, 2)), HasSubstr("0 or get"));
  EXPECT_THAT(error_of(operation(0, R"({"Op":0,"Key":"x"})", "{}", 5, 2)),
              HasSubstr("a time not before the call, 5"));
  EXPECT_THAT(error_of(operation(0, "17", "{}", 1, 2)),
              HasSubstr("an object with Op, Key and Value"));
}

// ---- etcd ----

std::string put_piece(const std::string& key, const std::string& value, int lease = 0) {
  return fmt::format(
      R"({{"Type":"put-operation","Range":{{"Start":"","End":"","Limit":0}},)"
      R"("Put":{{"Key":"{}","Value":{{"Value":"{}"}},"LeaseID":{}}},"Delete":{{"Key":""}}}})",
      key, value, lease);
}

std::string delete_piece(const std::string& key) {
  return R"({"Type":"delete-operation","Put":{"Key":""},"Delete":{"Key":")" + key + R"("}})";
}

std::string txn(const std::string& success, const std::string& conditions = "",
                const std::string& failure = "") {
  return R"({"Type":"txn","LeaseGrant":null,"Txn":{"Conditions":[)" + conditions +
         R"(],"OperationsOnSuccess":[)" + success + R"(],"OperationsOnFailure":[)" + failure +
         "]}}";
}

std::string condition(const std::string& key, int revision) {
  return fmt::format(R"({{"Key":"{}","ExpectedRevision":{}}})", key, revision);
}

std::string txn_response(int revision, const std::string& results = R"({"KVs":null,"Deleted":0})",
                         bool failure = false) {
  return fmt::format(R"({{"Txn":{{"Failure":{},"Results":[{}]}},"Revision":{},"Error":""}})",
                     failure, results, revision);
}

std::string range(const std::string& start, const std::string& end = "", int revision = 0) {
  return fmt::format(
      R"({{"Type":"range","Range":{{"Start":"{}","End":"{}","Limit":0,"Revision":{}}}}})", start,
      end, revision);
}

std::string pair(const std::string& key, const std::string& value, int revision) {
  return fmt::format(R"({{"Key":"{}","Value":{{"Value":"{}"}},"ModRevision":{}}})", key, value,
                     revision);
}

std::string range_response(int revision, const std::string& pairs) {
  return R"({"Range":{"KVs":[)" + pairs + R"(],"Count":1},"Revision":)" + std::to_string(revision) +
         "}";
}

const std::string kLost = R"({"Error":"context deadline exceeded"})";

TEST(Etcd, PutRangeAndDelete_AreOperationsOfTheirKeys) {
  const std::string text =
      operation(0, range("a", "b"), range_response(1, ""), 1, 2) +
      operation(0, range("a"), range_response(1, ""), 3, 4) +
      operation(1, txn(put_piece("a", "1")), txn_response(2), 5, 6) +
      operation(0, range("a", "b"), range_response(2, pair("a", "1", 2)), 7, 8) +
      operation(1, txn(delete_piece("a")), txn_response(3, R"({"Deleted":1})"), 9, 10) +
      operation(1, txn(delete_piece("a")), txn_response(3, R"({"Deleted":0})"), 11, 12) +
      operation(0, range("a", "", 2), range_response(3, pair("a", "1", 2)), 13, 14) +
      operation(2, R"({"Type":"defragment","Defragment":{}})", R"({"Revision":3})", 15, 16) +
      operation(3, txn(put_piece("a", "2")), kLost, 17, 0);
  const History history = read(text);
  EXPECT_THAT(operations_of(history, "a"),
              ElementsAre("read null ok", R"(write "1" ok)", R"(read "1" ok)", "delete null ok",
                          "read null ok", R"(write "2" info)"));
  EXPECT_THAT(history.notes, Contains("1 reads of an older revision left out"));
  EXPECT_THAT(history.notes, Contains(HasSubstr("1 lines skipped")));
  EXPECT_FALSE(history.may_lack_operations);
  EXPECT_EQ(verdict(text), Verdict::kValid);
  EXPECT_EQ(verdict(text + operation(0, range("a"), range_response(3, pair("a", "1", 2)), 20, 21)),
            Verdict::kInvalid);
}

// Equal revisions have equal values; which value it was may show only further down.
TEST(Etcd, ComparisonOfARevision_IsACasOnTheValueItHad) {
  const std::string text =
      operation(0, txn(put_piece("k", "new"), condition("k", 0)), txn_response(2), 1, 2) +
      operation(1, txn(put_piece("k", "next"), condition("k", 2)), kLost, 3, 0) +
      operation(2, txn(put_piece("k", "other"), condition("k", 7)), kLost, 3, 0) +
      operation(0, txn(put_piece("k", "last"), condition("k", 3)), txn_response(4), 5, 6) +
      operation(3, txn(put_piece("k", "no"), condition("k", 2), ""), txn_response(4, "", true), 7,
                8) +
      operation(0, range("k"), range_response(4, pair("k", "next", 3)), 4, 9);
  EXPECT_THAT(operations_of(read(text), "k"),
              ::testing::UnorderedElementsAre(R"(cas [null,"new"] ok)",
                                              R"(cas ["new","next"] info)", R"(write "other" info)",
                                              R"(cas ["next","last"] ok)", R"(read "next" ok)"));
  EXPECT_EQ(verdict(text), Verdict::kValid);
  // Two of the same succeed: a lost update.
  const std::string both =
      operation(0, txn(put_piece("k", "new"), condition("k", 0)), txn_response(2), 1, 2) +
      operation(1, txn(put_piece("k", "b"), condition("k", 2)), txn_response(3), 3, 5) +
      operation(2, txn(put_piece("k", "c"), condition("k", 2)), txn_response(4), 4, 6);
  EXPECT_EQ(verdict(both), Verdict::kInvalid);
}

TEST(Etcd, ComparisonOfAnotherKey_IsAReadOfIt) {
  const std::string text =
      operation(0, txn(put_piece("a", "1")), txn_response(2), 1, 2) +
      operation(0, txn(put_piece("b", "2"), condition("a", 2) + "," + condition("c", 0)),
                txn_response(3), 3, 4);
  const History history = read(text);
  EXPECT_THAT(operations_of(history, "a"), ElementsAre(R"(write "1" ok)", R"(read "1" ok)"));
  EXPECT_THAT(operations_of(history, "b"), ElementsAre(R"(write "2" ok)"));
  EXPECT_THAT(operations_of(history, "c"), ElementsAre("read null ok"));
}

TEST(Etcd, PutWithALease_MayBeUndone) {
  const std::string put = operation(0, txn(put_piece("a", "1", 8)), txn_response(2), 1, 2);
  const std::string gone = operation(0, range("a"), range_response(3, ""), 3, 4);
  EXPECT_EQ(verdict(put + gone), Verdict::kValid);
  EXPECT_EQ(verdict(operation(0, txn(put_piece("a", "1")), txn_response(2), 1, 2) +
                    operation(0, range("a"), range_response(2, ""), 3, 4)),
            Verdict::kInvalid);
}

TEST(Etcd, LongValues_AreKnownByTheirHash) {
  const std::string value = "01234567890123456789";
  const std::string hashed = R"({"Key":"a","Value":{"Hash":2945867837},"ModRevision":2})";
  const History history = read(operation(0, txn(put_piece("a", value)), txn_response(2), 1, 2) +
                               operation(0, range("a"), range_response(2, hashed), 3, 4));
  EXPECT_EQ(history.of_key(0)[0].argument, history.of_key(0)[1].result)
      << history.values.json(history.of_key(0)[0].argument);
}

// One client's file of several: the writes of the others are not there.
TEST(Etcd, RevisionsThatNoWriteExplains_LeaveNoViolationCertain) {
  const History history =
      read(operation(0, txn(put_piece("a", "1")), txn_response(2), 1, 2) +
           operation(0, range("a"), range_response(5, pair("a", "9", 5)), 3, 4));
  EXPECT_TRUE(history.may_lack_operations);
  EXPECT_THAT(history.notes, Contains(HasSubstr("cat client-*/operations.json")));
}

TEST(Etcd, OperationOfAnUnknownType_LeavesNoViolationCertain) {
  const History history = read(operation(0, txn(put_piece("a", "1") + R"(,{"Type":"shuffle"})"),
                                         txn_response(2, "{},{}"), 1, 2));
  EXPECT_TRUE(history.may_lack_operations);
  EXPECT_THAT(history.notes, Contains(HasSubstr("unknown type")));
  EXPECT_THAT(error_of(operation(0, txn(put_piece("a", "1")), txn_response(2, "{},{}"), 1, 2)),
              HasSubstr("found 2 results, expected 1"));
}

// Before ranges were requests of their own.
TEST(Etcd, OlderShape_IsTheSame) {
  const std::string put =
      R"({"Type":"txn","Txn":{"Conditions":null,"OperationsOnSuccess":[{"Type":"put","Key":"a",)"
      R"("WithPrefix":false,"Limit":0,"Value":{"Value":"1","Hash":0},"LeaseID":0}]}})";
  const std::string get =
      R"({"Type":"txn","Txn":{"Conditions":null,"OperationsOnSuccess":[{"Type":"range","Key":"a",)"
      R"("WithPrefix":true,"Limit":0,"Value":{"Value":"","Hash":0},"LeaseID":0}]}})";
  const std::string found = "{\"KVs\":[" + pair("a", "1", 2) + "],\"Count\":1,\"Deleted\":0}";
  EXPECT_THAT(operations_of(read(operation(0, put, txn_response(2), 1, 2) +
                                 operation(0, get, txn_response(2, found), 3, 4)),
                            "a"),
              ElementsAre(R"(write "1" ok)", R"(read "1" ok)"));
}

// A store with revisions and leases that does one request after the other, recorded by clients who
// lose some of its responses. The same few values come again and again.
class SimulatedEtcd {
 public:
  explicit SimulatedEtcd(std::uint64_t seed) : random_(seed) {}

  std::string record(int requests) {
    std::string text;
    for (int i = 0; i < requests; ++i) text += request(i);
    return text;
  }

 private:
  struct Pair {
    std::string value;
    int revision = 0;
    int lease = 0;
  };

  int draw(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  std::string key() { return std::string(1, static_cast<char>('a' + draw(2))); }
  std::string value() { return std::to_string(draw(3)); }
  int revision_of(const std::string& key) const {
    const auto at = pairs_.find(key);
    return at == pairs_.end() ? 0 : at->second.revision;
  }

  std::string found(const std::string& wanted) {
    std::string out;
    for (const auto& [key, its] : pairs_) {
      if (!wanted.empty() && key != wanted) continue;
      out += (out.empty() ? "" : ",") + pair(key, its.value, its.revision);
    }
    return out;
  }

  // Each returns input and output; the state has changed.
  using Call = std::pair<std::string, std::string>;

  Call put(int lease) {
    const std::string its = key(), written = value();
    pairs_[its] = {written, ++revision_, lease};
    return {txn(put_piece(its, written, lease)), txn_response(revision_)};
  }
  Call remove() {
    const std::string its = key();
    const bool deleted = pairs_.erase(its) > 0;
    revision_ += deleted ? 1 : 0;
    return {txn(delete_piece(its)),
            txn_response(revision_, fmt::format(R"({{"Deleted":{}}})", deleted ? 1 : 0))};
  }
  Call get() {
    const std::string its = draw(2) == 0 ? key() : "";
    return {its.empty() ? range("a", "z") : range(its), range_response(revision_, found(its))};
  }
  Call compare() {
    const std::string compared = key(), target = key(), written = value();
    const int expected = draw(3) == 0 ? draw(revision_ + 1) : revision_of(compared);
    const std::string input =
        txn(put_piece(target, written), condition(compared, expected), put_piece(compared, "9"));
    const bool failed = expected != revision_of(compared);
    ++revision_;
    pairs_[failed ? compared : target] = {failed ? "9" : written, revision_, 0};
    return {input, txn_response(revision_, "{}", failed)};
  }
  void end_lease() {
    const auto leased = std::find_if(pairs_.begin(), pairs_.end(),
                                     [](const auto& its) { return its.second.lease != 0; });
    if (leased == pairs_.end()) return;
    pairs_.erase(leased);
    ++revision_;
  }

  std::string request(int i) {
    if (draw(6) == 0) end_lease();
    const auto before = std::pair(pairs_, revision_);
    const int kind = draw(5);
    const auto [input, output] = kind == 0   ? put(0)
                                 : kind == 1 ? put(1 + i)
                                 : kind == 2 ? remove()
                                 : kind == 3 ? compare()
                                             : get();
    const int moment = 100 + 10 * i;
    if (draw(7) != 0) {
      return operation(i, input, output, moment - draw(40), moment + draw(40));
    }
    if (draw(2) == 0) std::tie(pairs_, revision_) = before;  // it never arrived
    return operation(i, input, kLost, moment - draw(40), 0);
  }

  std::mt19937_64 random_;
  std::map<std::string, Pair> pairs_;
  int revision_ = 1;
};

// What a correct store does is never a violation, however its requests are taken apart.
TEST(Etcd, CorrectStore_IsNeverInvalid) {
  int valid = 0;
  constexpr int kHistories = 300;
  for (int seed = 0; seed < kHistories; ++seed) {
    const std::string text = SimulatedEtcd(static_cast<std::uint64_t>(seed)).record(24);
    const History history = read(text);
    EXPECT_FALSE(history.may_lack_operations) << seed;
    const Report report = check_history(history);
    EXPECT_NE(report.verdict, Verdict::kInvalid) << seed << ": " << report.reason << "\n" << text;
    valid += report.verdict == Verdict::kValid ? 1 : 0;
  }
  EXPECT_GT(valid, kHistories * 9 / 10);
}

}  // namespace
}  // namespace capsize::checker
