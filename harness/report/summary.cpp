#include "harness/report/summary.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string>

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/mismatch.h"
#include "base/printable.h"
#include "harness/report/circumstances.h"
#include "harness/report/results.h"
#include "harness/report/terminal.h"
#include "harness/report/violation_text.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {
namespace {

using Out = std::back_insert_iterator<std::string>;
using base::Json;

constexpr int kDetailsMax = 3;

/// The counters of the proxy.
std::string proxy_counters(const Json& end) {
  std::string text;
  for (const char* counter : {"discarded", "delayed", "duplicated", "reordered", "corrupted",
                              "throttled", "replayed", "held", "overflowed"}) {
    if (end.value(counter, std::uint64_t{0}) > 0) {
      text += fmt::format("{} {}", end[counter].get<std::uint64_t>(), counter);
      text += fmt::format(" of {} ", end.value("seen", std::uint64_t{0}));
    }
  }
  return text;
}

/// The evidence of one node: its exit, its process state, or up to kDetailsMax other values.
std::string of_node(const std::string& node, const Json& process) {
  if (process.contains("exit-code")) {
    return fmt::format("{} ended with exit code {} ", node, process.value("exit-code", 0));
  }
  if (process.contains("signal")) {
    std::string text = fmt::format("{} incarnation {} ended by signal {} ", node,
                                   process.value("incarnation", 0), process.value("signal", 0));
    if (process.contains("held")) {
      text += fmt::format("with {} of {} bytes lost ",
                          process.value("held", 0) - process.value("written", 0),
                          process.value("held", 0));
    }
    return text;
  }
  if (process.contains("state")) {
    return fmt::format("{} in state {} ", node, process.value("state", "?"));
  }
  std::string text;
  int details = 0;
  for (const auto& [key, value] : process.items()) {
    if (value.is_object() || value.is_array() || value == 0 || key == "pid" ||
        ++details > kDetailsMax)
      continue;
    text += (text.empty() ? node + " " : ", ") + key + " " +
            (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text.empty() ? text : text + " ";
}

bool is_node(const std::string& key) {
  return key.size() > 1 && key[0] == 'n' && key.find_first_not_of("0123456789", 1) == key.npos;
}

/// The evidence of all nodes, even if it has several parts: before and after, ended and started.
std::string of_nodes(const Json& evidence) {
  std::string text;
  for (const auto& [key, value] : evidence.items()) {
    if (!value.is_object()) continue;
    text += is_node(key) ? of_node(key, value) : of_nodes(value);
  }
  return text;
}

// What proves that a fault took effect, in short: "n3 incarnation 2 ended by signal 9 "; empty if
// there is no evidence.
std::string evidence_text(const Json& evidence) {
  const Json end = evidence.value("end", Json::object());
  if (auto text = proxy_counters(end); !text.empty()) return text;
  if (auto text = of_nodes(evidence.value("begin", Json::object())); !text.empty()) return text;
  return of_nodes(end);
}

double ms(base::Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

double seconds(base::Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

void verdict(Out out, const Outcome& outcome, bool colours) {
  fmt::format_to(out, "\n{}: {}\n", outcome.scenario.name,
                 coloured(checker::name(outcome.verdict()), outcome.verdict(), colours));
  if (!outcome.scenario.bug.empty()) {
    fmt::format_to(out, "  with the seeded bug {} switched on\n", outcome.scenario.bug);
  }
  if (outcome.interrupted)
    fmt::format_to(out, "  interrupted; the verdict is about what was recorded\n");
  if (outcome.cause) {
    fmt::format_to(out, "  {:<13} {}: {}\n", "cause",
                   coloured(name(outcome.cause->kind), checker::Verdict::kHarnessError, colours),
                   base::printable(outcome.cause->text));
  }
  if (outcome.control && outcome.control->caught) {
    const ControlResult& control = *outcome.control;
    fmt::format_to(out, "  {:<13} {} caught in run {} ({}), {:.1f} s\n", "control", control.bug,
                   control.runs.size(), control.finding, seconds(control.time));
  }
  for (const auto& check : outcome.checks) {
    // Padded before coloured: colour codes have no width.
    const std::string word = fmt::format("{:<9}", checker::name(check.verdict));
    const bool fails = check.verdict != checker::Verdict::kValid;
    fmt::format_to(out, "  {:<13} {} {}\n", check.name,
                   coloured(word, check.verdict, colours && fails),
                   base::printable(check.explanation));
  }
}

/// What the verdict rests on.
void exposure(Out out, const Outcome& outcome) {
  fmt::format_to(out,
                 "  {:<13} {} faults took effect, {} leader changes, {} operations under fault\n",
                 "tested", outcome.faults_installed(), outcome.leader_changes,
                 outcome.operations_under_faults);
  if (outcome.behaviour_news) {
    fmt::format_to(out, "  {:<13} {} seen, {} of them new to the store\n", "behaviour",
                   outcome.behaviour_news->seen, outcome.behaviour_news->fresh);
  }
  if (!outcome.failures.empty()) {
    const Failure& main = outcome.failures.front();
    fmt::format_to(out, "  {:<13} {}  {}\n", "signature", main.signature, main.label);
  }
  for (const auto& phase : outcome.unreached_phases) {
    fmt::format_to(out, "  {:<13} {}\n", "not reached", phase);
  }
}

void violations(Out out, const Outcome& outcome) {
  if (!outcome.linearizable || outcome.linearizable->violations.empty()) return;
  const RoleHistory roles = roles_of(outcome);
  for (const auto& violation : outcome.linearizable->violations) {
    fmt::format_to(out, "{}{}", violation_text(violation),
                   circumstances(outcome, roles, violation));
  }
}

/// Why a function never succeeded: "; each with: wrong-type".
std::string why_never_ok(const Statistics& statistics, const std::string& function) {
  const auto counts = statistics.by_function.at(function);
  const auto errors = statistics.errors.find(function);
  if (counts.ok > 0 || errors == statistics.errors.end()) return {};
  const auto most =
      std::max_element(errors->second.begin(), errors->second.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::string error = most->first.empty() ? "no error named" : base::excerpt(most->first);
  if (most->second == counts.total()) return fmt::format("; each with: {}", error);
  return fmt::format("; {} with: {}", most->second, error);
}

void operations(Out out, const Outcome& outcome) {
  const auto totals = outcome.statistics.totals();
  fmt::format_to(out,
                 "\n  operations    {} ok, {} fail, {} info; {:.0f} ok/s without active faults\n",
                 totals.ok, totals.fail, totals.info, outcome.quiet_rate);
  for (const auto& [function, counts] : outcome.statistics.by_function) {
    fmt::format_to(out, "    {:<11} {} ok, {} fail, {} info{}\n", function, counts.ok, counts.fail,
                   counts.info, why_never_ok(outcome.statistics, function));
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

/// Skipped faults: one line for each reason, because an interrupted run may have hundreds.
void skipped_faults(Out out, const Outcome& outcome) {
  std::map<std::string, std::map<std::string, std::uint64_t>> by_reason;
  for (const auto& fault : outcome.faults) {
    if (fault.state == nemesis::FaultState::kSkipped) {
      ++by_reason[fault.reason][fault.fault->spec.kind];
    }
  }
  for (const auto& [reason, kinds] : by_reason) {
    std::uint64_t sum = 0;
    std::string names;
    for (const auto& [kind, count] : kinds) {
      sum += count;
      names += fmt::format("{}{} {}", names.empty() ? "" : ", ", count, kind);
    }
    fmt::format_to(out, "    {} skipped: {} ({})\n", sum, reason, names);
  }
}

void faults(Out out, const Outcome& outcome) {
  fmt::format_to(out, "\n  faults        {} of {} planned took effect, {} leader changes\n",
                 outcome.faults_installed(), outcome.faults.size(), outcome.leader_changes);
  for (std::size_t i = 0; i < outcome.faults.size(); ++i) {
    const auto& fault = outcome.faults[i];
    std::string nodes;
    for (const auto node : fault.nodes) nodes += " " + nemesis::node_name(node);
    if (fault.state == nemesis::FaultState::kSkipped) continue;
    const auto& service = outcome.service[i];
    const std::string back = service.recovery
                                 ? fmt::format("recovered {:.0f} ms after healing{}",
                                               ms(*service.recovery), everywhere(service))
                                 : std::string("no write acknowledged after healing");
    fmt::format_to(
        out, "    {:>7.2f} s  {:<10}{:<16} {:>4.0f} ms  outage {:>4.0f} ms, {}{}; {}{}\n",
        seconds(fault.begin), fault.fault->spec.kind, nodes, ms(fault.end - fault.begin),
        ms(service.outage), back, service.overlapped ? " (under another fault)" : "",
        evidence_text(fault.evidence),
        fault.state == nemesis::FaultState::kIndeterminate ? "INDETERMINATE: " + fault.reason
                                                           : std::string());
  }
  skipped_faults(out, outcome);
}

}  // namespace

std::string summary(const Outcome& outcome, bool colours) {
  return recorded_summary(outcome, reproduce_line(outcome), colours);
}

std::string recorded_summary(const Outcome& outcome, const std::string& reproduce, bool colours) {
  std::string text;
  const Out out(text);
  faults(out, outcome);
  operations(out, outcome);
  violations(out, outcome);
  verdict(out, outcome, colours);
  exposure(out, outcome);
  if (!outcome.directory.empty()) {
    fmt::format_to(out, "  run           {}\n", outcome.directory.string());
    const auto page = outcome.directory / kReportFile;
    std::error_code none;
    if (std::filesystem::exists(page, none)) {
      fmt::format_to(out, "  page          {}\n", page.string());
    }
  }
  fmt::format_to(out, "  seed          {} (fixes the plan; real processes are not deterministic)\n",
                 outcome.scenario.seed.value_or(0));
  fmt::format_to(out, "  reproduce     {}\n", reproduce);
  return text;
}

std::string progress_line(const Progress& progress) {
  return fmt::format("{:5.1f}/{:.0f} s  {} ok {} fail {} info  leader {} term {}  {} {}",
                     seconds(progress.time), seconds(progress.time_limit), progress.ok,
                     progress.fail, progress.info, progress.leader, progress.term,
                     progress.activity, progress.faults.empty() ? "" : "[" + progress.faults + "]");
}

ProgressDisplay::ProgressDisplay() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressDisplay::~ProgressDisplay() {
  if (open_line_) std::fputs("\n", stderr);
}

void ProgressDisplay::show(const Progress& progress) {
  // fmt::print would throw: a full or closed standard error must not end the run.
  if (terminal_) {
    const std::string line = fitted(progress_line(progress), terminal_width(STDERR_FILENO) - 1);
    std::fputs(("\r\033[K" + line).c_str(), stderr);
    std::fflush(stderr);
    open_line_ = true;
  } else if (progress.time - printed_ >= std::chrono::seconds(5)) {
    printed_ = progress.time;
    std::fputs((progress_line(progress) + "\n").c_str(), stderr);
  }
}

}  // namespace capsize::harness
