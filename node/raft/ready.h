// What the core asks of its driver after an input. The promise of durability is in the types: a
// message that promises something is an AfterSync, and only a SyncReceipt opens it.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "node/raft/membership_change.h"
#include "node/raft/message.h"
#include "node/raft/snapshot.h"
#include "node/raft/trace_event.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// Numbers the batches handed to the disk, from 1, without gaps.
using SyncToken = base::StrongNumber<struct SyncTokenTag>;

/// Proof that every batch up to and including `token` is on disk. Only a storage adapter makes one,
/// and only behind its own successful sync: that is the one place to look for M-01, M-28, M-29.
class SyncReceipt {
 public:
  [[nodiscard]] SyncToken token() const { return token_; }

 private:
  friend class SyncReceiptIssuer;
  explicit SyncReceipt(SyncToken token) : token_(token) {}
  SyncToken token_;
};

/// To be derived from by storage adapters (real, simulated) and by nothing else.
class SyncReceiptIssuer {
 protected:
  static SyncReceipt issue(SyncToken token) { return SyncReceipt(token); }
};

/// Messages that say "this is on my disk": granted votes, accepted appends.
class AfterSync {
 public:
  AfterSync() = default;
  explicit AfterSync(SyncToken token) : token_(token) {}
  void add(Message message) { messages_.push_back(std::move(message)); }
  [[nodiscard]] SyncToken token() const { return token_; }
  [[nodiscard]] bool empty() const { return messages_.empty(); }
  /// Precondition: the receipt covers this batch. Breaks a CHECK otherwise.
  [[nodiscard]] std::vector<Message> release(const SyncReceipt& receipt) &&;

 private:
  SyncToken token_;
  std::vector<Message> messages_;
};

/// One write to the disk: hard state, then another node's snapshot (Recovered::install), then
/// entries; one at or below the last index supersedes the log from there on. A crash may keep the
/// first parts of a batch without the later ones. All may be empty when only `messages` wait for
/// older bytes.
struct PersistBatch {
  SyncToken token;
  std::optional<HardState> hard_state;
  std::vector<Entry> entries;
  Snapshot snapshot{};
  [[nodiscard]] bool empty() const { return !hard_state && entries.empty() && !snapshot; }
};

/// An own snapshot that was begun: the state machine's content is to be kept as it is now, and
/// saved beside everything else. It must not reach the disk before the batches up to `after` have,
/// or a crash would leave a snapshot of a term that the disk has never heard of.
struct SnapshotBegun {
  Snapshot snapshot;  // without content
  SyncToken after;
};

/// A read that may be answered: the state machine has applied what it must see.
struct ReadReady {
  std::uint64_t id = 0;  // as given to Raft::read
  bool ok = false;       // false: leadership is unknown; nothing was read, ask again
};

/// Entries handed out at a time: after a restart a million may be known to be committed at once.
inline constexpr std::uint64_t kCommittedMax = 4096;

struct Ready {
  std::vector<Message> messages;        // may go now
  std::optional<PersistBatch> persist;  // hand to the disk
  AfterSync after_sync;                 // go when a receipt covers persist->token
  Snapshot restore;                     // if there: put it in the state machine's place, first
  // Apply in this order, then call Raft::applied and ask again: there may be more.
  std::vector<Entry> committed;
  std::vector<ReadReady> reads;
  std::optional<ChangeOutcome> change;  // what became of the change of members that began here
  std::vector<TraceEvent> trace;        // written before anything above leaves the process
};

}  // namespace capsize::raft
