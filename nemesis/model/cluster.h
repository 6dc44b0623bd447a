// All that the nemesis sees of a cluster, and all that it can do to it. The harness implements it
// with processes and the proxy; tests implement it with a few variables.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include "base/json.h"

#include "base/time.h"

namespace capsize::nemesis {

/// Nodes are counted from 0 here and called n1, n2, … outside.
using Node = std::size_t;
using Link = std::pair<Node, Node>;  // directed: from, to
[[nodiscard]] std::string node_name(Node node);
/// ["n1","n3"]
[[nodiscard]] base::Json node_names(const std::vector<Node>& nodes);

struct NodeView {
  bool running = false;
  bool paused = false;
  bool spare = false;        // joins the cluster only when a fault adds it
  std::uint64_t writes = 0;  // that clients saw this node acknowledge so far
};

struct ClusterView {
  std::vector<NodeView> nodes;
  /// Whoever sent AppendEntries in the highest term seen, and not long ago; messages are believed,
  /// nodes are not asked, because an answer would be old by the time it is read.
  std::optional<Node> leader;
  std::uint64_t term = 0;
  /// Members of the cluster, as far as the nemesis has changed them; ascending.
  std::vector<Node> members;
  /// Operations that clients saw succeed so far.
  std::uint64_t acknowledged = 0;

  /// Those that the cluster began with: ascending, all but the spares.
  [[nodiscard]] std::vector<Node> core() const;
};

/// What became of an action: evidence comes from the kernel or from the proxy, never from the
/// intent.
struct ActionResult {
  bool done = false;
  std::string reason;  // why not
  /// Not done, but may yet come to happen: a request that nobody answered.
  bool uncertain = false;
  base::Json evidence = base::Json::object();
  /// From the call until the effect was seen: the process reaped, stopped, the rule active.
  std::optional<base::Duration> effect = {};
};

/// A transition that a node traced of itself (node/PROTOCOL.md, Trace); only the rare ones: start,
/// role, config, snapshot-begin, snapshot, install, transfer.
struct TraceEvent {
  Node node = 0;
  std::string event;
  std::string role;  // of the node then
  std::uint64_t term = 0;
  std::uint64_t index = 0;
};

/// Acts on several nodes strike them together, and their evidence is an object by node name.
class Cluster {
 public:
  virtual ~Cluster() = default;
  [[nodiscard]] virtual ClusterView view() const = 0;
  /// What the nodes traced since the last call, each node's in its order.
  virtual std::vector<TraceEvent> take_events() = 0;

  // Processes.
  virtual ActionResult kill(const std::vector<Node>& nodes) = 0;
  /// SIGTERM: the node ends in good order. The evidence is its exit code.
  virtual ActionResult stop(const std::vector<Node>& nodes) = 0;
  /// From their disks; done when they take requests again.
  virtual ActionResult restart(const std::vector<Node>& nodes) = 0;
  /// As restart, but without waiting for anything: for nodes that shall not come up, or not be let.
  virtual ActionResult launch(const std::vector<Node>& nodes) = 0;
  virtual ActionResult pause(const std::vector<Node>& nodes) = 0;
  virtual ActionResult resume(const std::vector<Node>& nodes) = 0;
  /// Each loses what its disk holds back but for this share (0..1) of it, and dies by SIGKILL
  /// (node/PROTOCOL.md, `crash`). The evidence: `held` and `written` bytes, and the signal.
  virtual ActionResult crash(const std::vector<Node>& nodes, double keep) = 0;
  /// From now to its next start, a node that ends by itself with one of these codes did not crash.
  virtual void expect_end(const std::vector<Node>& nodes, const std::vector<int>& exit_codes) = 0;
  /// Which of them have ended so: `exit-code` for each of these, nothing for the others.
  virtual ActionResult endings(const std::vector<Node>& nodes) = 0;

  /// One control request (node/PROTOCOL.md, Control) to each; the evidence is what they answered.
  /// Done if each answered ok.
  virtual ActionResult control(const std::vector<Node>& nodes, const base::Json& request) = 0;
  /// The same again and again until each node's answer satisfies; the evidence is the last ones.
  using Satisfied = std::function<bool(Node, const base::Json& answer)>;
  virtual ActionResult control_until(const std::vector<Node>& nodes, const base::Json& request,
                                     const Satisfied& satisfied, base::Duration bound) = 0;

  // The files of a node.
  /// Damages them as `how` says (harness/cluster/damage.h): {"kind":"copy"} remembers the log of a
  /// node that runs; `bit-flip`, `truncate` and `rollback` (to what was remembered) need one that
  /// does not, and keep what was there before. The evidence: file, offset, bytes.
  virtual ActionResult damage(Node node, const base::Json& how) = 0;
  /// Puts back what was there before the damage. The nodes do not run.
  virtual ActionResult repair(const std::vector<Node>& nodes) = 0;

  // Who belongs to the cluster.
  /// Makes these the members (joint consensus), newcomers among them caught up first. The evidence
  /// is the configuration that the leader then has. Not done only if it certainly will not happen.
  virtual ActionResult change_members(const std::vector<Node>& members) = 0;
  /// Asks the leader to hand leadership to a node; done when that one leads.
  virtual ActionResult transfer_leadership(Node to) = 0;

  // The network between nodes: rules of the proxy (nemesis/proxy/PROTOCOL.md).
  /// Under the fault's id. `only`: which messages; an empty object means all.
  virtual ActionResult install_rule(std::uint64_t id, const std::vector<Link>& links,
                                    const base::Json& action, const base::Json& only) = 0;
  /// The evidence is the proxy's: messages seen and affected, per link.
  virtual ActionResult remove_rule(std::uint64_t id) = 0;
  /// The evidence so far of a rule that stays.
  virtual ActionResult peek_rule(std::uint64_t id) = 0;

  // The network between clients and nodes.
  virtual ActionResult cut_clients(const std::vector<Node>& nodes) = 0;
  /// The evidence: requests and replies that were lost.
  virtual ActionResult rejoin_clients(const std::vector<Node>& nodes) = 0;
};

}  // namespace capsize::nemesis
