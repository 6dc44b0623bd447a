// All that the nemesis sees of a cluster, and all that it can do to it. The harness implements it
// with processes and the proxy; tests implement it with a few variables.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace capsize::nemesis {

/// Nodes are counted from 0 here and called n1, n2, … outside.
using Node = std::size_t;
using Link = std::pair<Node, Node>;  // directed: from, to
[[nodiscard]] std::string node_name(Node node);

struct NodeView {
  bool running = false;
  bool paused = false;
  bool spare = false;  // joins the cluster only when a fault adds it
};

struct ClusterView {
  std::vector<NodeView> nodes;
  /// Whoever sent AppendEntries in the highest term seen, and not long ago; messages are believed,
  /// nodes are not asked, because an answer would be old by the time it is read.
  std::optional<Node> leader;
  std::uint64_t term = 0;
  /// Members of the cluster, as far as the nemesis has changed them; ascending.
  std::vector<Node> members;

  /// Those that the cluster began with: ascending, all but the spares.
  [[nodiscard]] std::vector<Node> core() const;
};

/// What became of an act: evidence comes from the kernel or from the proxy, never from the intent.
struct Act {
  bool done = false;
  std::string reason;  // why not
  nlohmann::json evidence = nlohmann::json::object();
};

class Cluster {
 public:
  virtual ~Cluster() = default;
  [[nodiscard]] virtual ClusterView view() const = 0;

  virtual Act kill(const std::vector<Node>& nodes) = 0;
  virtual Act restart(const std::vector<Node>& nodes) = 0;
  virtual Act pause(const std::vector<Node>& nodes) = 0;
  virtual Act resume(const std::vector<Node>& nodes) = 0;
  /// Makes these the members (joint consensus), newcomers among them caught up first. The evidence
  /// is the configuration that the leader then has. Not done only if it certainly will not happen.
  virtual Act change_members(const std::vector<Node>& members) = 0;
  /// Asks the leader to hand leadership to a node; done when that one leads.
  virtual Act transfer_leadership(Node to) = 0;
  /// Installs a rule of the proxy (nemesis/proxy/PROTOCOL.md) under the fault's id.
  virtual Act install_rule(std::uint64_t id, const std::vector<Link>& links,
                           const nlohmann::json& action) = 0;
  /// The evidence is the proxy's: messages seen and affected, per link.
  virtual Act remove_rule(std::uint64_t id) = 0;
};

}  // namespace capsize::nemesis
