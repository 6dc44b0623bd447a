#include "harness/suite/suite_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "base/mismatch.h"
#include "base/prng.h"

namespace capsize::harness {
namespace {

constexpr std::uint64_t kShardsMax = 10'000;
/// Short enough to be read aloud, and large enough that nights do not repeat each other's seeds.
constexpr std::uint64_t kSeedBound = 1'000'000'000;
constexpr std::size_t kPrefixMin = 4;

std::string id_of(const SuiteCase& of, std::uint64_t number) {
  return fmt::format("{}/{}", of.scenario.name, number);
}

std::uint64_t draw(const SuiteCase& of, std::uint64_t seed, std::uint64_t number) {
  return base::Prng::stream(seed, of.scenario.name, number).below(kSeedBound);
}

bool has_signature(const LedgerRun& run, const std::string& prefix, std::set<std::string>& found) {
  bool has = false;
  for (const auto& failure : run.failures) {
    if (!failure.signature.starts_with(prefix)) continue;
    found.insert(failure.signature);
    has = true;
  }
  return has;
}

}  // namespace

std::string Shard::text() const {
  return fmt::format("{}/{}", number, count);
}

base::Result<Shard> parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto [slash, first] = std::from_chars(text.data(), end, shard.number);
  const bool has_slash = first == std::errc() && slash != end && *slash == '/';
  const auto [last, second] = has_slash
                                  ? std::from_chars(slash + 1, end, shard.count)
                                  : std::from_chars_result{slash, std::errc::invalid_argument};
  if (second != std::errc() || last != end || shard.number == 0 || shard.number > shard.count ||
      shard.count > kShardsMax) {
    return base::Error{base::mismatch(text, "K/N such as 2/4, with K from 1 to N")};
  }
  return shard;
}

PlannedRun drawn_run(const SuiteCase& of, std::uint64_t seed, std::uint64_t number) {
  return {&of, id_of(of, number), draw(of, seed, number)};
}

std::vector<PlannedRun> control_runs(const Suite& suite, std::uint64_t seed) {
  std::vector<PlannedRun> runs;
  for (const auto& each : suite.cases) {
    if (each.purpose == Purpose::kTest) continue;
    const auto count = each.purpose == Purpose::kBugControl ? kControlSeedsMax : 1;
    for (std::uint64_t number = 1; number <= count; ++number) {
      runs.push_back(drawn_run(each, seed, number));
    }
  }
  return runs;
}

TestRuns::TestRuns(const Suite& suite, std::uint64_t seed, Shard shard, bool endless)
    : seed_(seed), shard_(shard), endless_(endless) {
  for (const auto& each : suite.cases) {
    if (each.purpose == Purpose::kTest) cases_.push_back(&each);
  }
}

std::optional<std::uint64_t> TestRuns::seed_of(const SuiteCase& of) const {
  if (!of.fixed_seeds.empty()) {
    if (round_ >= of.fixed_seeds.size()) return std::nullopt;
    return of.fixed_seeds[round_];
  }
  if (!endless_ && round_ >= of.seeds) return std::nullopt;
  return draw(of, seed_, round_ + 1);
}

std::optional<PlannedRun> TestRuns::next() {
  while (true) {
    if (case_ == cases_.size()) {
      if (!found_in_round_) return std::nullopt;
      found_in_round_ = false;
      case_ = 0;
      ++round_;
    }
    const SuiteCase& of = *cases_[case_++];
    const auto seed = seed_of(of);
    if (!seed) continue;
    found_in_round_ = true;
    if (ordinal_++ % shard_.count != shard_.number - 1) continue;
    return PlannedRun{&of, id_of(of, round_ + 1), *seed};
  }
}

std::uint64_t count_test_runs(const Suite& suite, Shard shard) {
  std::uint64_t total = 0;
  for (const auto& each : suite.cases) {
    if (each.purpose != Purpose::kTest) continue;
    total += each.fixed_seeds.empty() ? each.seeds : each.fixed_seeds.size();
  }
  return total / shard.count + (shard.number <= total % shard.count ? 1 : 0);
}

base::Result<std::vector<PlannedRun>> runs_of_group(const Suite& suite, const Ledger& ledger,
                                                    const std::string& signature) {
  if (signature.size() < kPrefixMin) {
    return base::Error{base::mismatch(signature, "a signature, or its first four digits or more")};
  }
  std::vector<PlannedRun> runs;
  std::set<std::string> found;
  std::set<std::pair<std::string, std::uint64_t>> known;
  for (const auto& execution : ledger.executions) {
    if (execution.suite != suite.name) continue;
    for (const auto& run : execution.runs) {
      if (run.purpose != Purpose::kTest || !has_signature(run, signature, found)) continue;
      const auto of = std::find_if(suite.cases.begin(), suite.cases.end(), [&](const auto& each) {
        return each.scenario.name == run.case_name;
      });
      if (of == suite.cases.end() || !known.insert({run.case_name, run.seed}).second) continue;
      runs.push_back({&*of, fmt::format("{}/only-{}", run.case_name, runs.size() + 1), run.seed});
    }
  }
  if (found.size() > 1) {
    std::string names;
    for (const auto& each : found) names += (names.empty() ? "" : ", ") + each;
    return base::Error{base::mismatch(signature, "the beginning of only one of: " + names)};
  }
  if (runs.empty()) {
    return base::Error{base::mismatch(
        signature, "the signature of a failure of suite " + suite.name + " in the ledger")};
  }
  return runs;
}

}  // namespace capsize::harness
