// What a frame of a peer must not bring about. The rules of Raft, and so the CHECKs of this core,
// hold among nodes that follow them. A frame can be forged, or come from a node whose memory or
// disk is bad: what no node that follows the rules sends to one in this state is refused here,
// before it reaches any state, and counted by its cause.
//
// This is no defence against an enemy who may send frames: a forged vote or acknowledgement that is
// plausible is believed. It keeps one bad frame from ending a node, or a cluster permanently.

#include <algorithm>

#include "node/raft/raft_impl.h"
#include "node/raft/seeded_bug.h"

namespace capsize::raft {
namespace {

// Half of the terms there are. Any term up to here is believed, whatever the own one is: nodes that
// frames have driven to different terms still understand each other. Above it terms only grow by
// elections, and by a frame so little that there is always room for more of them.
constexpr std::uint64_t kBelievedTermMax = std::uint64_t{1} << 61;
constexpr std::uint64_t kHighTermStepMax = std::uint64_t{1} << 20;

bool too_high(Term term, Term own) {
  return term.value() > std::max(own.value(), kBelievedTermMax) + kHighTermStepMax;
}

/// Without gaps from `previous` on, terms that never fall and never exceed the sender's: all that a
/// leader can send.
bool well_formed(const AppendEntries& request, Term term) {
  EntryId before = request.previous;
  for (const Entry& entry : request.entries) {
    if (entry.index != before.index.next() || entry.term < before.term) return false;
    if (entry.term == Term{0} || entry.payload == nullptr) return false;
    if (entry.type == EntryType::kConfiguration) {
      const auto configuration = decode_configuration(*entry.payload);
      if (!configuration || configuration->empty()) return false;
    }
    before = entry.id();
  }
  return before.term <= term;
}

/// A leader's log continues after the snapshot, and pieces lie within the content.
bool well_formed(const InstallSnapshot& piece, Term term) {
  const EntryId last = piece.last.id;
  if (piece.configuration.empty() || last.index == Index{0} || last.term == Term{0} ||
      last.term > term)
    return false;
  if (piece.size > kSnapshotBytesMax || piece.offset > piece.size) return false;
  if (piece.piece.size() > piece.size - piece.offset) return false;
  return !piece.piece.empty() || piece.size == 0;
}

}  // namespace

std::optional<std::string_view> Raft::Impl::why_refused(const Message& message) const {
  if (too_high(message.term, hard_state_.term)) return "term-too-high";
  const auto* append = std::get_if<AppendEntries>(&message.body);
  const auto* piece = std::get_if<InstallSnapshot>(&message.body);
  if (append != nullptr && !well_formed(*append, message.term)) return "malformed-entries";
  if (piece != nullptr && !well_formed(*piece, message.term)) return "malformed-snapshot";
  // A mutant does break the rules, and must live on, to be judged from outside.
  if (ANY_SEEDED_BUG(config_)) return std::nullopt;
  const bool from_leader = append != nullptr || piece != nullptr;
  if (from_leader && role_ == Role::kLeader && message.term == hard_state_.term) {
    return "second-leader";  // 5.2: one leader a term
  }
  if (append != nullptr && message.term >= hard_state_.term && contradicts_commit(*append)) {
    return "contradicts-commit";  // 5.4.3: a leader has all that is committed
  }
  return std::nullopt;
}

bool Raft::Impl::contradicts_commit(const AppendEntries& request) const {
  // Below the base nothing is known any more, and nothing is stored.
  const Index first = std::max(request.previous.index.next(), log_.base().index);
  const Index last = std::min(request.previous.index + request.entries.size(), commit_);
  for (Index index = first; index <= last; ++index) {
    if (log_.term(index) != request.entries[index - request.previous.index.next()].term) {
      return true;
    }
  }
  return false;
}

}  // namespace capsize::raft
