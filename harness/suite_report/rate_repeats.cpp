#include "harness/suite_report/rate_repeats.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace capsize::harness {

std::optional<std::string> RateRepeats::next_case(const Ledger& earlier, const Execution& execution,
                                                  const std::vector<const PlannedRun*>& running) {
  if (!judged_ || *judged_ != execution.runs.size()) judge(earlier, execution);
  Counts by_case;
  for (const PlannedRun* run : running) ++by_case[run->of->scenario.name];
  for (const Need& need : needs_) {
    std::uint64_t coming = 0;
    for (const std::string& name : need.cases) coming += by_case[name];
    if (coming < need.runs) return case_behind(need, by_case);
  }
  return std::nullopt;
}

void RateRepeats::judge(const Ledger& earlier, const Execution& execution) {
  if (!earlier_) earlier_.emplace(nights_of(earlier, execution.suite));
  judged_ = execution.runs.size();
  needs_.clear();
  planned_.clear();
  ended_.clear();
  for (std::size_t i = 0; i < execution.runs.size(); ++i) {
    const LedgerRun& run = execution.runs[i];
    if (run.purpose != Purpose::kTest) continue;
    ++ended_[run.case_name];
    if (!execution.repeats_from || i < *execution.repeats_from) ++planned_[run.case_name];
  }
  const std::uint64_t runs_max = 2 * execution.rates.value_or(RateTest{}).runs;
  const Night night{.executions = {&execution}};
  for (const auto& [key, rate] : rates_of(*earlier_, night, tester_)) {
    std::uint64_t ended = 0;
    for (const std::string& name : rate.cases) ended += ended_[name];
    if (!rate.undecided || ended >= runs_max) continue;
    needs_.push_back({rate.cases, rate.declared_looks[rate.looks] - rate.runs});
  }
}

std::string RateRepeats::case_behind(const Need& need, const Counts& running) const {
  CHECK(!need.cases.empty(), "a group has been seen in a case");
  const auto count = [](const Counts& counts, const std::string& name) {
    const auto found = counts.find(name);
    return found == counts.end() ? std::uint64_t{0} : found->second;
  };
  // How often the case has run for each of its planned runs.
  const auto part = [&](const std::string& name) {
    const auto runs = static_cast<double>(count(ended_, name) + count(running, name));
    const auto planned = static_cast<double>(std::max<std::uint64_t>(1, count(planned_, name)));
    return std::make_tuple(runs / planned, name);
  };
  return *std::min_element(need.cases.begin(), need.cases.end(),
                           [&](const auto& a, const auto& b) { return part(a) < part(b); });
}

}  // namespace capsize::harness
