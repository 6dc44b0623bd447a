#include "harness/report/summary.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <iterator>

#include "harness/report/evidence_text.h"
#include "harness/report/results.h"
#include "harness/report/violation_text.h"

namespace capsize::harness {
namespace {

using Out = std::back_insert_iterator<std::string>;

double ms(base::Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

double seconds(base::Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

void verdict(Out out, const Outcome& outcome) {
  fmt::format_to(out, "\n{}: {}\n", outcome.scenario.name, checker::name(outcome.verdict()));
  if (!outcome.scenario.bug.empty()) {
    fmt::format_to(out, "  with the seeded bug {} switched on\n", outcome.scenario.bug);
  }
  if (outcome.interrupted) fmt::format_to(out, "  interrupted; what was recorded is judged\n");
  if (!outcome.harness_error.empty()) fmt::format_to(out, "  {}\n", outcome.harness_error);
  for (const auto& check : outcome.checks) {
    fmt::format_to(out, "  {:<13} {:<9} {}\n", check.name, checker::name(check.verdict),
                   check.explanation);
  }
}

void violations(Out out, const Outcome& outcome) {
  if (!outcome.linearizable) return;
  for (const auto& violation : outcome.linearizable->violations) {
    fmt::format_to(out, "{}", violation_text(violation));
  }
}

void operations(Out out, const Outcome& outcome) {
  const auto totals = outcome.statistics.totals();
  fmt::format_to(
      out, "\n  operations    {} ok, {} fail, {} info; {:.0f} ok/s while nothing was broken\n",
      totals.ok, totals.fail, totals.info, outcome.quiet_rate);
  for (const auto& [function, counts] : outcome.statistics.by_function) {
    fmt::format_to(out, "    {:<11} {} ok, {} fail, {} info\n", function, counts.ok, counts.fail,
                   counts.info);
  }
  for (const auto& [name, histogram] : outcome.statistics.latency) {
    fmt::format_to(out, "    latency of {:<4} p50 {:.2f} ms, p95 {:.2f} ms, p99 {:.2f} ms\n", name,
                   ms(histogram.quantile(0.5)), ms(histogram.quantile(0.95)),
                   ms(histogram.quantile(0.99)));
  }
}

std::string everywhere(const ServiceAroundFault& service) {
  if (!service.recovery_everywhere) return {};
  return fmt::format(", everywhere {:.0f} ms", ms(*service.recovery_everywhere));
}

void faults(Out out, const Outcome& outcome) {
  std::size_t installed = 0;
  for (const auto& fault : outcome.faults) {
    installed += fault.state == nemesis::FaultState::kInstalled ? 1 : 0;
  }
  fmt::format_to(out, "\n  faults        {} of {} planned took hold, {} leader changes\n",
                 installed, outcome.faults.size(), outcome.leader_changes);
  for (std::size_t i = 0; i < outcome.faults.size(); ++i) {
    const auto& fault = outcome.faults[i];
    std::string nodes;
    for (const auto node : fault.nodes) nodes += " " + nemesis::node_name(node);
    if (fault.state == nemesis::FaultState::kSkipped) {
      fmt::format_to(out, "    {:>7.2f} s  {:<10} skipped: {}\n", seconds(fault.begin),
                     fault.fault->card.kind, fault.reason);
      continue;
    }
    const auto& service = outcome.service[i];
    const std::string back = service.recovery
                                 ? fmt::format("back {:.0f} ms after healing{}",
                                               ms(*service.recovery), everywhere(service))
                                 : std::string("no write acknowledged after healing");
    fmt::format_to(
        out, "    {:>7.2f} s  {:<10}{:<16} {:>4.0f} ms  outage {:>4.0f} ms, {}{}; {}{}\n",
        seconds(fault.begin), fault.fault->card.kind, nodes, ms(fault.end - fault.begin),
        ms(service.outage), back, service.overlapped ? " (under another fault)" : "",
        evidence_text(fault.evidence),
        fault.state == nemesis::FaultState::kIndeterminate ? "INDETERMINATE: " + fault.reason
                                                           : std::string());
  }
}

}  // namespace

std::string summary(const Outcome& outcome) {
  std::string text;
  const Out out(text);
  faults(out, outcome);
  operations(out, outcome);
  violations(out, outcome);
  verdict(out, outcome);
  fmt::format_to(out, "  run           {}\n", outcome.directory.string());
  fmt::format_to(out, "  seed          {} (fixes the plan; real processes decide the rest)\n",
                 outcome.scenario.seed.value_or(0));
  fmt::format_to(out, "  again         {}\n", again(outcome));
  return text;
}

std::string progress_line(const Progress& progress) {
  return fmt::format("{:5.1f}/{:.0f} s  {} ok {} fail {} info  leader {} term {}  {} {}",
                     seconds(progress.time), seconds(progress.time_limit), progress.ok,
                     progress.fail, progress.info, progress.leader, progress.term, progress.phase,
                     progress.faults.empty() ? "" : "[" + progress.faults + "]");
}

ProgressDisplay::ProgressDisplay() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressDisplay::~ProgressDisplay() {
  if (open_line_) fmt::print(stderr, "\n");
}

void ProgressDisplay::show(const Progress& progress) {
  if (terminal_) {
    fmt::print(stderr, "\r\033[K{}", progress_line(progress));
    std::fflush(stderr);
    open_line_ = true;
  } else if (progress.time - printed_ >= std::chrono::seconds(5)) {
    printed_ = progress.time;
    fmt::print(stderr, "{}\n", progress_line(progress));
  }
}

}  // namespace capsize::harness
