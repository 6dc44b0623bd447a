// Names a failed cas that claims to have observed another value than the expected one (--failed-cas
// observes), although the expected value was there all the time.
//
// Take a failed cas without which the others have a legal order: in every such order the expected
// value is there wherever the cas may be placed; otherwise it could be placed. The cas is named
// only if observations before it prove this. If observations after it are needed, one of those may
// be wrong instead:
//
//     write 7, write 9 begins, cas [7,8] fails, read 7
//
// Here the cas may have observed 9, and the read may be stale, so the cas is not named.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "checker/explain/explainers.h"
#include "checker/explain/small_search.h"
#include "checker/explain/wording.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

constexpr std::chrono::nanoseconds kFailedCasTimeMax = std::chrono::milliseconds(50);

bool is_failed_cas(const KeyOperation& operation) {
  return operation.required && operation.code == kCodeMismatch;
}

std::vector<KeyOperation> all_but(std::span<const KeyOperation> counterexample,
                                  const KeyOperation& left_out) {
  std::vector<KeyOperation> others;
  std::copy_if(counterexample.begin(), counterexample.end(), std::back_inserter(others),
               [&](const KeyOperation& other) { return other.source != left_out.source; });
  return others;
}

}  // namespace

std::optional<Finding> explain_failed_cas(const KeyProblem& problem,
                                          std::span<const KeyOperation> counterexample) {
  if (counterexample.size() > SmallSearch::kOperationsMax) return std::nullopt;
  const Budget budget(kFailedCasTimeMax, 0);
  SmallSearch search(problem, budget);
  for (const KeyOperation& cas : counterexample) {
    if (!is_failed_cas(cas)) continue;
    const bool contradicted_later =
        std::any_of(counterexample.begin(), counterexample.end(), [&](const KeyOperation& other) {
          const bool observes =
              other.required && (other.observed != kNoValue || is_failed_cas(other));
          return observes && other.source != cas.source && other.complete > cas.invoke;
        });
    if (contradicted_later) continue;
    if (!search.has_legal_order(all_but(counterexample, cas)) || !search.is_certain()) continue;
    const Wording wording(problem);
    return Finding{Anomaly::kFailedCas,
                   fmt::format("{} failed although the value was {}: a {}", wording.by_process(cas),
                               wording.value(cas.argument), name(Anomaly::kFailedCas))};
  }
  return std::nullopt;
}

}  // namespace capsize::checker
