// How often is the name of an anomaly right? Histories with a planted anomaly, so that the truth is
// known: hot keys that are overwritten before any read, lagging replicas, failed cas, values
// that were there at first. Of each name: precision (how many of those that have it should) and
// recall (how many of those that should have it do).
//
// The suite checks some hundred violations; CAPSIZE_NAMED_VIOLATIONS=20000 as many as it says.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "checker/check/check.h"
#include "checker/generate/generator.h"

namespace capsize::checker {
namespace {

constexpr double kPrecisionMin = 0.99;
constexpr std::uint64_t kViolationsInTheSuite = 1'200;
constexpr std::uint64_t kFirstSeed = 1;

using Names = std::set<Anomaly>;

// The names that are right for what was planted, the best one first.
struct Truth {
  std::string_view planted;
  Anomaly best;
  Names right;
};

// Which name fits what was planted in a register or a transaction …
const Truth kRegisterTruths[] = {
    {"stale-read", Anomaly::kStaleRead, {Anomaly::kStaleOrLost}},
    {"lagging-reads", Anomaly::kStaleRead, {Anomaly::kStaleOrLost}},
    {"lost-write", Anomaly::kLostWrite, {Anomaly::kStaleOrLost}},
    {"unwritten-read", Anomaly::kGarbageRead, {}},
    {"aborted-read", Anomaly::kAbortedRead, {}},
    {"read-before-write", Anomaly::kReadBeforeWrite, {}},
    {"initial-value", Anomaly::kGarbageRead, {Anomaly::kReadBeforeWrite}},
    {"lost-update", Anomaly::kLostUpdate, {}},
    {"cyclic-cas", Anomaly::kCyclicCas, {}},
    {"failed-cas", Anomaly::kFailedCas, {}},
    {"intermediate-read", Anomaly::kIntermediateRead, {}},
    {"fractured-read", Anomaly::kFracturedRead, {}},
    {"internal", Anomaly::kInternalRead, {}},
    {"two-holders", Anomaly::kTwoHolders, {}},
    {"free-release", Anomaly::kFreeLockReleased, {}},
};
// … in a list, a set, a queue. What was shown and is gone for all later reads is both.
const Truth kCollectionTruths[] = {
    {"stale-read", Anomaly::kStaleRead, {Anomaly::kStaleOrLost}},
    {"unwritten-read", Anomaly::kGarbageRead, {Anomaly::kGarbageRead}},
    {"aborted-read", Anomaly::kAbortedRead, {}},
    {"reordered-append", Anomaly::kReorderedAppend, {}},
    {"duplicate-append", Anomaly::kDuplicateAppend, {}},
    {"incompatible-order", Anomaly::kIncompatibleOrder, {}},
    {"resurrected-element", Anomaly::kResurrectedElement, {}},
    {"duplicate-element", Anomaly::kDuplicateElement, {}},
    {"unwritten-element", Anomaly::kGarbageRead, {}},
    {"reordered-element", Anomaly::kReorderedElement, {Anomaly::kReorderedOrLost}},
    {"falsely-empty", Anomaly::kStaleRead, {Anomaly::kStaleOrLost}},
    {"lost-element", Anomaly::kLostElement, {Anomaly::kReorderedOrLost}},
};

Truth truth_of(const std::string& model, std::string_view planted) {
  if (model == "counter") return {planted, Anomaly::kWrongTotal, {}};
  if (model == "list" && planted == "unwritten-read") {
    return {planted, Anomaly::kGarbageRead, {}};
  }
  if (planted == "lost-write" && model == "list") {
    return {planted, Anomaly::kLostAppend, {Anomaly::kStaleOrLost, Anomaly::kIncompatibleOrder}};
  }
  if (planted == "lost-write" && model == "set") {
    return {planted, Anomaly::kLostElement, {Anomaly::kStaleOrLost}};
  }
  const bool collection = model == "list" || model == "set" || model == "fifo-queue" ||
                          model == "stack" || model == "bag";
  const std::span<const Truth> truths =
      collection ? std::span<const Truth>(kCollectionTruths) : kRegisterTruths;
  for (const Truth& truth : truths) {
    if (truth.planted == planted) return truth;
  }
  ADD_FAILURE() << "no truth for " << planted << " of " << model;
  return {planted, Anomaly::kNoLegalOrder, {}};
}

// Shapes from calm to hot: few reads among many writes leave most of them overwritten unseen.
GenerateOptions shape_of(std::uint64_t seed, std::string_view model, std::string_view anomaly) {
  const bool registers = model == "register" || model == "cas-register" || model == "kv";
  GenerateOptions options;
  options.model = model;
  options.anomaly = anomaly;
  options.seed = seed;
  options.operations = 40 + seed % 5 * 20;
  options.clients = static_cast<std::uint32_t>(2 + seed % 7 * 2);
  options.keys = static_cast<std::uint32_t>(1 + seed % 2);
  options.reads = registers ? 0.1 + 0.1 * static_cast<double>(seed % 7) : 0.4;
  if (anomaly == "falsely-empty") options.clients = static_cast<std::uint32_t>(2 + seed % 7);
  options.final_reads = seed % 4 < 2 ? 0.2 : 0;
  options.failed = 0.1;
  options.indeterminate = seed % 3 == 0 ? 0.1 : 0.0;
  if (anomaly == "failed-cas" || anomaly == "lost-update") options.cas = 0.25;
  options.reads = std::min(options.reads, 1 - options.cas);
  return options;
}

struct Figures {
  std::uint64_t planted = 0;
  std::uint64_t named = 0;
  std::uint64_t right = 0;  // of those that were named
  std::uint64_t found = 0;  // of those that were planted
  std::string wrong;        // the first example
};

class NamesTest : public ::testing::Test {
 protected:
  void plant(std::uint64_t seed, const std::string& model, std::string_view anomaly) {
    const GenerateOptions options = shape_of(seed, model, anomaly);
    if (problem_of(options)) return;
    std::string text;
    const Generated made = generate(options, [&](std::string_view line) { text += line; });
    if (made.counterexample.empty()) return;
    // What is searched may be hard; then there is no name.
    const CheckOptions check{
        .time_limit = std::chrono::seconds(2),
        .failed_cas = anomaly == "failed-cas" ? FailedCas::kObserves : FailedCas::kIgnored};
    const LoadResult loaded = load_history_text(text, check);
    const auto& history = std::get<History>(loaded);
    const Report report = check_history(history, check);
    const std::string where = fmt::format("{}, {}, seed {}", model, made.planted, seed);
    if (report.violations.size() != 1) {
      ++not_one_;
      return;
    }
    count(truth_of(model, made.planted), report.violations.front(), where);
    if (report.violations.front().anomaly == Anomaly::kLostWrite) {
      expect_not_seen(history, report.violations.front(), where);
    }
  }

  void count(const Truth& truth, const Violation& violation, const std::string& where) {
    ++violations_;
    Figures& best = figures_[truth.best];
    Figures& named = figures_[violation.anomaly];
    ++best.planted;
    ++named.named;
    if (truth.best == violation.anomaly) ++best.found;
    if (truth.best == violation.anomaly || truth.right.contains(violation.anomaly)) {
      ++named.right;
    } else if (named.wrong.empty()) {
      named.wrong = fmt::format("{}: {}", where, violation.sentence);
    }
  }

  // What is called lost is in the sentence, and no operation of the history saw it.
  static void expect_not_seen(const History& history, const Violation& violation,
                              const std::string& where) {
    const std::string sentence = violation.sentence;
    if (!sentence.starts_with("write ")) return;  // of transactions the key is in the way
    const std::string value = sentence.substr(6, sentence.find(' ', 6) - 6);
    for (const Operation& operation : history.operations) {
      if (operation.function != kRead || operation.outcome != Outcome::kOk) continue;
      ASSERT_NE(history.values.json(operation.result), value) << where << ": " << sentence;
    }
  }

  std::string table() const {
    std::string text = fmt::format("{:<38} {:>8} {:>8} {:>10} {:>8}\n", "name", "planted", "named",
                                   "precision", "recall");
    for (const auto& [anomaly, one] : figures_) {
      const auto share = [](std::uint64_t part, std::uint64_t whole) {
        return whole == 0
                   ? std::string("-")
                   : fmt::format("{:.4f}", static_cast<double>(part) / static_cast<double>(whole));
      };
      text += fmt::format("{:<38} {:>8} {:>8} {:>10} {:>8}\n", name(anomaly), one.planted,
                          one.named, share(one.right, one.named), share(one.found, one.planted));
    }
    return text +
           fmt::format("{} violations, {} histories with none or several\n", violations_, not_one_);
  }

  std::map<Anomaly, Figures> figures_;
  std::uint64_t violations_ = 0;
  std::uint64_t not_one_ = 0;
};

TEST_F(NamesTest, OfPlantedAnomalies_AreRight) {
  const char* wanted_text = std::getenv("CAPSIZE_NAMED_VIOLATIONS");
  const std::uint64_t wanted =
      wanted_text != nullptr ? std::strtoull(wanted_text, nullptr, 10) : kViolationsInTheSuite;
  std::uint64_t seed = kFirstSeed;
  for (; violations_ < wanted && !HasFatalFailure(); ++seed) {
    for (const std::string_view model : generated_models()) {
      for (const std::string_view anomaly : anomalies_of(model)) {
        plant(seed, std::string(model), anomaly);
      }
    }
  }
  fmt::print("seeds {} to {}\n{}", kFirstSeed, seed - 1, table());
  for (const auto& [anomaly, one] : figures_) {
    if (one.named == 0 || anomaly == Anomaly::kNoLegalOrder) continue;  // which is no name
    EXPECT_GE(static_cast<double>(one.right), kPrecisionMin * static_cast<double>(one.named))
        << name(anomaly) << ", for example " << one.wrong;
  }
}

}  // namespace
}  // namespace capsize::checker
