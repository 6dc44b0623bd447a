#include "checker/all_keys.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace capsize::checker {
namespace {

// Below, threads cost more than they bring: each clears a table as long as the different values.
constexpr std::size_t kOperationsPerThread = 50'000;
constexpr std::size_t kThreadsMax = 16;
constexpr KeyId kKeysAtATime = 8;

std::size_t threads_for(const History& history) {
  const std::size_t useful = std::min<std::size_t>(
      {history.operations.size() / kOperationsPerThread, history.keys.size(), kThreadsMax});
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1,
                                 std::max<std::size_t>(useful, 1));
}

KeyResult too_late(const Budget& budget) {
  KeyResult result;
  result.kind = Decision::Kind::kUnknown;
  result.reason = budget.time_bound() + " ended the check before it began";
  return result;
}

}  // namespace

std::vector<KeyResult> decide_all_fast(const History& history, const Model& model,
                                       const DecodeOptions& options, bool want_orders,
                                       const Budget& budget) {
  const auto keys = static_cast<KeyId>(history.keys.size());
  std::vector<KeyResult> results(keys);
  std::atomic<KeyId> next{0};
  const auto work = [&] {
    KeyChecker checker(history, model, options, want_orders);
    for (KeyId begin = next.fetch_add(kKeysAtATime); begin < keys;
         begin = next.fetch_add(kKeysAtATime)) {
      for (KeyId key = begin; key < std::min(begin + kKeysAtATime, keys); ++key) {
        if (history.of_key(key).empty()) continue;
        results[key] =
            budget.time_is_up() ? too_late(budget) : checker.decide_fast(key, false, budget);
      }
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads_for(history); ++i) others.emplace_back(work);
  work();
  others.clear();  // joins
  return results;
}

}  // namespace capsize::checker
