#include "harness/judge/coverage.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/judge/service.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/schedule.h"
#include "workloads/workload.h"

namespace capsize::harness {
namespace {

/// Key of Expectations::faults that counts all kinds together.
constexpr const char* kAnyKind = "any";

bool aims_at_leader(const nemesis::PlannedFault& fault) {
  const auto* kind = nemesis::FaultKinds::instance().find(fault.spec.kind);
  if (kind == nullptr || !kind->deposes_leader()) return false;
  // A leader that loses some links or messages may keep leading.
  if (fault.spec.peers || !fault.spec.only.empty()) return false;
  return fault.spec.target == nemesis::Target::kLeader ||
         fault.spec.target == nemesis::Target::kAll;
}

/// For how long, by the plan, a fault is active while a majority can serve.
base::Duration served_under_faults(const Scenario& scenario,
                                   const std::vector<nemesis::PlannedFault>& schedule) {
  base::Duration sum{};
  for (const auto& fault : schedule) {
    const auto* kind = nemesis::FaultKinds::instance().find(fault.spec.kind);
    const auto& target = fault.spec.target;
    const bool beyond_minority = nemesis::beyond_minority(target, scenario.nodes);
    const bool degrades = kind != nullptr && kind->impact() == nemesis::Impact::kDegrades;
    if (degrades || (!beyond_minority && scenario.nodes >= 3)) sum += fault.hold;
  }
  return sum;
}

}  // namespace

Expectations default_expectations(const Scenario& scenario, const Plan& plan) {
  const auto& schedule = plan.scheduled;
  Expectations expect;
  const double seconds = std::chrono::duration<double>(scenario.time_limit).count();
  // A twentieth of the requested number: far below any healthy run, far above an idle one.
  expect.ok = std::max<std::uint64_t>(10, static_cast<std::uint64_t>(scenario.rate * seconds / 20));
  const auto* workload = workloads::Workloads::instance().find(scenario.workload);
  for (const auto& function : workload->functions()) {
    expect.ok_by_function[function] = std::max<std::uint64_t>(1, expect.ok / 100);
  }
  std::uint64_t aimed_at_leader = 0;
  std::map<std::string, std::uint64_t> planned;
  for (const auto& fault : schedule) {
    ++planned[fault.spec.kind];
    aimed_at_leader += aims_at_leader(fault) ? 1 : 0;
  }
  for (const auto& [kind, count] : planned) {
    if (count >= 2) expect.faults[kind] = count / 2;
  }
  // Faults that wait for a state begin when it occurs: each kind is promised, not its number.
  for (const auto& fault : plan.predicted) {
    auto& asked = expect.faults[fault.spec.kind];
    asked = std::max<std::uint64_t>(asked, 1);
  }
  if (!schedule.empty()) {
    expect.faults[kAnyKind] = (schedule.size() + 1) / 2;
    // Less a second for elections; a fiftieth of the requested rate for the rest.
    const auto served = served_under_faults(scenario, schedule) - std::chrono::seconds(1);
    if (served > base::Duration::zero()) {
      expect.ok_during_faults = static_cast<std::uint64_t>(
          scenario.rate * std::chrono::duration<double>(served).count() / 50);
    }
  }
  expect.leader_changes = scenario.nodes > 1 ? (aimed_at_leader + 2) / 3 : 0;
  return expect;
}

std::string load_not_generated(const Scenario& scenario, const Statistics& statistics,
                               base::Duration load_time, double quiet_rate) {
  const double seconds = std::chrono::duration<double>(load_time).count();
  if (seconds <= 0) return {};
  const double reached = static_cast<double>(statistics.totals().total()) / seconds;
  // Clients wait for replies, so they send few requests to a cluster that does not serve.
  if (quiet_rate <= 0 || reached >= scenario.rate / 2 || quiet_rate >= scenario.rate / 2) return {};
  return fmt::format(
      "load could not be generated: {:.0f} operations a second asked, {:.0f} reached with {} "
      "clients",
      scenario.rate, reached, scenario.concurrency);
}

std::vector<Expectation> named_faults(const Scenario& scenario,
                                      const std::vector<nemesis::FaultRecord>& faults) {
  std::map<std::string, std::uint64_t> installed;
  std::uint64_t any = 0;
  for (const auto& fault : faults) {
    if (fault.state != nemesis::FaultState::kInstalled) continue;
    ++installed[fault.fault->spec.planned_by];
    ++any;
  }
  std::vector<Expectation> lines;
  for (const auto& name : scenario.nemesis) {
    const auto plan = nemesis::find_fault_plan(name);
    if (plan && !plan->specs.empty()) {
      lines.push_back({"faults of strategy " + name, 1, installed[name]});
    }
  }
  if (!scenario.nemesis.empty() || !scenario.phases.empty()) {
    lines.push_back({"faults that took effect", 1, any});
  }
  return lines;
}

std::vector<Expectation> compare(const Expectations& asked, const Statistics& statistics,
                                 const std::vector<nemesis::FaultRecord>& faults,
                                 std::uint64_t leader_changes) {
  std::vector<Expectation> lines;
  const auto add = [&](std::string what, std::uint64_t wanted, std::uint64_t met) {
    if (wanted > 0) lines.push_back({std::move(what), wanted, met});
  };
  add("ok operations", asked.ok, statistics.totals().ok);
  for (const auto& [function, count] : asked.ok_by_function) {
    const auto found = statistics.by_function.find(function);
    add("ok " + function, count, found == statistics.by_function.end() ? 0 : found->second.ok);
  }
  std::map<std::string, std::uint64_t> installed;
  for (const auto& fault : faults) {
    if (fault.state != nemesis::FaultState::kInstalled) continue;
    ++installed[fault.fault->spec.kind];
    ++installed[kAnyKind];
  }
  for (const auto& [kind, count] : asked.faults) {
    add(kind == kAnyKind ? "faults of any kind" : "faults of kind " + kind, count, installed[kind]);
  }
  add("ok operations during faults", asked.ok_during_faults,
      ok_during(faults, statistics.ok_times));
  add("leader changes", asked.leader_changes, leader_changes);
  return lines;
}

}  // namespace capsize::harness
