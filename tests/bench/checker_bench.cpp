// How loading and checking grow with the history, over four decades: 100 to 1,000,000 operations of
// a register on one key, ten clients, different values, one in a hundred writes indeterminate.
//
// The library fits c · n log n to the times and says how far off they are (RMS).
#include <benchmark/benchmark.h>

#include <string>

#include "checker/check/check.h"
#include "checker/generate/generator.h"

namespace {

using namespace capsize::checker;

constexpr std::int64_t kSmallest = 100;
constexpr std::int64_t kLargest = 1'000'000;

std::string history_of(std::int64_t operations) {
  std::string text;
  generate(
      {.operations = static_cast<std::uint64_t>(operations), .clients = 10, .indeterminate = 0.01},
      [&](std::string_view line) { text += line; });
  return text;
}

void load(benchmark::State& state) {
  const std::string text = history_of(state.range(0));
  for (auto _ : state) {
    auto loaded = load_history_text(text);
    benchmark::DoNotOptimize(loaded);
  }
  state.SetComplexityN(state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void check(benchmark::State& state) {
  const auto loaded = load_history_text(history_of(state.range(0)));
  for (auto _ : state) {
    const Report report = check_history(std::get<History>(loaded));
    if (report.verdict != Verdict::kValid) state.SkipWithError("not valid");
  }
  state.SetComplexityN(state.range(0));
}

BENCHMARK(load)
    ->RangeMultiplier(10)
    ->Range(kSmallest, kLargest)
    ->UseRealTime()
    ->Complexity(benchmark::oNLogN);
BENCHMARK(check)
    ->RangeMultiplier(10)
    ->Range(kSmallest, kLargest)
    ->UseRealTime()
    ->Complexity(benchmark::oNLogN);

}  // namespace

BENCHMARK_MAIN();
