// The line that reproduces a run: a scenario becomes a line, a real shell splits it into words, the
// real command-line parser parses them, and the result must be the same scenario.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>

#include "base/prng.h"
#include "base/units.h"
#include "harness/cli/options.h"
#include "harness/judge/coverage.h"
#include "harness/report/results.h"
#include "harness/scenario/key_values.h"
#include "harness/store/run_directory.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using base::Json;
namespace fs = std::filesystem;

class ReproduceLine : public testing::Test {
 protected:
  /// The outcome of a run of this scenario.
  Outcome outcome_of(const Scenario& scenario, const fs::path& store = kStoreDefault) const {
    Outcome outcome;
    outcome.scenario = scenario;
    outcome.directory = directory_;
    outcome.store = store;
    outcome.plan = plan(scenario);
    if (!outcome.scenario.expect) {
      outcome.scenario.expect = default_expectations(scenario, outcome.plan);
    }
    EXPECT_TRUE(write_json(directory_ / "scenario.json", to_json(outcome.scenario)));
    return outcome;
  }

  static std::vector<std::string> split_by_shell(const std::string& line) {
    std::vector<std::string> words;
    FILE* shell = ::popen(("printf '%s\\0' " + line).c_str(), "r");
    std::string word;
    for (int c = std::fgetc(shell); c != EOF; c = std::fgetc(shell)) {
      if (c != 0) {
        word += static_cast<char>(c);
      } else {
        words.push_back(std::exchange(word, {}));
      }
    }
    EXPECT_EQ(::pclose(shell), 0) << line;
    return words;
  }

  /// The scenario and the store that `capsize run` parses from these words.
  static std::pair<Scenario, std::string> parse(std::vector<std::string> words) {
    base::CommandLine line("capsize", "");
    line.require_subcommand();
    ScenarioOptions options;
    std::string store = kStoreDefault;
    auto& run = line.add_subcommand("run", "");
    options.add_options(run);
    run.option("--store", store);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    const auto parsed = line.parse(arguments);
    if (const auto* failure = std::get_if<base::CommandLine::Failure>(&parsed)) {
      ADD_FAILURE() << failure->message;
    }
    auto scenario = options.merge();
    if (!scenario) {
      ADD_FAILURE() << scenario.error().message;
      return {};
    }
    return {std::move(scenario).value(), store};
  }

  void expect_same_again(const Scenario& scenario, const std::string& store = kStoreDefault) {
    const Outcome first = outcome_of(scenario, store);
    const std::string line = reproduce_line(first);
    SCOPED_TRACE(line);
    const auto [again, same_store] = parse(split_by_shell(line));
    EXPECT_EQ(same_store, store);
    EXPECT_EQ(to_json(outcome_of(again, store).scenario).dump(2), to_json(first.scenario).dump(2));
  }

  TemporaryDirectory temporary_{"reproduce $(x) 'y'"};
  const fs::path directory_{temporary_.path()};
};

Scenario plain() {
  Scenario scenario = default_scenario();
  scenario.seed = 7;
  return scenario;
}

/// A value that is not the default.
Json other_value(const Key<Scenario>& key) {
  if (key.name == "phases") return Json::array({{{"faults", Json::array({{{"kind", "kill"}}})}}});
  if (key.name == "expect") return Json::parse(R"({"ok": 3, "faults": {"kill": 1}})");
  switch (flag_type(key)) {
    case FlagType::kCount:
      return std::uint64_t{static_cast<std::uint64_t>(key.min) + 2};
    case FlagType::kNumber:
      return 0.1 + 0.2;
    case FlagType::kDuration:
      return "1.000000001s";
    case FlagType::kList:
      return Json::array({"kill", "all"});
    case FlagType::kRepeated:
      return Json::array({"--x=$(touch y)", "a b", "it's \"so\"\n", "-", "\\", "*"});
    default:
      return key.choices != nullptr ? Json(key.choices().back()) : Json("other");
  }
}

TEST_F(ReproduceLine, EveryKey_RoundTrips) {
  for (const auto& key : kScenarioKeys) {
    SCOPED_TRACE(std::string(key.name));
    Scenario scenario = plain();
    const auto invalid = set_member(scenario, key, other_value(key));
    ASSERT_FALSE(invalid) << invalid->what;
    ASSERT_NE(value_of(scenario, key), value_of(plain(), key)) << "the default shows nothing";
    expect_same_again(scenario);
  }
}

TEST_F(ReproduceLine, ValuesThatFlagsCannotExpress_UseTheScenarioFile) {
  for (const char* text : {"", "[a,b]", "%%"}) {
    Scenario scenario = plain();
    scenario.node_arguments = {"--x", text};
    EXPECT_THAT(reproduce_line(outcome_of(scenario)), testing::HasSubstr("/scenario.json")) << text;
    expect_same_again(scenario);
  }
}

TEST_F(ReproduceLine, OnlyValuesOtherThanTheDefault_AreFlags) {
  EXPECT_THAT(reproduce_line(outcome_of(plain())), testing::EndsWith(" run --seed 7"));
}

TEST_F(ReproduceLine, Store_IsQuoted) {
  expect_same_again(plain(), "my runs/$(touch pwned)/it's\nhere");
  expect_same_again(plain(), "-dash");
}

TEST_F(ReproduceLine, OfReplayedAndInteractiveFaults_IsAReplay) {
  Outcome outcome = outcome_of(plain());
  outcome.replay_of = directory_;
  const auto words = split_by_shell(reproduce_line(outcome));
  EXPECT_THAT(std::vector(words.begin() + 1, words.end()),
              testing::ElementsAre("replay", directory_.string()));
}

std::string hostile_text(base::Prng& prng) {
  constexpr std::string_view kPieces[] = {"a",    "7",  " ",  "'",     "\"", "$(touch pwned)",
                                          "`id`", ";",  "\n", "\t",    "\\", "[",
                                          "]",    "{}", "%",  "$HOME", "$$", ",",
                                          "-",    "=",  "#",  "~",     "é",  "!",
                                          "*",    "?",  "&",  "|",     "<",  "\x1b[2J"};
  std::string text;
  for (std::uint64_t i = prng.below(8); i > 0; --i) {
    text += kPieces[prng.below(std::size(kPieces))];
  }
  return text;
}

Json random_value(const Key<Scenario>& key, base::Prng& prng) {
  const double most = std::isinf(key.max) ? 1e15 : key.max;
  // Products of two random numbers, so that small values are more frequent.
  const auto share = [&] { return static_cast<double>(prng.below(1'000'001)) / 1e6; };
  const double drawn = key.min + (most - key.min) * share() * share();
  if (key.name == "phases" || key.name == "expect") return other_value(key);
  if (key.name == "name") return safe_name(hostile_text(prng));
  switch (flag_type(key)) {
    case FlagType::kCount:
      return std::uint64_t{static_cast<std::uint64_t>(drawn)};
    case FlagType::kNumber:
      return std::max(drawn, key.min);
    case FlagType::kDuration:
      return base::format_duration(base::Duration(
          std::max<std::int64_t>(1'000'000, static_cast<std::int64_t>(drawn * 1e9))));
    case FlagType::kList:
    case FlagType::kRepeated: {
      Json items = Json::array();
      const auto words = key.choices != nullptr ? key.choices() : std::vector<std::string>();
      for (std::uint64_t i = prng.below(5); i > 0; --i) {
        items.push_back(words.empty() ? hostile_text(prng) : words[prng.below(words.size())]);
      }
      return items;
    }
    default:
      return key.choices != nullptr ? key.choices()[prng.below(key.choices().size())]
                                    : hostile_text(prng);
  }
}

TEST_F(ReproduceLine, RandomScenarios_RoundTrip) {
  constexpr std::size_t kScenarios = 200;
  constexpr std::uint64_t kSeedsMax = 20 * kScenarios;
  std::size_t repeated = 0;
  for (std::uint64_t seed = 1; repeated < kScenarios && !HasFailure(); ++seed) {
    ASSERT_LE(seed, kSeedsMax) << "too few of the scenarios are valid";
    SCOPED_TRACE("seed " + std::to_string(seed));
    base::Prng prng(seed);
    Scenario scenario = plain();
    for (const auto& key : kScenarioKeys) {
      // A plan of days has too many faults to build 400 times.
      if (prng.chance(0.6) || key.name == "time-limit") continue;
      const auto invalid = set_member(scenario, key, random_value(key, prng));
      ASSERT_FALSE(invalid) << key.name << ": " << invalid->what;
    }
    scenario.time_limit = std::chrono::nanoseconds(1'000'000 + prng.below(60'000'000'000));
    // Values that are valid by themselves may conflict: such a run is refused, not reproduced.
    if (!validate(scenario)) continue;
    ++repeated;
    expect_same_again(scenario, prng.chance(0.5) ? kStoreDefault : "s" + hostile_text(prng));
  }
}

}  // namespace
}  // namespace capsize::harness
