// Whom a fault is aimed at, decided when it begins: "leader" is whoever leads then.
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
  kFollower,  // one that does not lead
  kMinority,  // the largest one, (n-1)/2
  kMajority,  // the smallest one, n/2+1
  kLeader,
  kLeaderMinority,  // the leader, and as many more as make the largest minority
  kFollowers,
  kAll,
  kNamed,  // the nodes of Target::nodes
  kSame,   // the nodes of another fault, Target::fault
  kRest,   // all but those
};

struct Target {
  Select select = Select::kOne;
  std::vector<Node> nodes = {};  // kNamed
  std::string fault = {};        // kSame, kRest: the label of the other fault
  /// kNamed, of a fault that is replayed: who led when it was recorded. Names are swapped with
  /// whoever leads now, so that the leader's fault is the leader's again.
  std::optional<Node> led = {};

  static const Target kOne, kFollower, kMinority, kMajority, kLeader, kLeaderMinority, kFollowers,
      kAll;

  friend bool operator==(const Target&, const Target&) = default;
};

/// "leader", "n1+n3", "same as cut-1": for people.
[[nodiscard]] std::string name(const Target& target);
/// "leader" | "n2" | ["n1","n3"] | {"same-as":"label"} | {"all-but":"label"}.
[[nodiscard]] base::Json to_json(const Target& target);
[[nodiscard]] base::Result<Target> parse_target(const base::Json& value);
/// Whether it may take more than a minority, so that no other such fault may be active.
[[nodiscard]] bool beyond_minority(const Target& target, std::size_t cluster_size);
[[nodiscard]] bool needs_leader(const Target& target);

/// The nodes that `target` means now, out of those that `eligible` accepts; sorted, never empty.
/// Nothing when there are not enough of them, when a leader is asked for and none is known, or when
/// the other fault has met nobody yet (`met`: by label).
[[nodiscard]] std::optional<std::vector<Node>> resolve(
    const Target& target, const ClusterView& view, const std::function<bool(Node)>& eligible,
    const std::map<std::string, std::vector<Node>>& met, base::Prng& prng);

}  // namespace capsize::nemesis
