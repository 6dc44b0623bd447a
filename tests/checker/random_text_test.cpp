// Complete checks of random texts: against brute force, and against other texts of the same events.
//
// CAPSIZE_RANDOM_HISTORIES sets the number (scripts/trials asks for 100,000); the seed is printed
// where something is wrong.
#include "tests/checker/random_text.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "checker/check/prepare_history.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Layout;
using testing::Random;
using testing::TextEvent;
using testing::TextHistory;

// The verdict of brute force over all keys, on what the model makes of the history.
bool is_legal(const PreparedHistory& prepared) {
  const History& history = prepared.history();
  const Model& model = prepared.model();
  for (KeyId key = 0; key < history.keys.size(); ++key) {
    KeyProblem problem{history, model, key, history.initial.value_or(kNullValue)};
    if (decode_key(problem, {})) return false;
    if (!BruteForce(problem.operations, problem.initial, model, history.values).legal()) {
      return false;
    }
  }
  return true;
}

bool has_required(const PreparedHistory& prepared) {
  const History& history = prepared.history();
  return std::any_of(history.operations.begin(), history.operations.end(), [&](const auto& one) {
    return one.outcome != Outcome::kInfo &&
           prepared.model().decode(history, one, {}).kind == Decoded::Kind::kKeep;
  });
}

struct Checked {
  Report report;
  std::optional<History> history;
};

Checked check(const std::string& text, const CheckOptions& options) {
  LoadResult loaded = load_history_text(text, options, "h");
  if (auto* history = std::get_if<History>(&loaded)) {
    Report report = check_history(*history, options);
    return {std::move(report), std::move(*history)};
  }
  return {report_without_history("h", std::move(loaded)), {}};
}

TEST(RandomText, EveryModel_AgreesWithBruteForce) {
  const std::uint64_t count = testing::histories(800);
  std::uint64_t violations = 0, vacuous = 0;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    Random random(seed);
    const auto& models = testing::text_models();
    const std::string& model = models[seed % models.size()];
    const TextHistory events = testing::random_text_history(model, random);
    const Layout& layout = testing::layouts().front();
    const std::string text = testing::text_of(events, layout);
    const Checked checked = check(text, testing::options_for(events, layout));
    ASSERT_TRUE(checked.history) << "seed " << seed << ": " << checked.report.reason << "\n"
                                 << text;
    const PreparedHistory prepared(*checked.history, *find_model(model));
    ASSERT_FALSE(prepared.refusal()) << *prepared.refusal();
    const bool legal = is_legal(prepared);
    const Verdict expected = !legal                   ? Verdict::kInvalid
                             : has_required(prepared) ? Verdict::kValid
                                                      : Verdict::kVacuous;
    ASSERT_EQ(checked.report.verdict, expected)
        << "seed " << seed << ", model " << model << ": " << checked.report.reason << "\n"
        << text;
    violations += legal ? 0 : 1;
    vacuous += expected == Verdict::kVacuous ? 1 : 0;
    if (!legal) {
      ASSERT_FALSE(checked.report.violations.empty());
      ASSERT_FALSE(checked.report.violations.front().sentence.empty());
    }
  }
  // A test of nothing but legal histories, or of none, would prove little.
  EXPECT_GT(violations, count / 5);
  EXPECT_LT(violations, count * 4 / 5);
  EXPECT_GT(vacuous, 0u);
  RecordProperty("violations", static_cast<int>(violations));
}

TEST(RandomText, OtherWaysToWriteIt_GiveTheSameVerdict) {
  const std::uint64_t count = testing::histories(1200) / 12;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    Random random(seed);
    const auto& models = testing::text_models();
    const TextHistory events = testing::random_text_history(models[seed % models.size()], random);
    std::optional<Report> first;
    for (const Layout& layout : testing::layouts()) {
      const std::string text = testing::text_of(events, layout);
      const Report report = check(text, testing::options_for(events, layout)).report;
      if (!first) first = report;
      const std::string where =
          fmt::format("seed {}, {}: {}\n{}", seed, layout.name, report.reason, text);
      ASSERT_EQ(report.verdict, first->verdict) << where;
      ASSERT_EQ(report.counts.operations, first->counts.operations) << where;
      ASSERT_EQ(report.counts.ok, first->counts.ok) << where;
      ASSERT_EQ(report.counts.fail, first->counts.fail) << where;
      ASSERT_EQ(report.counts.keys, first->counts.keys) << where;
    }
  }
}

// Values and processes by other names, in an order of their own.
TextHistory renamed(TextHistory history, Random& random) {
  std::vector<std::uint32_t> numbers(64);
  for (std::uint32_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  for (std::uint32_t i = 0; i < numbers.size(); ++i) {
    std::swap(numbers[i], numbers[random.below(static_cast<std::uint32_t>(numbers.size()))]);
  }
  // What numbers mean by themselves stays: sums, keys of transactions, permits, the order of
  // fences.
  const bool values_too = history.model != "counter" && history.model != "multi-register" &&
                          history.model != "semaphore" &&
                          history.model.find("fenced") == std::string::npos;
  for (TextEvent& event : history.events) {
    event.process = numbers[event.process];
    event.key += 7;
    if (!values_too) continue;
    // The small values are single digits, so other digits in their places are other values.
    bool in_text = false;
    for (char& c : event.value) {
      if (c == '"') in_text = !in_text;
      if (!in_text && c >= '1' && c <= '3') c = static_cast<char>('1' + ('3' - c) + 4);
    }
  }
  return history;
}

TEST(RandomText, OtherNames_GiveTheSameVerdict) {
  const std::uint64_t count = testing::histories(400);
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    Random random(seed);
    const auto& models = testing::text_models();
    const TextHistory events = testing::random_text_history(models[seed % models.size()], random);
    const Layout& layout = testing::layouts().front();
    const CheckOptions options = testing::options_for(events, layout);
    const std::string text = testing::text_of(events, layout);
    const std::string other = testing::text_of(renamed(events, random), layout);
    ASSERT_EQ(check(text, options).report.verdict, check(other, options).report.verdict)
        << "seed " << seed << "\n"
        << text << "\n"
        << other;
  }
}

// Two histories on keys of their own, one after the other, are what the worse of them is.
TEST(RandomText, KeysTogether_AreAsBadAsTheWorstOfThem) {
  const std::uint64_t count = testing::histories(400);
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    Random random(seed);
    const auto& models = testing::text_models();
    const std::string& model = models[seed % models.size()];
    if (model == "multi-register") continue;
    TextHistory first = testing::random_text_history(model, random);
    TextHistory second = testing::random_text_history(model, random);
    const Layout& layout = testing::layouts().front();
    const CheckOptions options = testing::options_for(first, layout);
    const Verdict a = check(testing::text_of(first, layout), options).report.verdict;
    const Verdict b = check(testing::text_of(second, layout), options).report.verdict;
    for (TextEvent& event : second.events) {
      event.key += 2;
      event.process += 100;
    }
    first.events.insert(first.events.end(), second.events.begin(), second.events.end());
    const Verdict both = check(testing::text_of(first, layout), options).report.verdict;
    const bool invalid = a == Verdict::kInvalid || b == Verdict::kInvalid;
    const bool valid = a == Verdict::kValid || b == Verdict::kValid;
    const Verdict expected = invalid ? Verdict::kInvalid
                             : valid ? Verdict::kValid
                                     : Verdict::kVacuous;
    ASSERT_EQ(both, expected) << "seed " << seed << "\n" << testing::text_of(first, layout);
  }
}

// A field that is missing, or an end that is: an error, or a verdict that says what was left out.
TEST(RandomText, WhatIsMissing_IsNeverLeftOutInSilence) {
  const std::uint64_t count = testing::histories(800);
  std::uint64_t said = 0, refused = 0;
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    Random random(seed);
    const auto& models = testing::text_models();
    const TextHistory events = testing::random_text_history(models[seed % models.size()], random);
    const auto& layouts = testing::layouts();
    const Layout& layout = layouts[random.below(static_cast<std::uint32_t>(layouts.size()))];
    std::string text = testing::text_of(events, layout);
    const std::uint64_t operations =
        check(text, testing::options_for(events, layout)).report.counts.operations;
    if (random.chance(50)) {
      text.resize(random.below(static_cast<std::uint32_t>(text.size())));
    } else {
      constexpr const char* kFields[] = {"process", "type", "f", "value", "index"};
      const std::string field = kFields[random.below(5)];
      const std::string name = layout.edn ? ":" + field + " " : "\"" + field + "\"";
      const std::size_t at = text.find(name, random.below(static_cast<std::uint32_t>(text.size())));
      if (at == std::string::npos) continue;
      text.replace(at + 1, 1, "z");
    }
    const Checked checked = check(text, testing::options_for(events, layout));
    const Report& report = checked.report;
    if (!checked.history) {
      ASSERT_FALSE(report.reason.empty());
      ++refused;
      continue;
    }
    const bool says = report.cut_off || !report.notes.empty() || report.skipped.count > 0;
    said += says ? 1 : 0;
    // Events that end with their file are a shorter history, if a line feed came before.
    const bool is_shorter = text.size() <= 3 || text.back() == '\n' || text.back() == '}';
    if (!says && !is_shorter) {
      ASSERT_EQ(report.counts.operations, operations) << "seed " << seed << "\n" << text;
    }
  }
  EXPECT_GT(said, 0u);
  EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace capsize::checker
