#include "harness/score/matrix.h"

#include <algorithm>

namespace capsize::harness {

using checker::Verdict;

std::string report_of(const RunFailure& failure) {
  return failure.anomaly.empty() ? failure.check : failure.check + "/" + failure.anomaly;
}

bool is_report(const RunFailure& failure, const std::vector<std::string>& reports) {
  return std::any_of(reports.begin(), reports.end(), [&](const std::string& report) {
    return report == failure.check || report == report_of(failure);
  });
}

Judgement judge_run(const LedgerRun& run, const ScoredBug* bug) {
  if (run.verdict == Verdict::kValid) return {.what = Catch::kMissed};
  if (run.verdict != Verdict::kInvalid) return {.what = Catch::kUncounted};
  for (const auto& failure : run.failures) {
    if (bug == nullptr || is_report(failure, bug->reports)) {
      return {.what = Catch::kCaught, .failure = &failure};
    }
  }
  return {.what = bug == nullptr ? Catch::kCaught : Catch::kOtherwise};
}

const MatrixCell& Matrix::at(const std::string& bug, const std::string& strategy) const {
  static const MatrixCell kEmpty;
  const auto found = cells.find({bug, strategy});
  return found == cells.end() ? kEmpty : found->second;
}

std::uint64_t Matrix::runs() const {
  std::uint64_t runs = 0;
  for (const auto& [key, cell] : cells) {
    runs += cell.runs();
    for (const auto& [verdict, count] : cell.uncounted) runs += count;
  }
  return runs;
}

MatrixCell Matrix::clean() const {
  MatrixCell sum;
  for (const auto& [key, cell] : cells) {
    if (key.first != kCleanRow) continue;
    sum.caught += cell.caught;
    sum.missed += cell.missed;
    sum.otherwise += cell.otherwise;
    for (const auto& [report, count] : cell.reports) sum.reports[report] += count;
    for (const auto& [verdict, count] : cell.uncounted) sum.uncounted[verdict] += count;
  }
  return sum;
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

}  // namespace capsize::harness
