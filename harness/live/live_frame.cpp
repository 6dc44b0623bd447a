#include "harness/live/live_frame.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/printable.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kTextBytes = 200;  // what no terminal is wide enough for

double seconds(base::Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

std::string text_of(const std::string& text) {
  return base::printable(text.substr(0, kTextBytes));
}

std::string head_line(const RunSnapshot& run) {
  std::string line =
      fmt::format("{}  seed {}  {}", text_of(run.scenario), run.seed, name(run.stage));
  if (!run.bug.empty()) line += "  bug " + text_of(run.bug);
  return line + fmt::format("  {:.1f}/{:.0f} s", seconds(run.time), seconds(run.time_limit));
}

std::string rates_line(const RunSnapshot& run, std::optional<base::Duration> ok_latency) {
  const OutcomeCounts& now = run.last_second;
  std::string line = fmt::format("a second: {} ok  {} fail  {} info", now.ok, now.fail, now.info);
  if (ok_latency && now.ok > 0) {
    line += fmt::format("  {:.2f} ms each ok", seconds(*ok_latency) * 1e3);
  }
  return line + fmt::format("   in all: {} ok  {} fail  {} info  {} open", run.total.ok,
                            run.total.fail, run.total.info, run.open);
}

std::string faults_line(const RunSnapshot& run) {
  std::string active;
  for (const ActiveFault& fault : run.faults) {
    active += (active.empty() ? "" : ", ") + text_of(fault.kind);
    for (const std::string& node : fault.nodes) active += " " + text_of(node);
    if (active.size() > kTextBytes) break;
  }
  return fmt::format("faults: {}   ({} begun, {} planned, {} skipped)",
                     active.empty() ? "-" : active, run.faults_begun, run.faults_planned,
                     run.faults_skipped);
}

std::string node_line(const NodeNow& node) {
  const bool up = node.state == NodeState::kUp;
  return fmt::format("{:<4} {:<6} {:<12} {:>6} {:>9} {:>6}", text_of(node.name), name(node.state),
                     !up || node.role.empty() ? "-" : text_of(node.role), node.term, node.commit,
                     node.incarnation);
}

std::string checker_line(const RunSnapshot& run) {
  std::string line = fmt::format("streaming check: {}, {} operations", name(run.checker.state),
                                 run.checker.operations);
  if (run.history_read < run.history_bytes) line += ", behind";
  if (!run.checker.sentence.empty()) line += ": " + text_of(run.checker.sentence);
  return line;
}

}  // namespace

std::vector<std::string> live_frame(const RunSnapshot& run,
                                    std::optional<base::Duration> ok_latency) {
  std::vector<std::string> lines = {head_line(run), rates_line(run, ok_latency), faults_line(run),
                                    fmt::format("{:<4} {:<6} {:<12} {:>6} {:>9} {:>6}", "node", "",
                                                "role", "term", "commit", "starts")};
  for (const NodeNow& node : run.nodes) lines.push_back(node_line(node));
  lines.push_back(checker_line(run));
  return lines;
}

}  // namespace capsize::harness
