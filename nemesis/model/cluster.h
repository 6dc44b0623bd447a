// Everything that the nemesis sees of a cluster, and everything that it can do to it. The harness
// implements it with processes and the proxy; the tests implement it with a few variables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include "base/json.h"

#include "base/time.h"

namespace capsize::nemesis {

/// An index into the nodes of the cluster, from 0. Node 0 is called "n1" and has the number 1 on
/// the wire and on command lines. The four functions below convert; no other code adds or subtracts
/// 1.
using Node = std::size_t;
using Link = std::pair<Node, Node>;  // directed: from, to
/// "n1" for node 0.
[[nodiscard]] std::string node_name(Node node);
/// 0 for "n1"; nothing for any other text, for "n0" and for numbers above wire::kNodeNumberMax.
[[nodiscard]] std::optional<Node> node_of(std::string_view name);
/// The number on the wire: 1 for node 0.
[[nodiscard]] std::uint32_t wire_number(Node node);
/// ["n1","n3"]
[[nodiscard]] base::Json node_names(const std::vector<Node>& nodes);
/// "n1 to n5": all nodes of a cluster of this size, for error messages.
[[nodiscard]] std::string node_range(std::size_t cluster_size);

struct NodeView {
  bool running = false;
  bool paused = false;
  bool spare = false;        // becomes a member only when a fault adds it
  std::uint64_t writes = 0;  // writes that this node has acknowledged to clients
};

struct ClusterView {
  std::vector<NodeView> nodes;
  /// The sender of the newest AppendEntries in the highest term that the proxy has seen, unless
  /// that is long ago. Taken from the messages and not from the nodes' status: a node's answer is
  /// stale by the time it is read, and a deposed leader would still claim to lead.
  std::optional<Node> leader;
  std::uint64_t term = 0;
  /// The members after the nemesis's last change; ascending.
  std::vector<Node> members;
  /// Operations that have succeeded so far, as the clients see it.
  std::uint64_t acknowledged = 0;

  /// The members that the cluster started with: every node but the spares, ascending.
  [[nodiscard]] std::vector<Node> core() const;
};

/// The outcome of one action on the cluster. The evidence is what the kernel, the node or the proxy
/// reported, never what was intended.
struct ActionResult {
  bool done = false;
  std::string reason;  // why it is not done
  /// Not done, but it may still take effect: the request got no answer.
  bool uncertain = false;
  base::Json evidence = base::Json::object();
  /// From the call until the effect was observed: process reaped, process stopped, rule active.
  std::optional<base::Duration> effect = {};
};

/// A state transition from a node's trace (node/PROTOCOL.md, Trace). Only the rare ones: start,
/// role, config, snapshot-begin, snapshot, install, transfer.
struct TraceEvent {
  Node node = 0;
  std::string event;
  std::string role;  // of the node after the transition
  std::uint64_t term = 0;
  std::uint64_t index = 0;
};

/// An action on several nodes hits them all at once; its evidence is an object by node name. One
/// thread; the calls block until the effect is observed or a bound is reached.
class Cluster {
 public:
  virtual ~Cluster() = default;
  [[nodiscard]] virtual ClusterView view() const = 0;
  /// Returns the transitions traced since the last call, in order for each node.
  virtual std::vector<TraceEvent> take_events() = 0;

  // Processes.
  virtual ActionResult kill(const std::vector<Node>& nodes) = 0;
  /// SIGTERM: a graceful shutdown. The evidence is the exit code.
  virtual ActionResult stop(const std::vector<Node>& nodes) = 0;
  /// Starts them from their disks; done when they serve requests again.
  virtual ActionResult restart(const std::vector<Node>& nodes) = 0;
  /// As restart(), without waiting: for nodes that may refuse to start, or that are about to be
  /// killed while they do.
  virtual ActionResult launch(const std::vector<Node>& nodes) = 0;
  virtual ActionResult pause(const std::vector<Node>& nodes) = 0;
  virtual ActionResult resume(const std::vector<Node>& nodes) = 0;
  /// Each node writes the share `keep` (0..1) of the bytes that its disk holds back, loses the rest
  /// and dies by SIGKILL (node/PROTOCOL.md, `crash`). The evidence: `held` and `written` bytes, the
  /// signal.
  virtual ActionResult crash(const std::vector<Node>& nodes, double keep) = 0;
  /// From now on an exit of such a node with one of these codes does not count as a crash, even if
  /// another fault that overlaps this one restarts it. Ends with a call without codes.
  virtual void expect_end(const std::vector<Node>& nodes, const std::vector<int>& exit_codes) = 0;
  /// The evidence has the `exit-code` of each node that has exited as expected, and no entry for
  /// the others.
  virtual ActionResult endings(const std::vector<Node>& nodes) = 0;

  /// Sends one control request (node/PROTOCOL.md, Control) to each; the evidence is their replies.
  /// Done if each replied ok.
  virtual ActionResult control(const std::vector<Node>& nodes, const base::Json& request) = 0;
  /// Repeats the request until each node's reply satisfies; the evidence is the last replies. Not
  /// done when `bound` has passed.
  using Satisfied = std::function<bool(Node, const base::Json& answer)>;
  virtual ActionResult control_until(const std::vector<Node>& nodes, const base::Json& request,
                                     const Satisfied& satisfied, base::Duration bound) = 0;

  // The files of a node.
  /// Damages them as `how` says (harness/cluster/damage.h). {"kind":"copy"} copies the log of a
  /// running node; `bit-flip`, `truncate` and `rollback` (to that copy) need a stopped one, and
  /// save the original files. The evidence: file, offset, bytes.
  virtual ActionResult damage(Node node, const base::Json& how) = 0;
  /// Restores the files saved before the damage. Precondition: the nodes do not run.
  virtual ActionResult repair(const std::vector<Node>& nodes) = 0;

  // Membership.
  /// Changes the members to these (joint consensus); new members catch up first. The evidence is
  /// the leader's configuration afterwards. Not done only if the change certainly will not happen.
  virtual ActionResult change_members(const std::vector<Node>& members) = 0;
  /// Requests such a change at one node, once, without waiting until it is committed. The evidence
  /// of the node: the `outcome` and `error` of its reply; without a reply `begun`, if its
  /// configuration shows that it has begun the change.
  virtual ActionResult request_change(Node at, const std::vector<Node>& members) = 0;
  /// Asks the leader to transfer leadership to a node; done when that node leads.
  virtual ActionResult transfer_leadership(Node to) = 0;

  // The network between nodes: rules of the proxy (nemesis/proxy/PROTOCOL.md).
  /// `id` is the fault's. `only` selects messages; an empty object selects all.
  virtual ActionResult install_rule(std::uint64_t id, const std::vector<Link>& links,
                                    const base::Json& action, const base::Json& only) = 0;
  /// The evidence is the proxy's: messages seen and affected, by link.
  virtual ActionResult remove_rule(std::uint64_t id) = 0;
  /// The evidence so far; the rule stays.
  virtual ActionResult peek_rule(std::uint64_t id) = 0;

  // The network between clients and nodes.
  virtual ActionResult cut_clients(const std::vector<Node>& nodes) = 0;
  /// The evidence: how many requests and replies were lost.
  virtual ActionResult rejoin_clients(const std::vector<Node>& nodes) = 0;
};

}  // namespace capsize::nemesis
