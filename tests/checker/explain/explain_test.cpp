// Explanations: the names, the sentences, and that what is shown really shows it.
#include "checker/explain/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "checker/check.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using ::testing::HasSubstr;
using testing::Random;
using testing::Shape;

// A history in short: one event a call, a millisecond apart.
class Script {
 public:
  Script& invoke(int process, const std::string& f, const std::string& value = "null") {
    return event(process, "invoke", f, value);
  }
  Script& ok(int process, const std::string& f, const std::string& value = "null") {
    return event(process, "ok", f, value);
  }
  Script& fail(int process, const std::string& f, const std::string& value = "null") {
    return event(process, "fail", f, value);
  }
  /// Invoked and completed at once.
  Script& call(int process, const std::string& f, const std::string& value,
               const std::string& result = "null") {
    return invoke(process, f, value).ok(process, f, result);
  }
  Script& read(int process, const std::string& result) {
    return call(process, "read", "null", result);
  }

  Violation violation(const std::string& model = "cas-register") const {
    const CheckOptions options{.model = model};
    const LoadResult loaded = load_history_text(text_, options);
    const Report report = check_history(std::get<History>(loaded), options);
    if (report.violations.empty()) {
      ADD_FAILURE() << "no violation: " << report.reason;
      return {};
    }
    EXPECT_TRUE(report.violations[0].minimal);
    return report.violations[0];
  }

 private:
  Script& event(int process, const std::string& type, const std::string& f,
                const std::string& value) {
    text_ += R"({"time":)" + std::to_string(time_ms_++ * 1'000'000) + R"(,"process":)" +
             std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f +
             R"(","key":"x","value":)" + value + "}\n";
    return *this;
  }

  std::string text_;
  int time_ms_ = 0;
};

TEST(Explain, StaleRead_NamesBothClientsAndTheTimeBetween) {
  const Violation violation =
      Script().call(1, "write", "7").call(2, "write", "9").read(4, "7").read(5, "9").violation();
  EXPECT_EQ(name(violation.anomaly), "stale read");
  EXPECT_EQ(violation.sentence,
            "read of x by process 4 returned 7, 1 ms after write 9 to x had been acknowledged to "
            "process 2: a stale read");
  ASSERT_EQ(violation.operations.size(), 3u);
  EXPECT_EQ(violation.operations[0].value, "7");
  EXPECT_EQ(violation.operations[2].process, 4);
  EXPECT_EQ(violation.operations[2].index, 4u);
}

TEST(Explain, StaleReadAgainstAnotherRead_SaysSo) {
  // Nobody acknowledged 9, but somebody saw it.
  const Violation violation = Script()
                                  .call(1, "write", "7")
                                  .invoke(2, "write", "9")
                                  .read(3, "9")
                                  .read(4, "7")
                                  .read(5, "9")
                                  .violation();
  EXPECT_EQ(violation.anomaly, Anomaly::kStaleRead);
  EXPECT_THAT(violation.sentence, HasSubstr("1 ms after read of x by process 3 returned 9"));
}

TEST(Explain, WriteThatVanishes_IsLost) {
  const Violation violation = Script()
                                  .call(1, "write", "7")
                                  .call(2, "write", "9")
                                  .read(4, "7")
                                  .read(5, "7")
                                  .call(1, "write", "10")
                                  .read(5, "10")
                                  .violation();
  EXPECT_EQ(name(violation.anomaly), "lost write");
  EXPECT_THAT(violation.sentence,
              HasSubstr("write 9 to x was acknowledged to process 2, but is never seen again"));
}

TEST(Explain, WriteThatWasSeenAndThenVanishes_IsLost) {
  EXPECT_EQ(Script()
                .call(1, "write", "7")
                .call(2, "write", "9")
                .read(3, "9")
                .read(4, "7")
                .read(5, "7")
                .violation()
                .anomaly,
            Anomaly::kLostWrite);
}

TEST(Explain, LastWriteOverAnInitialValue_IsLost) {
  EXPECT_EQ(Script().call(2, "write", "9").read(4, "null").violation().anomaly,
            Anomaly::kLostWrite);
}

TEST(Explain, UnwrittenValue_IsCalledThat) {
  const Violation violation = Script().call(1, "write", "7").read(2, "8").violation();
  EXPECT_EQ(name(violation.anomaly), "read of a value never written");
  EXPECT_EQ(violation.operations.size(), 1u);
}

TEST(Explain, AbortedRead_ShowsTheFailedWrite) {
  const Violation violation =
      Script().invoke(1, "write", "7").fail(1, "write", "7").read(2, "7").violation();
  EXPECT_EQ(name(violation.anomaly), "aborted read");
  ASSERT_EQ(violation.operations.size(), 2u);
  EXPECT_EQ(violation.operations[0].outcome, Outcome::kFail);
}

TEST(Explain, TwoWinners_AreShownWithTheWrite) {
  const Violation violation =
      Script().call(1, "write", "7").call(2, "cas", "[7,8]").call(3, "cas", "[7,9]").violation();
  EXPECT_EQ(name(violation.anomaly), "two winners of a cas");
  EXPECT_EQ(violation.operations.size(), 3u);
}

TEST(Explain, ReadBeforeItsWrite_IsCalledThat) {
  EXPECT_EQ(name(Script().read(1, "7").call(2, "write", "7").violation().anomaly),
            "read before its write");
}

TEST(Explain, CasChain_StaysWhole) {
  Script script;
  script.call(1, "write", "1");
  for (int i = 1; i < 10; ++i) {
    script.invoke(10 + i, "cas", "[" + std::to_string(i) + "," + std::to_string(i + 1) + "]");
  }
  const Violation violation = script.read(2, "10").read(3, "1").violation();
  EXPECT_EQ(violation.anomaly, Anomaly::kStaleRead);
  EXPECT_EQ(violation.operations.size(), 12u);
}

TEST(Explain, RepeatedValues_ShowOnlyWritesThatCanBeMeant) {
  Script script;
  for (int i = 0; i < 50; ++i) script.call(1, "write", std::to_string(i % 3));
  const Violation violation = script.read(2, "0").violation();
  EXPECT_EQ(violation.anomaly, Anomaly::kStaleRead);
  EXPECT_EQ(violation.operations.size(), 3u);
}

TEST(Explain, Lists_HaveTheirOwnNames) {
  const auto list = [](Script& script) {
    return std::string(name(script.violation("list").anomaly));
  };
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[1,1]")), "doubled append");
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[1,2]")), "phantom append");
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[]")), "lost append");
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[]").read(2, "[1]")), "stale read");
  EXPECT_EQ(list(Script().call(1, "append", "1").call(1, "append", "2").read(2, "[2,1]")),
            "reordered append");
  EXPECT_EQ(list(Script().call(1, "append", "1").call(1, "append", "2").read(2, "[2]")),
            "lost append");
  EXPECT_EQ(list(Script()
                     .invoke(1, "append", "1")
                     .call(2, "append", "2")
                     .read(3, "[1,2]")
                     .read(3, "[2,1]")),
            "reordered append");
  EXPECT_EQ(list(Script().invoke(1, "append", "1").fail(1, "append", "1").read(2, "[1]")),
            "aborted read");
  EXPECT_EQ(list(Script().read(2, "[1]").call(1, "append", "1")), "read before its write");
}

TEST(Explain, MismatchThatCannotBe_HasASentence) {
  const std::string text =
      R"({"process":1,"type":"invoke","f":"cas","key":"x","value":[null,2]})"
      "\n"
      R"({"process":1,"type":"fail","f":"cas","key":"x","value":[null,2],"error":"mismatch"})"
      "\n";
  const CheckOptions options{.mismatch_observes = true};
  const LoadResult loaded = load_history_text(text, options);
  const Report report = check_history(std::get<History>(loaded), options);
  ASSERT_EQ(report.violations.size(), 1u);
  EXPECT_EQ(name(report.violations[0].anomaly), "no legal order");
}

// --- On random histories: closed, violating, irreducible, and of the same anomaly by itself.

std::string line(std::int64_t process, const char* type, const char* f, const std::string& value) {
  return R"({"process":)" + std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f +
         R"(","key":"x","value":)" + value + "}\n";
}

// The history as text: events in order of position, invocations first.
std::string as_text(const std::vector<KeyOperation>& operations, const ValueTable& values) {
  std::vector<std::pair<std::uint64_t, std::string>> events;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const KeyOperation& one = operations[i];
    const auto process = static_cast<std::int64_t>(i);
    const char* f = "read";
    std::string argument = "null", result = "null";
    if (one.code == kCodeRead) {
      result = values.json(one.observed);
    } else if (one.code == kCodeWrite) {
      f = "write";
      argument = values.json(one.written);
    } else if (one.code == kCodeCas) {
      f = "cas";
      argument = "[" + values.json(one.observed) + "," + values.json(one.written) + "]";
    } else {
      f = "append";
      argument = values.json(one.argument);
    }
    events.emplace_back(std::uint64_t{one.invoke} * 2, line(process, "invoke", f, argument));
    if (one.required) {
      events.emplace_back(std::uint64_t{one.complete} * 2 + 1, line(process, "ok", f, result));
    }
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text;
  for (const auto& event : events) text += event.second;
  return text;
}

struct Checked {
  History history;
  Report report;
};

Checked check(const std::string& text, const std::string& model) {
  const CheckOptions options{.model = model};
  LoadResult loaded = load_history_text(text, options);
  Checked checked{std::get<History>(std::move(loaded)), {}};
  checked.report = check_history(checked.history, options);
  return checked;
}

std::vector<KeyOperation> decode(const History& history, const Model& model) {
  std::vector<KeyOperation> operations;
  for (const Operation& source : history.operations) {
    Decoded decoded = model.decode(history, source, {});
    if (decoded.kind != Decoded::Kind::kKeep) continue;
    decoded.operation.invoke = source.invoke;
    decoded.operation.required = source.outcome == Outcome::kOk;
    decoded.operation.complete = decoded.operation.required ? source.complete : kNever;
    decoded.operation.source = static_cast<std::uint32_t>(&source - history.operations.data());
    operations.push_back(decoded.operation);
  }
  return operations;
}

void expect_sound(const std::vector<KeyOperation>& random, const ValueTable& values,
                  const std::string& model_name, std::uint64_t seed, int& violations) {
  const Model& model = *find_model(model_name);
  const Checked checked = check(as_text(random, values), model_name);
  const auto all = decode(checked.history, model);
  const ValueId initial = model_name == "list" ? kEmptyList : kNullValue;
  const bool legal = BruteForce(all, initial, model, checked.history.values).legal();
  ASSERT_EQ(checked.report.verdict == Verdict::kInvalid, !legal) << "seed " << seed;
  if (legal) return;
  ++violations;
  const Violation& violation = checked.report.violations.at(0);
  ASSERT_TRUE(violation.minimal) << "seed " << seed;
  ASSERT_FALSE(violation.sentence.empty());
  std::set<std::uint64_t> shown;
  for (const OperationView& operation : violation.operations) shown.insert(operation.index);

  // It violates by itself.
  KeyProblem problem{checked.history, model, 0, initial, all, {}};
  std::vector<std::uint32_t> set;
  std::vector<KeyOperation> picked;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (!shown.contains(checked.history.index_of(all[i].invoke))) continue;
    set.push_back(i);
    picked.push_back(all[i]);
  }
  ASSERT_FALSE(BruteForce(picked, initial, model, checked.history.values).legal())
      << "seed " << seed;
  // It is closed, and nothing can be left out of it.
  const Sources sources(problem);
  const Budget budget(std::chrono::seconds(60), 0);
  ASSERT_EQ(with_sources(problem, sources, set, budget), set) << "seed " << seed;
  for (const std::uint32_t leave_out : set) {
    std::set<std::uint32_t> gone{leave_out};
    for (std::size_t round = 0; round < set.size(); ++round) {
      for (const std::uint32_t place : set) {
        for (const std::uint32_t source : sources.of(place)) {
          if (gone.contains(source)) gone.insert(place);
        }
      }
    }
    std::vector<KeyOperation> fewer;
    for (const std::uint32_t place : set) {
      if (!gone.contains(place)) fewer.push_back(all[place]);
    }
    ASSERT_TRUE(BruteForce(fewer, initial, model, checked.history.values).legal())
        << "seed " << seed << ": operation " << leave_out << " is superfluous";
  }
  // On its own it is the same anomaly (what is never seen again depends on the rest).
  const auto of_its_own = check(as_text(picked, checked.history.values), model_name);
  ASSERT_EQ(of_its_own.report.verdict, Verdict::kInvalid) << "seed " << seed;
  const Anomaly alone = of_its_own.report.violations.at(0).anomaly;
  const auto group = [](Anomaly anomaly) {
    if (anomaly == Anomaly::kLostWrite || anomaly == Anomaly::kLostAppend)
      return Anomaly::kStaleRead;
    return anomaly;
  };
  ASSERT_EQ(group(alone), group(violation.anomaly))
      << "seed " << seed << ": " << violation.sentence << " / "
      << of_its_own.report.violations.at(0).sentence << "\n"
      << as_text(random, values) << "\n"
      << as_text(picked, checked.history.values);
}

TEST(ExplainRandom, DistinctRegisters_AreExplainedSoundly) {
  int violations = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations =
        testing::random_register({.operations_max = 8, .cas = seed % 2 == 0}, random, values);
    expect_sound(operations, values, "cas-register", seed, violations);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(violations, 150);
}

TEST(ExplainRandom, DistinctRegistersWithoutCas_NeedSixOperationsAtMost) {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations =
        testing::random_register({.operations_max = 12, .info_percent = 40}, random, values);
    const Checked checked = check(as_text(operations, values), "register");
    for (const Violation& violation : checked.report.violations) {
      ASSERT_LE(violation.operations.size(), 6u) << "seed " << seed;
      ASSERT_NE(violation.anomaly, Anomaly::kNoLegalOrder) << "seed " << seed;
    }
  }
}

TEST(ExplainRandom, RepeatedValues_AreExplainedSoundly) {
  int violations = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations =
        testing::random_register({.operations_max = 8, .values = 3, .cas = true}, random, values);
    expect_sound(operations, values, "cas-register", seed, violations);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(violations, 150);
}

TEST(ExplainRandom, Lists_AreExplainedSoundly) {
  int violations = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations = testing::random_list({.operations_max = 8}, random, values);
    expect_sound(operations, values, "list", seed, violations);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(violations, 150);
}

}  // namespace
}  // namespace capsize::checker
