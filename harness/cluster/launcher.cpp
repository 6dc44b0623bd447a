#include "harness/cluster/launcher.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>

#include "base/check.h"
#include "base/harness_bug.h"
#include "harness/process/crash_evidence.h"

namespace capsize::harness {
namespace {

using base::Json;
using nemesis::Node;
using nemesis::node_name;

/// A harness that errs on purpose has a proxy that does.
constexpr const char* kProxyProgram =
    CAPSIZE_HARNESS_BUGS ? "capsize-proxy-with-harness-bugs" : "capsize-proxy";

/// A port that the kernel gives now. Another process can take it before the node does; the node
/// then says so and ends.
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

Launcher::Launcher(LaunchOptions options) : options_(std::move(options)) {
  // Processes do not share the working directory of the harness.
  options_.directory = std::filesystem::absolute(options_.directory);
  options_.nodes_directory = std::filesystem::absolute(options_.nodes_directory);
}

const SocketDirectory& Launcher::sockets() const {
  CHECK(sockets_.has_value(), "a launcher is opened before it is used");
  return *sockets_;
}

base::Status Launcher::open() {
  std::filesystem::create_directories(options_.directory);
  auto created = SocketDirectory::create(options_.directory);
  if (!created) return created.error();
  sockets_ = std::move(created).value();
  for (Node node = 0; node < size(); ++node) {
    const auto name = node_name(node);
    endpoints_.push_back({.peers = sockets_->endpoint(name + "-peers"),
                          .client = sockets_->endpoint(name + "-client"),
                          .control = sockets_->endpoint(name + "-control")});
  }
  return options_.tcp ? use_loopback_ports() : base::Status();
}

base::Status Launcher::use_loopback_ports() {
  std::set<std::uint16_t> taken;
  for (Endpoints& of_node : endpoints_) {
    for (std::string* endpoint : {&of_node.peers, &of_node.client, &of_node.control}) {
      // The kernel may give one port twice: nothing listens on it yet.
      std::optional<std::uint16_t> unused;
      while (!unused) {
        const auto port = free_port();
        if (!port) return port.error();
        if (taken.insert(port.value()).second) unused = port.value();
      }
      *endpoint = fmt::format("tcp://127.0.0.1:{}", *unused);
    }
  }
  return {};
}

const std::string& Launcher::client_endpoint(Node node) const {
  return endpoints_.at(node).client;
}

const std::string& Launcher::control_endpoint(Node node) const {
  return endpoints_.at(node).control;
}

std::string Launcher::proxy_control_endpoint() const {
  return sockets().endpoint("proxy-control");
}

std::filesystem::path Launcher::node_directory(Node node) const {
  return options_.nodes_directory / node_name(node);
}

std::string Launcher::with_secret(Json request) const {
  request["secret"] = sockets().secret();
  return request.dump();
}

std::string Launcher::link_endpoint(Node from, Node to) const {
  if (!options_.proxy) return endpoints_[to].peers;
  return sockets().endpoint(node_name(from) + "-" + node_name(to));
}

base::Result<ChildProcess> Launcher::spawn_proxy() const {
  std::vector<std::string> arguments = {
      "--run-id",      std::to_string(run_id_),          "--control", proxy_control_endpoint(),
      "--secret-file", sockets().secret_file().string(), "--parent",  std::to_string(::getpid())};
  if (options_.seed) arguments.insert(arguments.end(), {"--seed", std::to_string(*options_.seed)});
  if (options_.messages) {
    arguments.insert(arguments.end(),
                     {"--messages", (options_.directory / "messages.bin").string()});
  }
  for (Node from = 0; from < size(); ++from) {
    for (Node to = 0; to < size(); ++to) {
      if (from == to) continue;
      arguments.insert(arguments.end(),
                       {"--link", fmt::format("{}:{}={},{}", node_name(from), node_name(to),
                                              link_endpoint(from, to), endpoints_[to].peers)});
    }
  }
  return spawn({.program = options_.binaries / kProxyProgram,
                .arguments = std::move(arguments),
                .log = proxy_log(),
                .working_directory = proxy_log().parent_path(),
                .environment = sanitizer_variables(proxy_log().parent_path() / "proxy-sanitizer")});
}

std::vector<std::string> Launcher::node_arguments(Node node) const {
  const auto directory = node_directory(node);
  const Endpoints& own = endpoints_[node];
  std::vector<std::string> arguments = {"--id",          std::to_string(nemesis::wire_number(node)),
                                        "--run-id",      std::to_string(run_id_),
                                        "--data",        (directory / "data").string(),
                                        "--listen",      own.peers,
                                        "--client",      own.client,
                                        "--control",     own.control,
                                        "--secret-file", sockets().secret_file().string(),
                                        "--parent",      std::to_string(::getpid())};
  const auto add = [&](std::initializer_list<std::string> more) {
    arguments.insert(arguments.end(), more);
  };
  std::string peers, voters;
  for (Node other = 0; other < size(); ++other) {
    if (other < options_.members) voters += (voters.empty() ? "" : ",") + node_name(other);
    if (other == node) continue;
    peers += (peers.empty() ? "" : ",") + node_name(other) + "=" + link_endpoint(node, other);
  }
  if (!peers.empty()) add({"--peers", peers});
  if (options_.trace) add({"--trace", (directory / "trace.jsonl").string()});
  if (options_.seed) add({"--seed", std::to_string(*options_.seed)});
  if (options_.allow_faults) add({"--allow-faults"});
  if (node >= options_.members) {
    add({"--join"});
  } else if (options_.spares > 0) {
    add({"--voters", voters});  // without spares, all of --peers vote
  }
  if (!options_.bug.empty()) add({"--bug", options_.bug});
  arguments.insert(arguments.end(), options_.node_arguments.begin(), options_.node_arguments.end());
  return arguments;
}

base::Result<ChildProcess> Launcher::spawn_node(Node node) const {
  std::filesystem::create_directories(node_directory(node));
  const char* binary = options_.bug.empty() ? "capsize-node" : "capsize-node-with-bugs";
  return spawn({.program = options_.binaries / binary,
                .arguments = node_arguments(node),
                .log = node_directory(node) / "log",
                .working_directory = node_directory(node),
                .environment = sanitizer_variables(node_directory(node) / kSanitizerPrefix)});
}

base::Result<ChildProcess> Launcher::spawn(ChildProcess::Command command) {
  // Elsewhere than into the working directory, the system decides what happens to a core dump.
  command.dumps_core = is_core_in_working_directory(core_pattern());
  return ChildProcess::spawn(command);
}

}  // namespace capsize::harness
