// Explanations of random histories: closed, violating, irreducible, and of the same anomaly by
// themselves.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "checker/check/check.h"
#include "checker/explain/explain.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;

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
    switch (anomaly) {
      case Anomaly::kStaleRead:
      case Anomaly::kLostWrite:
      case Anomaly::kLostAppend:
      case Anomaly::kIncompatibleOrder:
        return Anomaly::kStaleOrLost;
      default:
        return anomaly;
    }
  };
  ASSERT_EQ(group(alone), group(violation.anomaly))
      << "seed " << seed << ": " << violation.sentence << " / "
      << of_its_own.report.violations.at(0).sentence << "\n"
      << as_text(random, values) << "\n"
      << as_text(picked, checked.history.values);
}

// `make` draws the operations of one history; the rest is the same for all.
template <typename Make>
void expect_all_sound(const char* model, const Make& make) {
  int violations = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations = make(seed, random, values);
    expect_sound(operations, values, model, seed, violations);
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(violations, 150);
}

TEST(ExplainRandom, DistinctRegisters_AreExplainedSoundly) {
  expect_all_sound("cas-register", [](std::uint64_t seed, Random& random, ValueTable& values) {
    return testing::random_register({.operations_max = 8, .cas = seed % 2 == 0}, random, values);
  });
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
  expect_all_sound("cas-register", [](std::uint64_t, Random& random, ValueTable& values) {
    return testing::random_register({.operations_max = 8, .values = 3, .cas = true}, random,
                                    values);
  });
}

// Which of two appends of 7 a read shows is unknown, but it is known that there were two.
TEST(ExplainRandom, ListsWithRepeatedElements_AreExplainedSoundly) {
  expect_all_sound("list", [](std::uint64_t, Random& random, ValueTable& values) {
    return testing::random_list({.operations_max = 8, .values = 3}, random, values);
  });
}

TEST(ExplainRandom, Lists_AreExplainedSoundly) {
  expect_all_sound("list", [](std::uint64_t, Random& random, ValueTable& values) {
    return testing::random_list({.operations_max = 8}, random, values);
  });
}

}  // namespace
}  // namespace capsize::checker
