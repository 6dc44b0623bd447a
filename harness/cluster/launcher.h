// Starts the processes of a cluster: the one place that knows their endpoints, arguments and logs,
// for runs under faults (process_cluster.h) and for benchmarks (bench/bare_cluster.h).
//
//   DIRECTORY/sockets/            path sockets and the control secret (socket_directory.h)
//   DIRECTORY/proxy.log, DIRECTORY/messages.bin
//   NODES_DIRECTORY/nN/{data,log,trace.jsonl}
//
// Used from the main thread only, which outlives every child (child_process.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "harness/cluster/socket_directory.h"
#include "harness/process/child_process.h"
#include "nemesis/model/cluster.h"

namespace capsize::harness {

struct LaunchOptions {
  std::size_t members = 0;
  std::size_t spares = 0;          // further nodes, which run and are no members
  std::filesystem::path binaries;  // directory of capsize-node and capsize-proxy
  std::filesystem::path directory;
  std::filesystem::path nodes_directory;
  std::string bug;  // not empty: capsize-node-with-bugs --bug
  std::vector<std::string> node_arguments;
  std::optional<std::uint64_t> seed;  // nothing: each process draws its own
  bool allow_faults = false;          // nodes carry out control requests that break them
  bool trace = true;
  bool proxy = true;      // on every link between nodes
  bool messages = false;  // the proxy records them in DIRECTORY/messages.bin
  bool tcp = false;       // nodes listen on loopback ports, links through the proxy excepted
};

class Launcher {
 public:
  /// Relative directories are those of the working directory now.
  explicit Launcher(LaunchOptions options);

  /// Creates the socket directory and names every endpoint. Call once, before anything else.
  base::Status open();
  /// The proxy works in `directory`, which gets its core dump and its sanitizer's report.
  base::Result<ChildProcess> spawn_proxy() const;
  /// Spawns a node; creates its directory if it is missing. The node works in that directory, which
  /// gets its core dump (where the kernel's core_pattern permits) and its sanitizer's report.
  base::Result<ChildProcess> spawn_node(nemesis::Node node) const;

  /// Members and spares.
  [[nodiscard]] std::size_t size() const { return options_.members + options_.spares; }
  [[nodiscard]] const std::string& client_endpoint(nemesis::Node node) const;
  [[nodiscard]] const std::string& control_endpoint(nemesis::Node node) const;
  [[nodiscard]] std::string proxy_control_endpoint() const;
  [[nodiscard]] std::filesystem::path node_directory(nemesis::Node node) const;
  [[nodiscard]] std::filesystem::path proxy_log() const { return options_.directory / "proxy.log"; }
  /// Returns the request with the secret that the nodes and the proxy of this cluster require.
  [[nodiscard]] std::string with_secret(base::Json request) const;

 private:
  struct Endpoints {
    std::string peers, client, control;
  };
  static base::Result<ChildProcess> spawn(ChildProcess::Command command);
  base::Status use_loopback_ports();
  /// Returns the endpoint to which `from` sends messages for `to`.
  [[nodiscard]] std::string link_endpoint(nemesis::Node from, nemesis::Node to) const;
  [[nodiscard]] std::vector<std::string> node_arguments(nemesis::Node node) const;
  [[nodiscard]] const SocketDirectory& sockets() const;

  LaunchOptions options_;
  std::uint64_t run_id_ = random_id();
  std::optional<SocketDirectory> sockets_;  // destroyed after all children have ended
  std::vector<Endpoints> endpoints_;        // one a node
};

}  // namespace capsize::harness
