// Which nodes a fault hits. Resolved when the fault begins: "leader" is the leader at that moment.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "base/json.h"

#include "base/prng.h"
#include "base/result.h"
#include "nemesis/model/cluster.h"

namespace capsize::nemesis {

enum class Select : std::uint8_t {
  kOne,
  kFollower,  // one node other than the leader
  kMinority,  // the largest minority, (n-1)/2 nodes
  kMajority,  // the smallest majority, n/2+1 nodes
  kLeader,
  kLeaderMinority,  // the largest minority, the leader included
  kFollowers,
  kAll,
  kNamed,  // the nodes of Target::nodes
  kSame,   // the nodes that another fault (Target::fault) hit
  kRest,   // all nodes but those
};

struct Target {
  Select select = Select::kOne;
  std::vector<Node> nodes = {};  // kNamed
  std::string fault = {};        // kSame, kRest: the label of the other fault
  /// kNamed, in a replay: the leader when the fault was recorded. resolve() swaps it with the
  /// current leader, so that a fault that hit the leader hits the leader again.
  std::optional<Node> recorded_leader = {};

  static const Target kOne, kFollower, kMinority, kMajority, kLeader, kLeaderMinority, kFollowers,
      kAll;

  friend bool operator==(const Target&, const Target&) = default;
};

/// "leader", "n1+n3", "same as cut-1": for people.
[[nodiscard]] std::string name(const Target& target);
/// "leader" | "n2" | ["n1","n3"] | {"same-as":"label"} | {"all-but":"label"}.
[[nodiscard]] base::Json to_json(const Target& target);
[[nodiscard]] base::Result<Target> parse_target(const base::Json& value);
/// Whether the target may be more than a minority, so that the fault must not overlap with others.
[[nodiscard]] bool beyond_minority(const Target& target, std::size_t cluster_size);
[[nodiscard]] bool needs_leader(const Target& target);

/// Returns the nodes that `target` denotes now, out of those that `eligible` accepts; sorted, never
/// empty. Nothing if too few nodes are eligible, if the target needs a leader and none is known, or
/// if it refers to a labelled fault that has not begun (`targets_by_label`: nodes by label).
[[nodiscard]] std::optional<std::vector<Node>> resolve(
    const Target& target, const ClusterView& view, const std::function<bool(Node)>& eligible,
    const std::map<std::string, std::vector<Node>>& targets_by_label, base::Prng& prng);

}  // namespace capsize::nemesis
