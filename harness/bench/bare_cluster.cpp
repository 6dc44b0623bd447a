#include "harness/bench/bare_cluster.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "base/check.h"
#include "harness/cluster/clock.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using base::Json;

constexpr auto kLeaderBound = 10s;
constexpr auto kAnswerBound = 500ms;
constexpr auto kPause = 5ms;

std::string name_of(std::size_t node) {
  return fmt::format("n{}", node + 1);
}

/// A port that the kernel gives now. Another process could take it before the node does; it would
/// then say so and end.
base::Result<std::uint16_t> free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  const bool got =
      socket >= 0 && ::bind(socket, any, size) == 0 && ::getsockname(socket, any, &size) == 0;
  if (socket >= 0) ::close(socket);
  if (!got) return base::Error{"the kernel gives no loopback port"};
  return ntohs(address.sin_port);
}

}  // namespace

BareCluster::BareCluster(BareClusterOptions options, const Messaging& messaging)
    : options_(std::move(options)), messaging_(messaging), run_id_(random_id()) {
  members_.resize(options_.nodes);
}

std::filesystem::path BareCluster::directory_of(std::size_t node) const {
  return options_.directory / name_of(node);
}

base::Status BareCluster::name_endpoints() {
  std::filesystem::create_directories(options_.directory);
  auto sockets = SocketDirectory::create(options_.directory);
  if (!sockets) return sockets.error();
  sockets_ = std::move(sockets).value();
  std::set<std::uint16_t> taken;
  for (std::size_t node = 0; node < members_.size(); ++node) {
    Member& member = members_[node];
    for (auto [role, endpoint] : {std::pair{"peers", &member.peers},
                                  {"client", &member.client},
                                  {"control", &member.control}}) {
      *endpoint = sockets_->endpoint(name_of(node) + "-" + role);
      if (!options_.tcp) continue;
      do {
        const auto port = free_port();
        if (!port) return port.error();
        *endpoint = fmt::format("tcp://127.0.0.1:{}", port.value());
        if (taken.insert(port.value()).second) break;
      } while (true);
    }
    member.asker = std::make_unique<Asker>(messaging_, member.control);
  }
  return {};
}

base::Status BareCluster::spawn(std::size_t node) {
  Member& member = members_[node];
  std::filesystem::create_directories(directory_of(node));
  std::string peers;
  for (std::size_t peer = 0; peer < members_.size(); ++peer) {
    if (peer == node) continue;
    peers +=
        fmt::format("{}{}={}", peers.empty() ? "" : ",", name_of(peer), link_endpoint(node, peer));
  }
  std::vector<std::string> arguments = {"--id",          std::to_string(node + 1),
                                        "--run-id",      std::to_string(run_id_),
                                        "--data",        (directory_of(node) / "data").string(),
                                        "--listen",      member.peers,
                                        "--client",      member.client,
                                        "--control",     member.control,
                                        "--secret-file", sockets_->secret_file().string(),
                                        "--parent",      std::to_string(::getpid())};
  if (!peers.empty()) arguments.insert(arguments.end(), {"--peers", peers});
  if (options_.trace) {
    arguments.insert(arguments.end(), {"--trace", (directory_of(node) / "trace.jsonl").string()});
  }
  arguments.insert(arguments.end(), options_.node_arguments.begin(), options_.node_arguments.end());
  auto spawned = ChildProcess::spawn({.program = options_.binaries / "capsize-node",
                                      .arguments = std::move(arguments),
                                      .log = directory_of(node) / "log"});
  if (!spawned) return spawned.error();
  member.process = std::make_unique<ChildProcess>(std::move(spawned).value());
  return {};
}

std::string BareCluster::link_endpoint(std::size_t from, std::size_t to) const {
  if (!options_.proxy) return members_[to].peers;
  return sockets_->endpoint(name_of(from) + "-" + name_of(to));
}

base::Status BareCluster::spawn_proxy() {
  std::vector<std::string> arguments = {"--run-id",      std::to_string(run_id_),
                                        "--control",     sockets_->endpoint("proxy-control"),
                                        "--secret-file", sockets_->secret_file().string(),
                                        "--parent",      std::to_string(::getpid())};
  for (std::size_t from = 0; from < members_.size(); ++from) {
    for (std::size_t to = 0; to < members_.size(); ++to) {
      if (from == to) continue;
      arguments.insert(arguments.end(),
                       {"--link", fmt::format("{}:{}={},{}", name_of(from), name_of(to),
                                              link_endpoint(from, to), members_[to].peers)});
    }
  }
  auto spawned = ChildProcess::spawn({.program = options_.binaries / "capsize-proxy",
                                      .arguments = std::move(arguments),
                                      .log = options_.directory / "proxy.log"});
  if (!spawned) return spawned.error();
  proxy_ = std::make_unique<ChildProcess>(std::move(spawned).value());
  return {};
}

base::Status BareCluster::start() {
  if (auto named = name_endpoints(); !named) return named;
  if (options_.proxy) {
    if (auto spawned = spawn_proxy(); !spawned) return spawned;
  }
  for (std::size_t node = 0; node < members_.size(); ++node) {
    if (auto spawned = spawn(node); !spawned) return spawned;
  }
  const auto found = leader();
  return found ? base::Status() : found.error();
}

base::Status BareCluster::supervise() {
  if (const auto ending = proxy_ ? proxy_->poll() : std::nullopt) {
    return base::Error{fmt::format("the proxy ended with {}; its log: {}", describe(*ending),
                                   (options_.directory / "proxy.log").string())};
  }
  for (std::size_t node = 0; node < members_.size(); ++node) {
    if (const auto ending = members_[node].process->poll()) {
      return base::Error{fmt::format("{} ended with {}; its log: {}", name_of(node),
                                     describe(*ending), (directory_of(node) / "log").string())};
    }
  }
  return {};
}

base::Result<Json> BareCluster::status(std::size_t node) {
  auto answer = members_[node].asker->ask(
      base::Json({{"op", "status"}, {"secret", sockets_->secret()}}).dump(), kAnswerBound);
  if (!answer) return answer.error();
  Json parsed = Json::parse(answer.value());
  if (!parsed.is_object()) return base::Error{"status is not JSON: " + answer.value()};
  return parsed;
}

base::Result<std::size_t> BareCluster::leader() {
  const auto until = monotonic_now() + kLeaderBound;
  while (monotonic_now() < until) {
    if (auto lives = supervise(); !lives) return lives.error();
    std::set<std::string> named;
    for (std::size_t node = 0; node < members_.size(); ++node) {
      const auto seen = status(node);
      const bool knows =
          seen && seen.value().contains("leader") && seen.value()["leader"].is_string();
      named.insert(knows ? seen.value()["leader"].get<std::string>() : "");
    }
    for (std::size_t node = 0; node < members_.size(); ++node) {
      if (named == std::set{name_of(node)}) return node;
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
