// How stale reads are: for each, how long a newer value had been the current one when it began, and
// how many newer values had been acknowledged by then (time- and version-based staleness: Bailis et
// al., "Probabilistically Bounded Staleness", VLDB 2012). Both are lower bounds: a value is
// certainly newer only if its write began after the value that was read had been the current one.
//
// For registers with distinct values; otherwise unknown. O(n log n), and O(n) for each stale read.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "checker/consistency/register_versions.h"
#include "checker/consistency/weaker_models.h"
#include "checker/explain/wording.h"
#include "checker/history/times.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kReadsPerBudgetCheck = 64;

std::int64_t percentile(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  return sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)];
}

ConsistencyAnswer ask(const KeyProblem& problem, const Budget& budget) {
  const auto versions = RegisterVersions::of(problem);
  if (!versions) {
    return {.detail = "measured only for registers in which every value is written once"};
  }
  std::vector<const KeyOperation*> writes;  // acknowledged, by invocation
  for (const KeyOperation* operation : versions->operations()) {
    if (operation->required && operation->written != kNoValue) writes.push_back(operation);
  }
  std::size_t reads = 0;
  std::size_t steps = 0;
  std::vector<std::int64_t> behind, skipped;
  for (const KeyOperation* read : versions->operations()) {
    if (read->written != kNoValue) continue;
    ++reads;
    const bool initial = read->observed == versions->initial();
    const Position certain_from = (*versions)[read->observed].certain_from;
    const auto newer = std::partition_point(writes.begin(), writes.end(), [&](const auto* write) {
      return !initial && write->invoke <= certain_from;
    });
    const KeyOperation* earliest = nullptr;
    std::int64_t count = 0;
    for (auto write = newer; write != writes.end() && (*write)->invoke < read->invoke; ++write) {
      if (++steps % kReadsPerBudgetCheck == 0 && budget.time_is_up()) {
        return {.detail = "the time bound ended it"};
      }
      if ((*write)->complete >= read->invoke) continue;
      ++count;
      if (earliest == nullptr || (*write)->complete < earliest->complete) earliest = *write;
    }
    if (earliest == nullptr) continue;
    skipped.push_back(count);
    const std::int64_t from = problem.source(*earliest).complete_time;
    const std::int64_t to = problem.source(*read).invoke_time;
    if (from != kNoTime && to >= from) behind.push_back(time_between(from, to));
  }
  if (skipped.empty()) {
    return {.holds = ConsistencyAnswer::Holds::kYes,
            .detail = fmt::format("none of {} reads is", reads)};
  }
  std::sort(behind.begin(), behind.end());
  std::sort(skipped.begin(), skipped.end());
  std::string detail = fmt::format("{} of {} reads are, by {} version(s) in the median, {} at most",
                                   skipped.size(), reads, percentile(skipped, 50), skipped.back());
  if (!behind.empty()) {
    detail += fmt::format("; by {} in the median, {} at the 99th percentile, {} at most",
                          duration_text(percentile(behind, 50)),
                          duration_text(percentile(behind, 99)), duration_text(behind.back()));
  }
  return {.holds = ConsistencyAnswer::Holds::kNo, .detail = std::move(detail)};
}

const ConsistencyModelRegistrar kRegistrar({
    .name = "fresh-reads",
    .summary = "no read is stale; else how many, by how many versions and how long",
    .ask = &ask,
});

}  // namespace
}  // namespace capsize::checker
