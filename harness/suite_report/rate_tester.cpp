#include "harness/suite_report/rate_tester.h"

#include <utility>

#include "harness/statistics/interval.h"

namespace capsize::harness {
namespace {

constexpr double kFutileChance = 0.2;
/// So that a process that reports for months does not grow.
constexpr std::size_t kRememberedMax = 100'000;

template <class Map, class Compute>
typename Map::mapped_type remembered(std::mutex& mutex, Map& map, const typename Map::key_type& key,
                                     const Compute& compute) {
  {
    const std::lock_guard lock(mutex);
    const auto found = map.find(key);
    if (found != map.end()) return found->second;
  }
  auto value = compute();
  const std::lock_guard lock(mutex);
  if (map.size() >= kRememberedMax) map.clear();
  return map.emplace(key, std::move(value)).first->second;
}

}  // namespace

double RateTester::p_value(const Share& before, const Counts& looks, const Counts& failed) {
  return remembered(mutex_, p_values_, {{before.failed, before.runs, looks}, failed},
                    [&] { return SequentialTest(before, looks).p_value(failed); });
}

bool RateTester::is_futile(const Share& before, const Counts& looks, const Counts& failed,
                           double level) {
  if (failed.empty() || failed.back() == 0) return true;
  const SequentialTest test(before, looks);
  const Counts needed = remembered(mutex_, needed_, {{before.failed, before.runs, looks}, level},
                                   [&] { return test.failures_needed(level); });
  const double share = upper_bound(failed.back(), looks[failed.size() - 1]);
  return test.chance_of(needed, failed, share) < kFutileChance;
}

}  // namespace capsize::harness
