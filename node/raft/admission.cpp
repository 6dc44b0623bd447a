// Refuses messages that no correct node sends. The rules of Raft, and so the CHECKs of this core,
// hold only among correct nodes. But a frame can be forged, or come from a node with bad memory or
// a bad disk. A message that no correct node sends to a node in this state is refused here, before
// it affects any state, and counted by its cause.
//
// This is no defence against an attacker who can send frames: a plausible forged vote or
// acknowledgement is accepted. It prevents one bad frame from ending a node, or from blocking a
// cluster permanently.

#include <algorithm>

#include "node/bugs/seeded_bug.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {
namespace {

// Half of all valid terms. Any term up to here is accepted, whatever the own term is, so that nodes
// that bad frames have moved to different terms can still agree on one. Above it a single frame may
// raise the term only by kHighTermStepMax: one frame with the highest term would otherwise leave no
// term for a later election.
constexpr std::uint64_t kAcceptedTermMax = std::uint64_t{1} << 61;
constexpr std::uint64_t kHighTermStepMax = std::uint64_t{1} << 20;

bool too_high(Term term, Term own) {
  return term.value() > std::max(own.value(), kAcceptedTermMax) + kHighTermStepMax;
}

/// Whether a leader of this term can have sent the entries: they follow `previous` without gaps,
/// and their terms never decrease and never exceed the leader's.
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

/// Whether a leader of this term can have sent the piece: the snapshot's last term is at most the
/// leader's, and the piece is within the content.
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
  // A seeded bug breaks these rules on purpose, and the harness must see the effect.
  if (ANY_SEEDED_BUG()) return std::nullopt;
  const bool from_leader = append != nullptr || piece != nullptr;
  if (from_leader && role_ == Role::kLeader && message.term == hard_state_.term) {
    return "second-leader";  // 5.2: one leader per term
  }
  if (append != nullptr && message.term >= hard_state_.term && contradicts_commit(*append)) {
    return "contradicts-commit";  // 5.4.3: a leader has all committed entries
  }
  return std::nullopt;
}

bool Raft::Impl::contradicts_commit(const AppendEntries& request) const {
  // Below the base terms are not known, and append_entries.cpp stores nothing there.
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
