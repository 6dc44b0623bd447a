#include "harness/report/circumstances.h"

#include <fmt/core.h>

#include "base/time.h"
#include "harness/report/violation_text.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kLinesMax = 12;

}  // namespace

std::string circumstances(const Outcome& outcome, const RoleHistory& roles,
                          const checker::Violation& violation) {
  if (violation.repeated || outcome.start == base::Instant{}) return {};
  const auto shown = shown_in_text(violation);
  std::string text;
  for (std::size_t i = 0; i < std::min(shown.operations.size(), kLinesMax); ++i) {
    const auto& operation = shown.operations[i];
    if (operation.invoke_time == checker::kNoTime) continue;
    const base::Duration begin(operation.invoke_time);
    const bool ends = operation.complete_time != checker::kNoTime;
    const base::Duration end = ends ? base::Duration(operation.complete_time) : begin;
    const auto moment = base::nanoseconds(outcome.start + end);
    std::string server = "-";
    if (const auto node = server_of(outcome.scenario, operation.process)) {
      server = nemesis::node_name(*node);
      if (const auto role = roles.role_at(*node, moment)) {
        server += fmt::format(" {}, term {}", role->name, role->term);
      }
    }
    const auto leader = roles.leader_at(moment);
    const std::string leader_text =
        leader ? fmt::format("{}, term {}", nemesis::node_name(leader->node), leader->term) : "-";
    const std::string faults = active_faults(outcome.faults, begin, end);
    text += fmt::format("    {:>3}  {:<24} {:<14} {}\n", i + 1, server, leader_text,
                        faults.empty() ? "-" : faults);
  }
  if (text.empty()) return text;
  return fmt::format("\n    {:>3}  {:<24} {:<14} {}\n", "#", "served by", "newest leader",
                     "faults active") +
         text;
}

}  // namespace capsize::harness
