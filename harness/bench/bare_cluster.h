// A cluster of real nodes for benchmarks: without the proxy, at the nodes' own speed, or with a
// proxy that has no rules, to measure what it costs.
//
// Used from the main thread only (child_process.h).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>
#include "base/json.h"

#include "base/result.h"
#include "harness/cluster/launcher.h"
#include "harness/cluster/messaging.h"
#include "harness/process/child_process.h"

namespace capsize::harness {

struct BareClusterOptions {
  std::size_t nodes = 3;
  std::filesystem::path binaries;
  std::filesystem::path directory;  // nN/{data,log,trace.jsonl} are created in it
  bool trace = true;
  bool tcp = false;    // otherwise ipc; not for links through the proxy
  bool proxy = false;  // on every link between nodes, without rules
  std::vector<std::string> node_arguments;
};

class BareCluster {
 public:
  BareCluster(BareClusterOptions options, const Messaging& messaging);

  /// Starts the nodes and waits for a leader that all of them know.
  base::Status start();
  /// Error: a process has ended; names its log.
  base::Status supervise();

  /// The leader that all nodes agree on. Error: there is none within the bound.
  base::Result<std::size_t> leader();
  /// The commit index of that node.
  base::Result<std::uint64_t> committed();
  [[nodiscard]] const std::string& client_endpoint(std::size_t node) const {
    return launcher_.client_endpoint(node);
  }
  [[nodiscard]] std::size_t size() const { return launcher_.size(); }

 private:
  struct Member {
    std::unique_ptr<Requester> control;
    ChildProcess process;
  };
  base::Result<base::Json> status(std::size_t node);

  const Messaging& messaging_;
  bool proxied_;
  Launcher launcher_;  // its sockets outlive the processes
  std::vector<Member> members_;
  std::optional<ChildProcess> proxy_;
};

}  // namespace capsize::harness
