// Sequential consistency of all keys together against brute force, and the store buffer.
#include "checker/consistency/sequential_all_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include "base/json.h"

#include "checker/check/check.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;
using testing::Random;
using Holds = ConsistencyAnswer::Holds;
using Json = base::Json;

// One operation as a client saw it: a read's value, or [expected, new] of a cas.
struct Call {
  int process = 0;
  int key = 0;
  std::string f = {};
  Json value = {};
  bool indeterminate = false;
};

std::string text_of(const std::vector<Call>& calls) {
  std::string text;
  for (const Call& call : calls) {
    Json line = {{"process", call.process},
                 {"type", "invoke"},
                 {"f", call.f},
                 {"key", std::string(1, static_cast<char>('x' + call.key))},
                 {"value", call.f == "read" ? Json() : call.value}};
    text += line.dump() + "\n";
    line["type"] = call.indeterminate ? "info" : "ok";
    line["value"] = call.value;
    text += line.dump() + "\n";
  }
  return text;
}

ConsistencyAnswer answer_to(const std::vector<Call>& calls) {
  const auto loaded = load_history_text(text_of(calls));
  const Budget budget(std::chrono::seconds(10), std::uint64_t{1} << 30);
  return check_sequential_of_all_keys(std::get<History>(loaded), *find_model("cas-register"), {},
                                      budget);
}

// Any interleaving of the processes that a replay accepts. An indeterminate call may be left out.
class AnyInterleaving {
 public:
  /// Of the given key alone, if it is not negative.
  explicit AnyInterleaving(const std::vector<Call>& calls, int key = -1) {
    for (const Call& call : calls) {
      if (key < 0 || call.key == key) processes_[call.process].push_back(call);
    }
  }
  bool exists() { return search({}, {}); }

 private:
  using Done = std::map<int, std::size_t>;  // by process
  using Values = std::map<int, Json>;       // by key; null where nothing was written

  bool search(const Done& done, const Values& values) {
    if (!seen_.emplace(done, values).second) return false;
    bool all = true;
    for (const auto& [process, calls] : processes_) {
      const auto count = done.find(process);
      const std::size_t next = count == done.end() ? 0 : count->second;
      if (next == calls.size()) continue;
      all = false;
      Done after = done;
      after[process] = next + 1;
      Values then = values;
      if (apply(calls[next], then) && search(after, then)) return true;
      if (calls[next].indeterminate && search(after, values)) return true;
    }
    return all;
  }

  static bool apply(const Call& call, Values& values) {
    Json& value = values[call.key];
    if (call.f == "read") return call.value == value;
    if (call.f == "cas" && call.value[0] != value) return false;
    value = call.f == "cas" ? call.value[1] : call.value;
    return true;
  }

  std::map<int, std::vector<Call>> processes_;
  std::set<std::pair<Done, Values>> seen_;
};

// Calls that take effect one after the other; then some of what was seen is replaced, and they are
// recorded in another order that keeps each process's own.
class RandomCalls {
 public:
  explicit RandomCalls(Random& random) : random_(random) {}

  std::vector<Call> make(std::uint32_t keys, std::uint32_t processes, std::uint32_t count) {
    std::vector<Call> calls;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto process = static_cast<int>(random_.below(processes));
      calls.push_back(call(process, static_cast<int>(random_.below(keys))));
    }
    for (Call& one : calls) {
      if (one.f == "read" && random_.chance(45)) one.value = any(one.key);
      if (one.f == "cas" && random_.chance(10)) one.value[0] = any(one.key);
      if (one.f == "cas" && one.value[0] == one.value[1]) one.value[0] = Json();
    }
    return recorded(calls);
  }

 private:
  Json any(int key) {
    const auto& written = written_[key];
    const auto place = random_.below(static_cast<std::uint32_t>(written.size()) + 1);
    return place == written.size() ? Json() : written[place];
  }

  Call call(int process, int key) {
    Call one{.process = process + 100 * ended_[process], .key = key};
    if (random_.chance(50)) {
      one.f = "read";
      one.value = values_[key];
      return one;
    }
    one.f = random_.chance(25) ? "cas" : "write";
    const Json fresh = ++last_value_;
    one.value = one.f == "cas" ? Json::array({values_[key], fresh}) : fresh;
    written_[key].push_back(fresh);
    one.indeterminate = random_.chance(10);
    if (one.indeterminate) ++ended_[process];
    if (!one.indeterminate || random_.chance(50)) values_[key] = fresh;
    return one;
  }

  std::vector<Call> recorded(std::vector<Call> calls) {
    for (std::size_t i = 0; i < 3 * calls.size(); ++i) {
      const auto place = random_.below(static_cast<std::uint32_t>(calls.size()) - 1);
      if (calls[place].process == calls[place + 1].process) continue;
      std::swap(calls[place], calls[place + 1]);
    }
    return calls;
  }

  Random& random_;
  std::map<int, Json> values_;
  std::map<int, std::vector<Json>> written_;
  std::map<int, int> ended_;
  int last_value_ = 0;
};

TEST(SequentialOfAllKeysRandom, AgreesWithAnyInterleaving) {
  constexpr int kHistories = 6000;
  int yes = 0;
  int no = 0;
  int only_together = 0;
  int by_search = 0;
  for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
    Random random(seed);
    const std::uint32_t keys = 2 + random.below(2);
    const std::uint32_t processes = 2 + random.below(2);
    const auto calls = RandomCalls(random).make(keys, processes, 6 + random.below(6));
    const ConsistencyAnswer answer = answer_to(calls);
    if (answer.holds == Holds::kUnknown) continue;
    const bool exists = AnyInterleaving(calls).exists();
    ASSERT_EQ(answer.holds == Holds::kYes, exists)
        << "seed " << seed << ": " << answer.detail << "\n"
        << text_of(calls);
    ++(exists ? yes : no);
    if (!exists && answer.detail == "every order was tried") ++by_search;
    bool each_alone = true;
    for (int key = 0; key < 3; ++key) {
      each_alone = each_alone && AnyInterleaving(calls, key).exists();
    }
    if (!exists && each_alone) ++only_together;
  }
  RecordProperty("by_search", by_search);
  RecordProperty("yes", yes);
  RecordProperty("no", no);
  RecordProperty("only_together", only_together);
  EXPECT_GT(yes, kHistories / 4);
  EXPECT_GT(no, kHistories / 4);
  EXPECT_GT(only_together, kHistories / 100);
  // What follows from reads and orders refutes nearly all; where it does not, the search has to.
  EXPECT_LT(by_search, no / 100);
  EXPECT_EQ(yes + no, kHistories);  // so few operations are never unknown
}

const std::vector<Call> kStoreBuffer = {{.process = 1, .key = 0, .f = "write", .value = 1},
                                        {.process = 2, .key = 1, .f = "write", .value = 2},
                                        {.process = 1, .key = 1, .f = "read", .value = {}},
                                        {.process = 2, .key = 0, .f = "read", .value = {}}};

TEST(SequentialOfAllKeys, StoreBuffer_HoldsOfEachKeyAloneAndNotOfBoth) {
  const Report report = check_history(std::get<History>(load_history_text(text_of(kStoreBuffer))));
  ASSERT_EQ(report.verdict, Verdict::kInvalid);
  ASSERT_EQ(report.weaker.size(), 2U);
  for (const ConsistencyAnswers& of_key : report.weaker) {
    for (const ConsistencyAnswer& answer : of_key.answers) {
      if (answer.question != "sequential") continue;
      EXPECT_EQ(answer.holds, Holds::kYes) << of_key.key;
    }
  }
  ASSERT_TRUE(report.sequential_of_all_keys);
  EXPECT_EQ(report.sequential_of_all_keys->holds, Holds::kNo);
  EXPECT_THAT(report.sequential_of_all_keys->detail, HasSubstr("write 1 to x by process 1"));
  EXPECT_EQ(to_json(report)["weaker-all-keys"]["sequential"]["holds"], "no");
}

TEST(SequentialOfAllKeys, StaleReader_MayBeBehindOnEveryKey) {
  const ConsistencyAnswer answer = answer_to({{.process = 1, .key = 0, .f = "write", .value = 1},
                                              {.process = 1, .key = 1, .f = "write", .value = 2},
                                              {.process = 2, .key = 1, .f = "read", .value = {}},
                                              {.process = 2, .key = 0, .f = "read", .value = 1}});
  EXPECT_EQ(answer.holds, Holds::kYes) << answer.detail;
}

TEST(SequentialOfAllKeys, ValuesThatRepeat_AreUnknown) {
  const ConsistencyAnswer answer = answer_to({{.process = 1, .key = 0, .f = "write", .value = 1},
                                              {.process = 2, .key = 1, .f = "write", .value = 2},
                                              {.process = 1, .key = 0, .f = "write", .value = 1}});
  EXPECT_EQ(answer.holds, Holds::kUnknown);
}

TEST(SequentialOfAllKeys, NoTime_IsUnknown) {
  const auto loaded = load_history_text(text_of(kStoreBuffer));
  const ConsistencyAnswer answer =
      check_sequential_of_all_keys(std::get<History>(loaded), *find_model("register"), {},
                                   Budget(std::chrono::nanoseconds(0), std::uint64_t{1} << 30));
  EXPECT_EQ(answer.holds, Holds::kUnknown);
  EXPECT_THAT(answer.detail, HasSubstr("time bound"));
}

TEST(SequentialOfAllKeys, OneKey_IsAskedAloneOnly) {
  const Report report = check_history(std::get<History>(
      load_history_text(text_of({{.process = 1, .key = 0, .f = "write", .value = 1},
                                 {.process = 2, .key = 0, .f = "read", .value = {}}}))));
  ASSERT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_FALSE(report.sequential_of_all_keys);
}

}  // namespace
}  // namespace capsize::checker
