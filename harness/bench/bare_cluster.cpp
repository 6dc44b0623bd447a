#include "harness/bench/bare_cluster.h"

#include <fmt/core.h>

#include <set>
#include <thread>

#include "harness/cluster/clock.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using base::Json;

constexpr auto kLeaderBound = 10s;
constexpr auto kAnswerBound = 500ms;
constexpr auto kPause = 5ms;

}  // namespace

BareCluster::BareCluster(BareClusterOptions options, const Messaging& messaging)
    : messaging_(messaging),
      proxied_(options.proxy),
      launcher_({.members = options.nodes,
                 .binaries = options.binaries,
                 .directory = options.directory,
                 .nodes_directory = options.directory,
                 .node_arguments = options.node_arguments,
                 .trace = options.trace,
                 .proxy = options.proxy,
                 .tcp = options.tcp}) {}

base::Status BareCluster::start() {
  if (auto opened = launcher_.open(); !opened) return opened;
  if (proxied_) {
    auto spawned = launcher_.spawn_proxy();
    if (!spawned) return spawned.error();
    proxy_ = std::move(spawned).value();
  }
  for (std::size_t node = 0; node < launcher_.size(); ++node) {
    auto spawned = launcher_.spawn_node(node);
    if (!spawned) return spawned.error();
    members_.push_back({std::make_unique<Requester>(messaging_, launcher_.control_endpoint(node)),
                        std::move(spawned).value()});
  }
  const auto found = leader();
  return found ? base::Status() : found.error();
}

base::Status BareCluster::supervise() {
  if (const auto ending = proxy_ ? proxy_->poll() : std::nullopt) {
    return base::Error{fmt::format("the proxy ended with {}; its log: {}", describe(*ending),
                                   launcher_.proxy_log().string())};
  }
  for (std::size_t node = 0; node < members_.size(); ++node) {
    if (const auto ending = members_[node].process.poll()) {
      return base::Error{fmt::format("{} ended with {}; its log: {}", nemesis::node_name(node),
                                     describe(*ending),
                                     (launcher_.node_directory(node) / "log").string())};
    }
  }
  return {};
}

base::Result<Json> BareCluster::status(std::size_t node) {
  auto answer =
      members_[node].control->request(launcher_.with_secret({{"op", "status"}}), kAnswerBound);
  if (!answer) return answer.error();
  Json parsed = Json::parse(answer.value());
  if (!parsed.is_object()) return base::Error{"status is not JSON: " + answer.value()};
  return parsed;
}

base::Result<std::size_t> BareCluster::leader() {
  const auto until = monotonic_now() + kLeaderBound;
  while (monotonic_now() < until) {
    if (auto supervised = supervise(); !supervised) return supervised.error();
    std::set<std::string> named;
    for (std::size_t node = 0; node < members_.size(); ++node) {
      const auto seen = status(node);
      const bool knows =
          seen && seen.value().contains("leader") && seen.value()["leader"].is_string();
      named.insert(knows ? seen.value()["leader"].get<std::string>() : "");
    }
    for (std::size_t node = 0; node < members_.size(); ++node) {
      if (named == std::set{nemesis::node_name(node)}) return node;
    }
    std::this_thread::sleep_for(kPause);
  }
  return base::Error{fmt::format("no leader that all nodes know within {} s", kLeaderBound / 1s)};
}

base::Result<std::uint64_t> BareCluster::committed() {
  const auto node = leader();
  if (!node) return node.error();
  const auto seen = status(node.value());
  if (!seen) return seen.error();
  return seen.value().value("commit", std::uint64_t{0});
}

}  // namespace capsize::harness
