// Who belongs to a cluster, and since which entry (paper section 6). A joint configuration is two
// sets of voters that must both agree; it stands in the log between the old set and the new one, so
// that at no moment two majorities exist that know nothing of each other.
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

/// Which configuration is in force: always the latest in the log, committed or not (paper section
/// 6, "a server always uses the latest configuration in its log"). So a configuration goes when its
/// entry is cut, and the one before it is in force again (canonical/raft 323 kept the one that was
/// cut).
class Configurations {
 public:
  /// `base` is in force until the log holds another: of the snapshot, or what a new cluster was
  /// started with.
  explicit Configurations(Configuration base = {}) : known_{{Index{}, std::move(base)}} {}

  [[nodiscard]] const Configuration& latest() const { return known_.back().configuration; }
  /// Index of the entry that holds latest(); that of the snapshot, or 0, for the base.
  [[nodiscard]] Index latest_index() const { return known_.back().index; }
  /// In force before latest(); an empty one if that is not known any more.
  [[nodiscard]] const Configuration& previous() const;
  /// In force at an index that was not compacted: what a snapshot up to there includes.
  [[nodiscard]] const Configuration& at(Index index) const;

  /// The log has grown by a configuration entry. Precondition: behind latest_index().
  void append(Index index, Configuration configuration);
  /// The log was cut from `from` on.
  void truncate_from(Index from);
  /// The log up to `index` is in a snapshot; what was in force there is the base now.
  void compact(Index index);
  /// Another node's snapshot up to `index` took the log's place; entries behind it stay or not.
  void install(Index index, Configuration configuration, bool keeps_what_follows);

 private:
  struct Known {
    Index index;
    Configuration configuration;
  };
  std::vector<Known> known_;  // ascending; the first is the base; a handful at most
};

}  // namespace capsize::raft
