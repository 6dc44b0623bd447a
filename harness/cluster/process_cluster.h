// A cluster of real processes: N nodes, and the proxy on every link between them.
//
//   n1 ──push──> proxy ──push──> n2        each directed link has its own socket pair
//   clients ──────────────────> n1 … nN    directly
//   harness ──> control of each node and of the proxy
//
// Endpoints are path sockets in a directory of the run that only its owner can enter
// (socket_directory.h): parallel runs never meet, and no other user reaches one. Used from the main
// thread only, which outlives every child (child_process.h); the client thread shares `traffic()`.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "harness/cluster/client_traffic.h"
#include "harness/cluster/damage.h"
#include "harness/cluster/launcher.h"
#include "harness/cluster/messaging.h"
#include "harness/cluster/proxy_watch.h"
#include "harness/cluster/trace_tail.h"
#include "harness/process/child_process.h"
#include "harness/process/infrastructure.h"
#include "nemesis/model/cluster.h"

namespace capsize::harness {

// How long a process may take to answer after its start, to react to a signal, to answer a control
// request.
inline constexpr std::chrono::milliseconds kReadyBound{5000};
inline constexpr std::chrono::milliseconds kSignalBound{1000};
inline constexpr std::chrono::milliseconds kControlBound{1000};

struct ClusterOptions {
  std::size_t nodes = 5;
  std::size_t spares = 0;               // further nodes, which run and are no members
  std::filesystem::path binaries;       // directory of capsize-node and capsize-proxy
  std::filesystem::path run_directory;  // nodes/nN/{log,trace.jsonl,data} are made in it
  std::string bug;                      // not empty: capsize-node-with-bugs --bug
  std::vector<std::string> node_arguments;
  std::uint64_t seed = 0;
};

/// A node that ended although no fault ended it.
struct Crash {
  nemesis::Node node = 0;
  Ending ending;
  base::Instant at{};
  std::uint64_t out_of_memory_kills = 0;  // by the kernel, of any process, since the run began
  std::uint64_t memory_available = 0;     // bytes that all processes may use
  bool disk_full = false;                 // the machine's own, when the node ended
};

class ProcessCluster final : public nemesis::Cluster {
 public:
  ProcessCluster(ClusterOptions options, const Messaging& messaging);
  ~ProcessCluster() override;

  /// Starts proxy and nodes and waits until every node answers. Returns why that failed, if it did.
  [[nodiscard]] std::optional<InfrastructureCause> start();
  /// SIGTERM, a short wait, SIGKILL; then the proxy.
  void shut_down();

  [[nodiscard]] nemesis::ClusterView view() const override;
  std::vector<nemesis::TraceEvent> take_events() override;
  nemesis::ActionResult kill(const std::vector<nemesis::Node>& nodes) override;
  nemesis::ActionResult stop(const std::vector<nemesis::Node>& nodes) override;
  nemesis::ActionResult restart(const std::vector<nemesis::Node>& nodes) override;
  nemesis::ActionResult launch(const std::vector<nemesis::Node>& nodes) override;
  nemesis::ActionResult pause(const std::vector<nemesis::Node>& nodes) override;
  nemesis::ActionResult resume(const std::vector<nemesis::Node>& nodes) override;
  void expect_end(const std::vector<nemesis::Node>& nodes,
                  const std::vector<int>& exit_codes) override;
  nemesis::ActionResult endings(const std::vector<nemesis::Node>& nodes) override;
  nemesis::ActionResult control(const std::vector<nemesis::Node>& nodes,
                                const base::Json& request) override;
  nemesis::ActionResult control_until(const std::vector<nemesis::Node>& nodes,
                                      const base::Json& request, const Satisfied& satisfied,
                                      base::Duration bound) override;
  nemesis::ActionResult crash(const std::vector<nemesis::Node>& nodes, double keep) override;
  nemesis::ActionResult damage(nemesis::Node node, const base::Json& how) override;
  nemesis::ActionResult repair(const std::vector<nemesis::Node>& nodes) override;
  nemesis::ActionResult change_members(const std::vector<nemesis::Node>& members) override;
  nemesis::ActionResult request_change(nemesis::Node at,
                                       const std::vector<nemesis::Node>& members) override;
  nemesis::ActionResult transfer_leadership(nemesis::Node to) override;
  nemesis::ActionResult install_rule(std::uint64_t id, const std::vector<nemesis::Link>& links,
                                     const base::Json& action, const base::Json& only) override;
  nemesis::ActionResult remove_rule(std::uint64_t id) override;
  nemesis::ActionResult peek_rule(std::uint64_t id) override;
  nemesis::ActionResult cut_clients(const std::vector<nemesis::Node>& nodes) override;
  nemesis::ActionResult rejoin_clients(const std::vector<nemesis::Node>& nodes) override;

  /// Detects processes that ended or were stopped without a fault. Returns a cause if the proxy has
  /// ended, is stopped or does not answer, or if a node ended because the disk is full.
  [[nodiscard]] std::optional<InfrastructureCause> supervise();
  [[nodiscard]] const std::vector<Crash>& crashes() const { return crashes_; }
  /// Returns the nodes that were stopped (SIGSTOP) without a fault, ascending.
  [[nodiscard]] const std::set<nemesis::Node>& stopped_from_outside() const {
    return stopped_from_outside_;
  }

  /// Messages from now on are counted under this name (nemesis/proxy/causal_chains.h).
  base::Status set_context(const std::string& name);
  /// What may have caused what, of all messages so far: the proxy's reply to `chains`.
  [[nodiscard]] base::Result<base::Json> message_chains() const;

  [[nodiscard]] const std::string& client_endpoint(nemesis::Node node) const {
    return launcher_.client_endpoint(node);
  }
  [[nodiscard]] ClientTraffic& traffic(nemesis::Node node);
  [[nodiscard]] std::filesystem::path node_directory(nemesis::Node node) const {
    return launcher_.node_directory(node);
  }
  /// Restores the initial members, whatever faults have changed.
  base::Status restore_members(std::chrono::milliseconds bound);
  /// Returns the reply to the control request `status`.
  base::Result<base::Json> status(nemesis::Node node, std::chrono::milliseconds bound);

 private:
  struct Member {
    std::optional<ChildProcess> process;
    std::unique_ptr<Requester> control;
    std::unique_ptr<Requester> client;  // for requests that nodes accept from clients only
    std::uint64_t incarnation = 0;
    bool paused = false;
    bool expected_down = true;
    std::optional<base::Instant> stopped_since;  // not by a fault
    std::vector<int> exit_codes;                 // with which it may end by itself (expect_end)
    ClientTraffic traffic;
  };

  base::Status open_endpoints();
  base::Status start_proxy();
  /// Why a process that the run did not end has ended, if it is the infrastructure's fault.
  [[nodiscard]] CauseKind kind_of_ending(const Ending& ending, CauseKind otherwise) const;
  base::Status spawn(nemesis::Node node);
  base::Status await_ready(nemesis::Node node, std::chrono::milliseconds bound);
  nemesis::ActionResult ask_control(nemesis::Node node, const base::Json& request);
  base::Result<base::Json> ask_proxy(const base::Json& question) const;
  void observe() const;
  base::Json ask_leader(const base::Json& question, std::chrono::milliseconds bound);
  struct Administered {
    bool done = false;
    bool may_happen = false;  // not done, but it may still be committed
    std::string reason;
  };
  /// Sends the request to the current leader until one attempt succeeds or the time is over.
  Administered administer(const base::Json& question);
  nemesis::ActionResult end_by(const std::vector<nemesis::Node>& nodes, int signal);
  void detect_crash(nemesis::Node node);
  void detect_outside_stop(nemesis::Node node, base::Instant now);

  ClusterOptions options_;
  const Messaging& messaging_;
  Launcher launcher_;  // its sockets outlive the processes
  std::optional<ChildProcess> proxy_;
  mutable std::unique_ptr<Requester> proxy_control_;
  mutable ProxyWatch proxy_watch_;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<nemesis::Node> configured_;  // the members, as last requested
  std::set<nemesis::Node> not_ended_;      // found running although their end was reported
  bool members_known_ = true;              // and acknowledged
  std::vector<Crash> crashes_;
  std::set<nemesis::Node> stopped_from_outside_;
  std::uint64_t out_of_memory_kills_ = 0;  // when the run began
  std::vector<TraceTail> tails_;           // one a node
  std::vector<DataDirectory> data_;        // one a node
  mutable std::optional<nemesis::Node> leader_;
  mutable std::uint64_t term_ = 0;
  mutable base::Instant observed_{};
};

}  // namespace capsize::harness
