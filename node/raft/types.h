// The terms of the Raft paper (Ongaro & Ousterhout, extended version, 2014) as types.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/strong.h"
#include "base/time.h"

namespace capsize::raft {

using Term = base::StrongNumber<struct TermTag>;
/// Position in the log; the first entry has index 1, index 0 is the position before it.
using Index = base::StrongNumber<struct IndexTag>;
/// 1 for n1, 2 for n2, …; 0 is no node (kNoNode).
using NodeId = base::StrongNumber<struct NodeIdTag, std::uint32_t>;
/// Counts the starts of one node's process; never goes back.
using Incarnation = base::StrongNumber<struct IncarnationTag>;

inline constexpr NodeId kNoNode{0};

enum class Role : std::uint8_t { kFollower, kPreCandidate, kCandidate, kLeader };
[[nodiscard]] std::string_view name(Role role);

/// Values are on disk and on the wire: never renumber. Session, snapshot mark and configuration
/// entries have their number from the first day.
enum class EntryType : std::uint8_t {
  kNormal = 1,
  kNoop = 2,
  kConfiguration = 3,
  kSession = 4,
  kSnapshotMark = 5,
};

/// Immutable bytes, shared between the log, the messages to each follower and the state machine.
using Bytes = std::shared_ptr<const std::string>;

struct EntryId {
  Term term;
  Index index;
  friend auto operator<=>(const EntryId&, const EntryId&) = default;
};

struct Entry {
  Term term;
  Index index;
  EntryType type = EntryType::kNormal;
  Bytes payload;  // never null; a no-op carries an empty string
  [[nodiscard]] EntryId id() const { return {term, index}; }
};

/// Must be on disk before any reply that depends on it (paper, Figure 2, "persistent state"; the
/// log is the other half). Term and vote are one record, so that neither is ever written alone.
struct HardState {
  Term term;
  NodeId vote = kNoNode;
  friend bool operator==(const HardState&, const HardState&) = default;
};

}  // namespace capsize::raft
