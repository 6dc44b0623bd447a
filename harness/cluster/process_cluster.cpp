#include "harness/cluster/process_cluster.h"

#include <fmt/core.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/check.h"
#include "base/printable.h"
#include "harness/cluster/clock.h"
#include "harness/cluster/out_of_memory.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using base::Json;
using nemesis::ActionResult;
using nemesis::Node;

// How long a report of the proxy is used; and after which silence (four heartbeats) a leader no
// longer counts as one.
constexpr auto kObservationAge = 5ms;
constexpr auto kLeaderSilence = 200ms;

// Exit codes of a node (node/PROTOCOL.md): a write or sync failed; another system call failed.
constexpr int kNodeDiskExit = 66, kNodeSystemCallExit = 71;

/// The last line of a log that is not empty, made printable.
std::string last_line(const std::filesystem::path& path) {
  constexpr std::size_t kShownMax = 300;
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) last = line.substr(0, kShownMax);
  }
  return last.empty() ? "nothing" : base::printable(last);
}

LaunchOptions launch_options(const ClusterOptions& options) {
  return {.members = options.nodes,
          .spares = options.spares,
          .binaries = options.binaries,
          .directory = options.run_directory,
          .nodes_directory = options.run_directory / "nodes",
          .bug = options.bug,
          .node_arguments = options.node_arguments,
          .seed = options.seed,
          .allow_faults = true,
          .messages = true};
}

}  // namespace

ProcessCluster::ProcessCluster(ClusterOptions options, const Messaging& messaging)
    : options_(std::move(options)), messaging_(messaging), launcher_(launch_options(options_)) {
  for (Node node = 0; node < launcher_.size(); ++node) {
    members_.push_back(std::make_unique<Member>());
    if (node < options_.nodes) configured_.push_back(node);
    data_.emplace_back(node_directory(node), base::Prng::stream(options_.seed, "damage", node));
    tails_.emplace_back(node, node_directory(node) / "trace.jsonl");
  }
}

ProcessCluster::~ProcessCluster() = default;  // children are killed by their own destructors

ClientTraffic& ProcessCluster::traffic(Node node) {
  return members_[node]->traffic;
}

base::Status ProcessCluster::open_endpoints() {
  if (auto opened = launcher_.open(); !opened) return opened;
  for (Node node = 0; node < members_.size(); ++node) {
    members_[node]->control =
        std::make_unique<Requester>(messaging_, launcher_.control_endpoint(node));
    members_[node]->client =
        std::make_unique<Requester>(messaging_, launcher_.client_endpoint(node));
  }
  proxy_control_ = std::make_unique<Requester>(messaging_, launcher_.proxy_control_endpoint());
  return {};
}

std::optional<InfrastructureCause> ProcessCluster::start() {
  out_of_memory_kills_ = out_of_memory_kills();
  const auto failed = [this](const base::Status& status) {
    const bool full = disk_is_full(options_.run_directory);
    return InfrastructureCause{full ? CauseKind::kDiskFull : CauseKind::kStart,
                               status.error().message};
  };
  if (auto opened = open_endpoints(); !opened) return failed(opened);
  if (auto started = start_proxy(); !started) return failed(started);
  for (Node node = 0; node < members_.size(); ++node) {
    if (auto spawned = spawn(node); !spawned) return failed(spawned);
  }
  for (Node node = 0; node < members_.size(); ++node) {
    if (auto ready = await_ready(node, kReadyBound); !ready) {
      const auto ending = members_[node]->process->poll();
      const auto kind = ending ? kind_of_ending(*ending, CauseKind::kStart) : CauseKind::kStart;
      return InfrastructureCause{kind, ready.error().message};
    }
  }
  return std::nullopt;
}

CauseKind ProcessCluster::kind_of_ending(const Ending& ending, CauseKind otherwise) const {
  if (ending.signal == SIGKILL) {
    return out_of_memory_kills() > out_of_memory_kills_ ? CauseKind::kMemory : CauseKind::kSignal;
  }
  const bool system_call = ending.signal == 0 && (ending.exit_code == kNodeDiskExit ||
                                                  ending.exit_code == kNodeSystemCallExit);
  if (system_call && disk_is_full(options_.run_directory)) return CauseKind::kDiskFull;
  return otherwise;
}

base::Status ProcessCluster::start_proxy() {
  auto spawned = launcher_.spawn_proxy();
  if (!spawned) return spawned.error();
  proxy_ = std::move(spawned).value();
  auto answer = proxy_control_->request(launcher_.with_secret({{"op", "stats"}}), kReadyBound);
  if (answer) return {};
  return base::Error{fmt::format("the proxy does not answer ({}); its log: {}",
                                 answer.error().message, launcher_.proxy_log().string())};
}

base::Status ProcessCluster::spawn(Node node) {
  auto spawned = launcher_.spawn_node(node);
  if (!spawned) return spawned.error();
  Member& member = *members_[node];
  member.process = std::move(spawned).value();
  member.paused = false;
  member.expected_down = false;
  return {};
}

base::Status ProcessCluster::await_ready(Node node, std::chrono::milliseconds bound) {
  const auto until = monotonic_now() + bound;
  Member& member = *members_[node];
  std::string last = "no answer";
  while (monotonic_now() < until) {
    if (const auto ending = member.process->poll()) {
      last = "it ended with " + describe(*ending) +
             ", and wrote: " + last_line(node_directory(node) / "log");
      break;
    }
    auto answer = status(node, 50ms);
    if (answer && answer.value().value("incarnation", std::uint64_t{0}) > member.incarnation) {
      member.incarnation = answer.value()["incarnation"].get<std::uint64_t>();
      return {};
    }
    if (!answer) last = answer.error().message;
  }
  return base::Error{fmt::format("{} does not take requests: {}; its log: {}",
                                 nemesis::node_name(node), last,
                                 (node_directory(node) / "log").string())};
}

base::Result<Json> ProcessCluster::status(Node node, std::chrono::milliseconds bound) {
  auto answer = members_[node]->control->request(launcher_.with_secret({{"op", "status"}}), bound);
  if (!answer) return answer.error();
  Json parsed = Json::parse(answer.value());
  if (parsed.is_invalid()) return base::Error{"status is not JSON: " + answer.value()};
  return parsed;
}

base::Result<Json> ProcessCluster::ask_proxy(const Json& question) const {
  const auto begun = monotonic_now();
  auto answer = proxy_control_->request(launcher_.with_secret(question), kControlBound);
  proxy_watch_.asked(answer.ok(), begun);
  if (!answer) return answer.error();
  Json parsed = Json::parse(answer.value());
  if (parsed.is_invalid() || !parsed.value("ok", false)) {
    return base::Error{"the proxy refused " + question.dump() + ": " + answer.value()};
  }
  return parsed;
}

base::Status ProcessCluster::set_context(const std::string& name) {
  const auto answer = ask_proxy({{"op", "context"}, {"name", name}});
  return answer ? base::Status() : answer.error();
}

base::Result<Json> ProcessCluster::message_chains() const {
  return ask_proxy({{"op", "chains"}});
}

void ProcessCluster::observe() const {
  const auto now = monotonic_now();
  if (now - observed_ < kObservationAge) return;
  observed_ = now;
  leader_.reset();
  if (members_.size() == 1) {
    // It sends no AppendEntries, so the proxy sees no leader; no other node can lead.
    if (!members_[0]->expected_down && !members_[0]->paused) leader_ = 0;
    return;
  }
  const auto seen = ask_proxy({{"op", "observe"}});
  if (!seen) return;
  const Json& what = seen.value();
  const auto name = what.contains("leader") && what["leader"].is_string()
                        ? what["leader"].get<std::string>()
                        : std::string();
  term_ = std::max(term_, what.value("term", std::uint64_t{0}));
  const auto node = nemesis::node_of(name);
  if (!node) return;
  const base::Instant last{
      std::chrono::nanoseconds(what.value("last-append-time", std::int64_t{0}))};
  if (monotonic_now() - last > kLeaderSilence) return;
  if (*node < members_.size() && members_[*node]->process && !members_[*node]->expected_down &&
      !members_[*node]->paused) {
    leader_ = *node;
  }
}

nemesis::ClusterView ProcessCluster::view() const {
  observe();
  nemesis::ClusterView view;
  for (const auto& member : members_) {
    view.nodes.push_back({.running = member->process.has_value() && !member->expected_down,
                          .paused = member->paused,
                          .spare = view.nodes.size() >= options_.nodes,
                          .writes = member->traffic.writes});
    view.acknowledged += member->traffic.acknowledged;
  }
  view.members = configured_;
  view.leader = leader_;
  view.term = term_;
  return view;
}

ActionResult ProcessCluster::install_rule(std::uint64_t id, const std::vector<nemesis::Link>& links,
                                          const Json& action, const Json& only) {
  const auto begun = monotonic_now();
  Json names = Json::array();
  for (const auto& [from, to] : links) {
    names.push_back({nemesis::node_name(from), nemesis::node_name(to)});
  }
  Json request = {{"op", "install"}, {"id", id}, {"links", names}, {"action", action}};
  if (!only.empty()) request["only"] = only;
  auto answer = ask_proxy(request);
  if (!answer) return {.done = false, .reason = answer.error().message};
  return {.done = true,
          .evidence = {{"installed", answer.value().value("time", std::int64_t{0})}},
          .effect = monotonic_now() - begun};
}

ActionResult ProcessCluster::peek_rule(std::uint64_t id) {
  auto answer = ask_proxy({{"op", "peek"}, {"id", id}});
  if (!answer) return {.done = false, .reason = answer.error().message};
  return {.done = true, .evidence = answer.value().value("evidence", Json::object())};
}

ActionResult ProcessCluster::cut_clients(const std::vector<Node>& nodes) {
  ActionResult result{.done = true};
  for (const Node node : nodes) {
    ClientTraffic& traffic = members_[node]->traffic;
    traffic.requests_lost = 0;
    traffic.replies_lost = 0;
    traffic.cut = true;
  }
  return result;
}

ActionResult ProcessCluster::rejoin_clients(const std::vector<Node>& nodes) {
  ActionResult result{.done = true};
  for (const Node node : nodes) {
    ClientTraffic& traffic = members_[node]->traffic;
    traffic.cut = false;
    result.evidence[nemesis::node_name(node)] = {{"requests-lost", traffic.requests_lost.load()},
                                                 {"replies-lost", traffic.replies_lost.load()}};
  }
  return result;
}

std::vector<nemesis::TraceEvent> ProcessCluster::take_events() {
  std::vector<nemesis::TraceEvent> events;
  for (auto& tail : tails_) tail.read(events);
  return events;
}

ActionResult ProcessCluster::remove_rule(std::uint64_t id) {
  auto answer = ask_proxy({{"op", "remove"}, {"id", id}});
  if (!answer) return {.done = false, .reason = answer.error().message};
  return {.done = true, .evidence = answer.value().value("evidence", Json::object())};
}

void ProcessCluster::shut_down() {
  for (auto& member : members_) {
    member->expected_down = true;
    if (!member->process) continue;
    member->process->signal(SIGTERM);
    member->process->signal(SIGCONT);  // a stopped process would not see the first
  }
  for (auto& member : members_) {
    if (member->process && !member->process->wait(kSignalBound)) member->process->signal(SIGKILL);
  }
  if (!proxy_) return;
  // Last, so that its record has the nodes' last messages; it writes the rest of it then.
  proxy_->signal(SIGTERM);
  proxy_->signal(SIGCONT);
  if (!proxy_->wait(kSignalBound)) proxy_->signal(SIGKILL);
}

}  // namespace capsize::harness
