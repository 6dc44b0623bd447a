// Faults on processes: signals, and the process state that the kernel then reports.
#include <fmt/core.h>

#include <algorithm>
#include <csignal>

#include "base/harness_bug.h"
#include "harness/cluster/clock.h"
#include "harness/cluster/out_of_memory.h"
#include "harness/cluster/process_cluster.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using nemesis::ActionResult;
using nemesis::Node;

/// Exit code of a node whose data directory another process uses (node/PROTOCOL.md).
constexpr int kDirectoryInUse = 68;

std::string letter(const ChildProcess& process) {
  return std::string(1, process.state());
}

/// What a kill hits instead of the node, for a bug of the harness itself: a wrapper, which dies,
/// while the node behind it runs until this process ends.
void put_wrapper_before([[maybe_unused]] std::optional<ChildProcess>& process) {
  static std::vector<ChildProcess> survivors;
  auto wrapper =
      ChildProcess::spawn({.program = "/bin/sleep", .arguments = {"1000"}, .log = "/dev/null"});
  if (!wrapper) return;
  survivors.push_back(std::move(*process));
  process.emplace(std::move(wrapper.value()));
}

}  // namespace

ActionResult ProcessCluster::kill(const std::vector<Node>& nodes) {
  return end_by(nodes, SIGKILL);
}

ActionResult ProcessCluster::stop(const std::vector<Node>& nodes) {
  return end_by(nodes, SIGTERM);
}

ActionResult ProcessCluster::end_by(const std::vector<Node>& nodes, int signal) {
  ActionResult result{.done = true};
  const auto begun = monotonic_now();
  for (const Node node : nodes) {
    detect_crash(node);  // a node that ended by itself just before was not killed
    members_[node]->expected_down = true;
    if (HARNESS_BUG("kill-misses") && signal == SIGKILL)
      put_wrapper_before(members_[node]->process);
    members_[node]->process->signal(signal);
  }
  for (const Node node : nodes) {
    Member& member = *members_[node];
    auto ending = member.process->wait(kSignalBound);
    if (!ending) {
      // It ignores SIGTERM: kill it, and the evidence says so.
      member.process->signal(SIGKILL);
      ending = member.process->wait(kSignalBound);
    }
    result.evidence[nemesis::node_name(node)] = {{"pid", member.process->pid()},
                                                 {"incarnation", member.incarnation},
                                                 {"signal", ending ? ending->signal : 0}};
    if (ending && ending->signal == 0) {
      result.evidence[nemesis::node_name(node)]["exit-code"] = ending->exit_code;
    }
    if (ending) ++member.traffic.endings;
  }
  result.effect = monotonic_now() - begun;
  return result;
}

ActionResult ProcessCluster::launch(const std::vector<Node>& nodes) {
  ActionResult result{.done = true};
  for (const Node node : nodes) {
    // On a busy machine the previous process may not be reaped yet, and still locks the directory.
    auto& before = members_[node]->process;
    if (before && !before->wait(kReadyBound)) {
      return {.done = false, .reason = nemesis::node_name(node) + " does not end"};
    }
    if (auto spawned = spawn(node); !spawned) {
      return {.done = false, .reason = spawned.error().message};
    }
    result.evidence[nemesis::node_name(node)] = {{"pid", members_[node]->process->pid()}};
  }
  return result;
}

ActionResult ProcessCluster::restart(const std::vector<Node>& nodes) {
  ActionResult result = launch(nodes);
  if (!result.done) return result;
  for (const Node node : nodes) {
    if (auto ready = await_ready(node, kReadyBound); !ready) {
      result.done = false;
      result.reason = ready.error().message;
      continue;
    }
    result.evidence[nemesis::node_name(node)]["incarnation"] = members_[node]->incarnation;
  }
  return result;
}

ActionResult ProcessCluster::pause(const std::vector<Node>& nodes) {
  ActionResult result{.done = true};
  const auto begun = monotonic_now();
  for (const Node node : nodes) {
    members_[node]->paused = true;
    members_[node]->process->signal(SIGSTOP);
  }
  for (const Node node : nodes) {
    members_[node]->process->wait_stopped(true, kSignalBound);
    result.evidence[nemesis::node_name(node)] = {{"state", letter(*members_[node]->process)}};
  }
  result.effect = monotonic_now() - begun;
  return result;
}

ActionResult ProcessCluster::resume(const std::vector<Node>& nodes) {
  ActionResult result{.done = true};
  for (const Node node : nodes) members_[node]->process->signal(SIGCONT);
  for (const Node node : nodes) {
    members_[node]->process->wait_stopped(false, kSignalBound);
    result.evidence[nemesis::node_name(node)] = {{"state", letter(*members_[node]->process)}};
    members_[node]->paused = false;
  }
  return result;
}

void ProcessCluster::expect_end(const std::vector<Node>& nodes,
                                const std::vector<int>& exit_codes) {
  for (const Node node : nodes) members_[node]->exit_codes = exit_codes;
}

ActionResult ProcessCluster::endings(const std::vector<Node>& nodes) {
  ActionResult result{.done = true};
  for (const Node node : nodes) {
    detect_crash(node);
    Member& member = *members_[node];
    const auto ending = member.process ? member.process->poll() : std::nullopt;
    if (!ending || !member.expected_down) continue;
    auto& evidence = result.evidence[nemesis::node_name(node)];
    evidence["signal"] = ending->signal;
    if (ending->signal == 0) evidence["exit-code"] = ending->exit_code;
  }
  return result;
}

std::optional<InfrastructureCause> ProcessCluster::supervise() {
  const auto now = monotonic_now();
  if (const auto works = proxy_watch_.check(*proxy_, now); !works) {
    const auto ending = proxy_->poll();
    const bool memory = ending && kind_of_ending(*ending, CauseKind::kProxy) == CauseKind::kMemory;
    return InfrastructureCause{memory ? CauseKind::kMemory : CauseKind::kProxy,
                               works.error().message};
  }
  for (Node node = 0; node < members_.size(); ++node) {
    detect_crash(node);
    detect_outside_stop(node, now);
  }
  if (!not_ended_.empty()) {
    return InfrastructureCause{
        CauseKind::kHarness,
        fmt::format("{} was reported as killed, but a process still uses its data directory",
                    nemesis::node_name(*not_ended_.begin()))};
  }
  for (const Crash& crash : crashes_) {
    if (!crash.disk_full) continue;
    return InfrastructureCause{
        CauseKind::kDiskFull,
        fmt::format("{} ended with {}, because the disk of this machine is full",
                    nemesis::node_name(crash.node), describe(crash.ending))};
  }
  return std::nullopt;
}

void ProcessCluster::detect_outside_stop(Node node, base::Instant now) {
  Member& member = *members_[node];
  const bool runs = member.process && !member.expected_down && !member.paused;
  if (!runs || member.process->state() != 'T') {
    member.stopped_since.reset();
    return;
  }
  if (!member.stopped_since) member.stopped_since = now;
  if (now - *member.stopped_since > kOutsideStopMax) stopped_from_outside_.insert(node);
}

void ProcessCluster::detect_crash(Node node) {
  Member& member = *members_[node];
  if (member.expected_down || !member.process) return;
  const auto ending = member.process->poll();
  if (!ending) return;
  member.expected_down = true;
  member.paused = false;
  ++member.traffic.endings;
  const auto& codes = member.exit_codes;
  const bool announced = ending->signal == 0 &&
                         std::find(codes.begin(), codes.end(), ending->exit_code) != codes.end();
  if (announced) return;
  if (ending->signal == 0 && ending->exit_code == kDirectoryInUse) {
    // Only this run starts nodes there: an end that it took for certain was none.
    not_ended_.insert(node);
    return;
  }
  crashes_.push_back(
      {.node = node,
       .ending = *ending,
       .at = monotonic_now(),
       .out_of_memory_kills = out_of_memory_kills() - out_of_memory_kills_,
       .memory_available = memory_available(),
       .disk_full = kind_of_ending(*ending, CauseKind::kHarness) == CauseKind::kDiskFull});
}

}  // namespace capsize::harness
