#include "harness/judge/self_check.h"

#include <fmt/core.h>

#include "base/json.h"
#include "checker/linearization/linearization.h"

namespace capsize::harness {

std::optional<std::string> check_recording(const checker::HistoryCounts& recorded,
                                           const OutcomeCounts& counted) {
  if (recorded.ok == counted.ok && recorded.fail == counted.fail && recorded.info == counted.info) {
    return std::nullopt;
  }
  return fmt::format(
      "history.jsonl has {} ok, {} failed and {} indeterminate operations, but the clients had {}, "
      "{} and {}",
      recorded.ok, recorded.fail, recorded.info, counted.ok, counted.fail, counted.info);
}

std::optional<std::string> check_cuts(const std::vector<nemesis::FaultRecord>& faults) {
  for (const nemesis::FaultRecord& fault : faults) {
    const base::Json& end = fault.evidence.value("end", base::Json());
    const auto passed = end.is_object() ? end.value("passed", std::uint64_t{0}) : 0;
    if (passed == 0) continue;
    return fmt::format("{} messages passed the {} {} that must stop them", passed,
                       fault.fault->spec.kind, fault.fault->id);
  }
  return std::nullopt;
}

std::optional<std::string> check_legal_order(const checker::History& history,
                                             const checker::Linearization& order) {
  std::string file;
  checker::write_linearization(history, order, [&file](std::string_view line) { file += line; });
  auto lines = checker::LineReader::of_text(file);
  const checker::Report replayed =
      checker::verify_linearization(history, lines, "the legal order", {});
  if (replayed.verdict == checker::Verdict::kValid) return std::nullopt;
  return "the checker says valid, but its legal order cannot be replayed: " + replayed.reason;
}

}  // namespace capsize::harness
