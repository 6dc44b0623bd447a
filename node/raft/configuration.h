// Who belongs to a cluster (paper section 6). A joint configuration is two sets of voters that must
// both agree; it stands in the log between the old set and the new one, so that at no moment two
// majorities exist that know nothing of each other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/raft/types.h"

namespace capsize::raft {

/// More voters than anybody has: a bound for what comes from disks and peers.
inline constexpr std::size_t kVotersMax = 64;

struct Configuration {
  std::vector<NodeId> voters;    // C, or C_new of a joint one; ascending
  std::vector<NodeId> outgoing;  // C_old of a joint one; empty otherwise; ascending

  [[nodiscard]] bool joint() const { return !outgoing.empty(); }
  /// A node that has never heard of a configuration waits for a leader, and never campaigns.
  [[nodiscard]] bool empty() const { return voters.empty(); }
  /// In either set.
  [[nodiscard]] bool has_voter(NodeId node) const;
  /// Both sets together, ascending.
  [[nodiscard]] std::vector<NodeId> members() const;
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// Ascending, none twice, none of them nobody, at most kVotersMax, at least one.
[[nodiscard]] bool is_voter_set(const std::vector<NodeId>& nodes);

/// The payload of a configuration entry, and a part of every snapshot: two lists, each its length
/// (8 bits) and ids (32 bits, little endian). An empty configuration is two empty lists.
[[nodiscard]] std::string encode(const Configuration& configuration);
/// Nothing for what encode() cannot make.
[[nodiscard]] std::optional<Configuration> decode_configuration(std::string_view bytes);

}  // namespace capsize::raft
