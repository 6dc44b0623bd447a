#include "harness/judge/checks.h"

#include <fmt/core.h>

#include <csignal>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "base/printable.h"
#include "base/units.h"
#include "checker/check/check.h"
#include "checker/properties/property.h"
#include "checker/properties/trace.h"
#include "harness/judge/self_check.h"
#include "harness/process/crash_evidence.h"
#include "harness/store/log.h"

namespace capsize::harness {
namespace {

using checker::Verdict;

// Number of terms with a leader, over all traces; a file that cannot be read counts as empty.
std::uint64_t elections_won(const std::vector<std::filesystem::path>& traces) {
  std::set<std::uint64_t> terms;
  checker::TraceLineParser parser;
  checker::NodeNames names;
  for (const auto& path : traces) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      // Most lines are about the log: search before parsing.
      if (line.find("\"event\":\"role\"") == std::string::npos) continue;
      const auto event = parser.parse(line, names);
      if (event && event->role == checker::Role::kLeader) terms.insert(event->term);
    }
  }
  return terms.size();
}

// If the harness's own timers lag more than this, a late write says nothing about the nodes.
constexpr base::Duration kLagMax = std::chrono::milliseconds(200);
constexpr std::size_t kLogTailLines = 5;

std::string seconds(base::Duration duration) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>(duration).count());
}

std::string processes(std::uint64_t number) {
  return fmt::format("{} process{}", number, number == 1 ? "" : "es");
}

/// Checks the recorded history, and then how it was recorded and judged.
checker::Report check_recorded(Outcome& outcome, const std::filesystem::path& path) {
  const auto fail = [&outcome](std::optional<std::string> mistake) {
    if (mistake) outcome.fail({CauseKind::kHarness, *std::move(mistake)});
  };
  const checker::CheckOptions options{.time_limit = outcome.scenario.check_limit};
  auto loaded = checker::load_history(path, options);
  const auto* history = std::get_if<checker::History>(&loaded);
  if (history == nullptr) {
    auto report = checker::report_without_history(path, std::move(loaded));
    if (report.verdict == Verdict::kValid) fail("the checker says valid without a history");
    return report;
  }
  checker::Linearization order;
  checker::Report report = checker::check_history(*history, options, &order);
  fail(check_recording(history->counts, outcome.statistics.totals()));
  if (report.verdict == Verdict::kValid && !order.model.empty()) {
    fail(check_legal_order(*history, order));
  }
  return report;
}

Check linearizable(Outcome& outcome, const RunDirectory& directory) {
  outcome.linearizable = check_recorded(outcome, directory.history());
  const checker::Report& report = *outcome.linearizable;
  Check check{.name = "linearizable",
              .verdict = report.verdict,
              .explanation = report.reason,
              .bound = base::format_duration(outcome.scenario.check_limit)};
  if (report.verdict == Verdict::kUsageError) {
    check.verdict = Verdict::kHarnessError;
    check.explanation = "the recorded history breaks its own rules: " + report.reason;
    outcome.fail({CauseKind::kHarness, check.explanation});
  }
  if (report.verdict == Verdict::kInvalid && !report.violations.empty()) {
    check.explanation = report.violations.front().sentence;
  }
  return check;
}

Check invariants(Outcome& outcome) {
  std::vector<std::filesystem::path> traces;
  for (std::size_t node = 0; node < outcome.scenario.nodes + spares_of(outcome.scenario); ++node) {
    traces.push_back(outcome.directory / "nodes" / nemesis::node_name(node) / "trace.jsonl");
  }
  const auto elections = elections_won(traces);
  outcome.leader_changes = elections > 0 ? elections - 1 : 0;  // the first leader is no change
  Check check{.name = "invariants", .verdict = Verdict::kValid};
  outcome.invariants = checker::check_traces(traces);
  for (const auto& property : outcome.invariants) {
    if (property.verdict == Verdict::kValid) continue;
    check.verdict = checker::worst_within_run(check.verdict, property.verdict);
    if (!check.explanation.empty()) check.explanation += "; ";
    check.explanation += property.name + ": " + property.sentence;
    if (property.verdict == Verdict::kUsageError) {
      check.verdict = Verdict::kHarnessError;
      outcome.fail({CauseKind::kHarness, "a recorded trace is malformed: " + property.sentence});
    }
  }
  return check;
}

/// Faults within the load after which some node did not recover within the bound, although no other
/// fault was active.
std::string slow_recoveries(const Outcome& outcome) {
  std::string text;
  for (std::size_t i = 0; i < outcome.faults.size(); ++i) {
    const auto& fault = outcome.faults[i];
    if (fault.state == nemesis::FaultState::kSkipped) continue;
    const auto& service = outcome.service[i];
    if (!too_slow(service, outcome.scenario.live_bound + service.disk_hung)) continue;
    text += fmt::format("{}{} after {} {} had healed, not every node had acknowledged a write",
                        text.empty() ? "" : "; ", seconds(outcome.scenario.live_bound),
                        fault.fault->spec.kind, fault.fault->id);
  }
  return text;
}

/// Nodes that something outside the run killed or stopped, or nothing. While one of them is
/// missing, a late write says nothing about the others.
std::optional<InfrastructureCause> disturbed_from_outside(const Outcome& outcome) {
  std::set<nemesis::Node> nodes = outcome.stopped_from_outside;
  std::uint64_t out_of_memory_kills = 0;
  for (const Crash& crash : outcome.crashes) {
    if (crash.ending.signal != SIGKILL) continue;
    nodes.insert(crash.node);
    out_of_memory_kills = std::max(out_of_memory_kills, crash.out_of_memory_kills);
  }
  if (nodes.empty()) return std::nullopt;
  std::string names;
  for (const nemesis::Node node : nodes) {
    names += (names.empty() ? "" : ", ") + nemesis::node_name(node);
  }
  const std::string sentence = "a signal from outside this run stopped or killed " + names;
  if (out_of_memory_kills == 0) return InfrastructureCause{CauseKind::kSignal, sentence};
  return InfrastructureCause{CauseKind::kMemory,
                             fmt::format("{}; the kernel killed {} meanwhile for want of memory",
                                         sentence, processes(out_of_memory_kills))};
}

InfrastructureCause lagged(base::Duration lag) {
  return {CauseKind::kOverload, "the harness' own timers lagged by " + seconds(lag)};
}

/// Why a late node may not be at fault, but the machine; nothing if it is. `late`: after the end of
/// the run, otherwise after a fault within the load.
std::optional<InfrastructureCause> excuse(const Outcome& outcome, bool late,
                                          base::Duration lag_max = kLagMax) {
  if (auto disturbed = disturbed_from_outside(outcome)) return disturbed;
  const auto lag = late ? outcome.worst_lag_after_healing : outcome.worst_lag;
  if (lag > lag_max) return lagged(lag);
  if (late && outcome.disk_hung_after_healing > kLiveExtensionMax) {
    return InfrastructureCause{CauseKind::kDiskHung,
                               fmt::format("the disk of this machine hung for {} after healing",
                                           seconds(outcome.disk_hung_after_healing))};
  }
  return std::nullopt;
}

/// Whether the outage is the cluster's fault. A lag that is short in comparison with the bound does
/// not explain the outage.
bool outage_is_proven(const Outcome& outcome) {
  const base::Duration lag_max = std::max(kLagMax, outcome.scenario.outage_bound / 5);
  return outcome.outage_too_long() && !excuse(outcome, false, lag_max);
}

Check live(Outcome& outcome) {
  Check check{.name = "live", .bound = base::format_duration(outcome.scenario.live_bound)};
  if (outcome.interrupted) {
    return {.name = "live", .verdict = Verdict::kUnknown, .explanation = "interrupted before it"};
  }
  std::string late;
  for (std::size_t node = 0; node < outcome.recoveries.size(); ++node) {
    const auto& recovery = outcome.recoveries[node];
    if (recovery.first_write && recovery.final_reads_done) continue;
    const bool crashed = std::any_of(outcome.crashes.begin(), outcome.crashes.end(),
                                     [node](const Crash& crash) { return crash.node == node; });
    if (crashed) continue;  // not a live node; reported as a crash
    late += fmt::format("{}{} {}", late.empty() ? "" : ", ", nemesis::node_name(node),
                        recovery.first_write ? "(reads)" : "(write)");
  }
  const std::string slow = slow_recoveries(outcome);
  if (late.empty() && slow.empty() && !outcome.outage_too_long()) return check;
  if (!late.empty()) {
    const auto extension = std::min(outcome.disk_hung_after_healing, kLiveExtensionMax);
    const auto bound = outcome.scenario.live_bound + extension;
    check.explanation = fmt::format("{} after healing, not served by: {}", seconds(bound), late);
  }
  if (!slow.empty()) check.explanation += (late.empty() ? "" : "; ") + slow;
  if (outcome.outage_too_long()) {
    check.explanation +=
        fmt::format("{}no write was acknowledged for {}, and at most {} are allowed",
                    check.explanation.empty() ? "" : "; ", seconds(outcome.longest_outage.length()),
                    seconds(outcome.scenario.outage_bound));
  }
  if (outcome.statistics.totals().ok == 0) {
    check.verdict = Verdict::kVacuous;
    check.explanation = "no operation ever succeeded, so there was no service to come back";
    auto machine = excuse(outcome, true);
    if (!machine) machine = excuse(outcome, false);
    if (machine) outcome.fail(*std::move(machine));
  } else if (auto machine = excuse(outcome, !late.empty()); machine && !outage_is_proven(outcome)) {
    check.verdict = Verdict::kUnknown;
    check.explanation += "; but " + machine->text;
    outcome.fail(*std::move(machine));
  } else {
    check.verdict = Verdict::kInvalid;
  }
  return check;
}

std::string log_tail(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::deque<std::string> tail;
  for (std::string line; std::getline(file, line);) {
    tail.push_back(std::move(line));
    if (tail.size() > kLogTailLines) tail.pop_front();
  }
  std::string text;
  for (const auto& line : tail) text += (text.empty() ? "" : " | ") + line;
  return text;
}

std::uint64_t mebibytes(std::uint64_t bytes) {
  return bytes >> 20U;
}

/// A node sends itself SIGKILL only on request, so another one came from outside the run. The node
/// is not at fault, unless the kernel sent it for want of memory and this node held most of it.
Check killed_from_outside(const Crash& crash, const std::string& name) {
  const std::uint64_t had = crash.ending.peak_memory_bytes;
  const bool out_of_memory = crash.out_of_memory_kills > 0;
  const bool had_most = crash.memory_available > 0 && had > crash.memory_available / 2;
  Check check{.name = name, .verdict = Verdict::kUnknown};
  if (out_of_memory && had_most) check.verdict = Verdict::kInvalid;
  check.explanation = fmt::format(
      "{} was killed by SIGKILL, which no part of the run sent; {}; its memory was at most {} MiB "
      "of "
      "the {} MiB that there are",
      name,
      out_of_memory
          ? fmt::format("the kernel killed {} meanwhile for want of memory",
                        processes(crash.out_of_memory_kills))
          : "the kernel's out-of-memory killer was not at work, so another process sent it",
      mebibytes(had), mebibytes(crash.memory_available));
  return check;
}

/// What the node left in its directory says more than its exit code.
std::string ended_by_itself(const std::filesystem::path& directory, const Ending& ending,
                            const std::string& name) {
  constexpr int kSanitizerExit = 86;
  std::string text = fmt::format("{} ended by itself with {}", name, describe(ending));
  if (ending.signal == 0 && ending.exit_code == kSanitizerExit) {
    text += ", a sanitizer report";
    if (const auto report = sanitizer_report(directory)) {
      text += fmt::format(" ({}): {}", report->file.string(), base::printable(report->beginning));
    }
  }
  if (!ending.dumped_core) return text;
  const auto core = core_dump(directory);
  return text + (core ? fmt::format(", core dump {}", core->string())
                      : fmt::format(", core dump as core_pattern says: {}", core_pattern()));
}

Check crash(Outcome& outcome, base::Instant start) {
  Check check{.name = "crash"};
  for (const auto& crash : outcome.crashes) {
    const auto name = nemesis::node_name(crash.node);
    Check one{.name = name, .verdict = Verdict::kInvalid};
    if (crash.ending.signal == SIGKILL) {
      one = killed_from_outside(crash, name);
      if (one.verdict == Verdict::kUnknown) outcome.fail(*disturbed_from_outside(outcome));
    } else if (crash.disk_full) {
      one.verdict = Verdict::kUnknown;
      one.explanation = fmt::format("{} ended with {}, because the disk of this machine is full",
                                    name, describe(crash.ending));
      outcome.fail({CauseKind::kDiskFull, one.explanation});
    } else {
      one.explanation = ended_by_itself(outcome.directory / "nodes" / name, crash.ending, name);
    }
    check.verdict = checker::worst_within_run(check.verdict, one.verdict);
    check.explanation += fmt::format("{}{}, {} after the start of the load; end of its log: {}",
                                     check.explanation.empty() ? "" : "; ", one.explanation,
                                     seconds(crash.at - start),
                                     log_tail(outcome.directory / "nodes" / name / "log"));
  }
  return check;
}

/// Why the machine could not generate more load; nothing if it could have.
std::optional<InfrastructureCause> bottleneck(const Outcome& outcome) {
  if (outcome.worst_lag > kLagMax) return lagged(outcome.worst_lag);
  // Clients have few operations open, each of which waits for the disk.
  if (outcome.disk_hung > outcome.load_time / 4) {
    return InfrastructureCause{
        CauseKind::kDiskHung,
        fmt::format("the disk of this machine hung for {}", seconds(outcome.disk_hung))};
  }
  auto busy = high_pressure(outcome.pressure);
  if (busy.empty()) return std::nullopt;
  return InfrastructureCause{CauseKind::kOverload, std::move(busy)};
}

Check coverage(Outcome& outcome) {
  outcome.expectations =
      compare(*outcome.scenario.expect, outcome.statistics, outcome.faults, outcome.leader_changes);
  if (!outcome.interactive) {
    const auto named = named_faults(outcome.scenario, outcome.faults);
    // A replay has the recorded run's faults, which may lack those of a strategy.
    const auto from = outcome.replayed && !named.empty() ? std::prev(named.end()) : named.begin();
    outcome.expectations.insert(outcome.expectations.end(), from, named.end());
  }
  Check check{.name = "coverage"};
  for (const auto& line : outcome.expectations) {
    if (line.holds()) continue;
    check.verdict = Verdict::kVacuous;
    check.explanation +=
        fmt::format("{}{}: {} promised, {} reached", check.explanation.empty() ? "" : "; ",
                    line.what, line.asked, line.met);
  }
  if (check.verdict == Verdict::kVacuous && outcome.interrupted) {
    // After an interrupt, the expectations that were not reached say nothing.
    check.explanation =
        fmt::format("interrupted before {} of {} promises were kept (results.json has them)",
                    std::count_if(outcome.expectations.begin(), outcome.expectations.end(),
                                  [](const Expectation& line) { return !line.holds(); }),
                    outcome.expectations.size());
  } else if (check.verdict == Verdict::kVacuous) {
    const auto why = load_not_generated(outcome.scenario, outcome.statistics, outcome.load_time,
                                        outcome.quiet_rate);
    if (!why.empty()) check.explanation = why + " (" + check.explanation + ")";
    if (auto machine = bottleneck(outcome); machine && !why.empty()) {
      outcome.fail({machine->kind, why + "; " + machine->text});
    }
  }
  return check;
}

}  // namespace

void run_checks(Outcome& outcome, const RunDirectory& directory, base::Instant start) {
  const bool stopped = outcome.cause.has_value();
  if (auto leak = check_cuts(outcome.faults)) outcome.fail({CauseKind::kHarness, *std::move(leak)});
  outcome.checks.push_back(linearizable(outcome, directory));
  outcome.checks.push_back(invariants(outcome));
  // If the run was stopped by a failure of the infrastructure, only what was recorded is evidence.
  if (!stopped) {
    outcome.checks.push_back(live(outcome));
    outcome.checks.push_back(crash(outcome, start));
    outcome.checks.push_back(coverage(outcome));
  }
  for (const auto& check : outcome.checks) {
    log_info("{}: {} {}", check.name, checker::name(check.verdict), check.explanation);
  }
}

}  // namespace capsize::harness
