// The members of a cluster, and the log entry that made them members (paper section 6). A joint
// configuration has two sets of voters, and every decision needs a majority of each. It precedes
// the new configuration in the log, so that at no moment two disjoint majorities can decide.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/raft/types.h"

namespace capsize::raft {

/// More voters than any cluster has; bounds the input from disks and peers.
inline constexpr std::size_t kVotersMax = 64;

struct Configuration {
  std::vector<NodeId> voters;    // C, or C_new of a joint one; ascending
  std::vector<NodeId> outgoing;  // C_old of a joint one; empty otherwise; ascending

  [[nodiscard]] bool joint() const { return !outgoing.empty(); }
  /// A node without a configuration waits for a leader and never campaigns.
  [[nodiscard]] bool empty() const { return voters.empty(); }
  /// Whether `node` is in either set.
  [[nodiscard]] bool has_voter(NodeId node) const;
  /// Both sets together, ascending.
  [[nodiscard]] std::vector<NodeId> members() const;
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// Whether `nodes` is ascending, without duplicates and kNoNode, with 1 to kVotersMax elements.
[[nodiscard]] bool is_voter_set(const std::vector<NodeId>& nodes);

/// The payload of a configuration entry, and a part of every snapshot: two lists, each its length
/// (8 bits) and ids (32 bits, little endian). An empty configuration is two empty lists.
[[nodiscard]] std::string encode(const Configuration& configuration);
/// nullopt for anything that encode() does not produce.
[[nodiscard]] std::optional<Configuration> decode_configuration(std::string_view bytes);

/// The active configuration: always the latest in the log, committed or not (paper section 6, "a
/// server always uses the latest configuration in its log"). So when a configuration entry is
/// truncated, the configuration before it becomes active again (canonical/raft 323 kept the
/// truncated one).
class Configurations {
 public:
  /// `base` is active until the log holds another one: it comes from the snapshot, or from the
  /// start of a new cluster.
  explicit Configurations(Configuration base = {}) : known_{{Index{}, std::move(base)}} {}

  [[nodiscard]] const Configuration& latest() const { return known_.back().configuration; }
  /// Index of the entry with latest(). For the base: the snapshot's last index, or 0.
  [[nodiscard]] Index latest_index() const { return known_.back().index; }
  /// The one that was active before latest(); empty if it is no longer known.
  [[nodiscard]] const Configuration& previous() const;
  /// The one that is active at an index: a snapshot up to there includes it. Precondition: the
  /// index is not compacted.
  [[nodiscard]] const Configuration& at(Index index) const;

  /// A configuration entry was appended. Precondition: index > latest_index().
  void append(Index index, Configuration configuration);
  /// The log was truncated from `from` on.
  void truncate_from(Index from);
  /// The log up to `index` was compacted; the configuration active there becomes the base.
  void compact(Index index);
  /// Another node's snapshot up to `index` replaced the log. `keeps_what_follows`: whether the
  /// entries after it stayed.
  void install(Index index, Configuration configuration, bool keeps_what_follows);

 private:
  struct Known {
    Index index;
    Configuration configuration;
  };
  std::vector<Known> known_;  // ascending; the first is the base; a handful at most
};

}  // namespace capsize::raft
