// What the core requires from its driver after an input. The types enforce durability: a message
// that depends on the disk is inside an AfterSync, and only a SyncReceipt releases it.
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

/// Numbers the batches for the disk, from 1, without gaps.
using SyncToken = base::StrongNumber<struct SyncTokenTag>;

/// Proof that all batches up to and including `token` are on disk. Only a storage adapter issues
/// one, and only after its own successful sync: the bugs M-01, M-28 and M-29 can only be there.
class SyncReceipt {
 public:
  [[nodiscard]] SyncToken token() const { return token_; }

 private:
  friend class SyncReceiptIssuer;
  explicit SyncReceipt(SyncToken token) : token_(token) {}
  SyncToken token_;
};

/// Base class for storage adapters only (real and simulated).
class SyncReceiptIssuer {
 protected:
  static SyncReceipt issue(SyncToken token) { return SyncReceipt(token); }
};

/// Messages that promise "this is on my disk": granted votes, accepted appends.
class AfterSync {
 public:
  AfterSync() = default;
  explicit AfterSync(SyncToken token) : token_(token) {}
  void add(Message message) { messages_.push_back(std::move(message)); }
  [[nodiscard]] SyncToken token() const { return token_; }
  [[nodiscard]] bool empty() const { return messages_.empty(); }
  /// Precondition (CHECK): the receipt covers this batch.
  [[nodiscard]] std::vector<Message> release(const SyncReceipt& receipt) &&;

 private:
  SyncToken token_;
  std::vector<Message> messages_;
};

/// One write to the disk: hard state, then another node's snapshot (Recovered::install), then
/// entries; an entry at or below the last index supersedes the log from its index on. A crash may
/// keep the first parts of a batch and lose the later ones. All parts are empty if only messages
/// wait, for earlier batches.
struct PersistBatch {
  SyncToken token;
  std::optional<HardState> hard_state;
  std::vector<Entry> entries;
  Snapshot snapshot{};
  [[nodiscard]] bool empty() const { return !hard_state && entries.empty() && !snapshot; }
};

/// An own snapshot that was begun: the driver freezes the state machine's content now, and saves it
/// concurrently. It must not reach the disk before the batches up to `after`: otherwise a crash
/// could leave a snapshot whose last term is higher than the hard state's.
struct SnapshotBegun {
  Snapshot snapshot;  // without content
  SyncToken after;
};

/// A read that may be answered: the state machine has applied what it must see.
struct ReadReady {
  std::uint64_t id = 0;  // as given to Raft::read
  bool ok = false;       // false: there is no known leader; nothing was read, try again
};

/// Bounds Ready::committed: after a restart, a million entries may turn out to be committed at
/// once.
inline constexpr std::uint64_t kCommittedMax = 4096;

struct Ready {
  std::vector<Message> messages;        // send now
  std::optional<PersistBatch> persist;  // write to the disk
  AfterSync after_sync;                 // send when a receipt covers persist->token
  Snapshot restore;                     // if set: replace the state machine by it, first
  // Apply in this order, then call Raft::applied and take_ready again: there may be more.
  std::vector<Entry> committed;
  std::vector<ReadReady> reads;
  std::optional<ChangeOutcome> change;  // the outcome of the membership change that began here
  std::vector<TraceEvent> trace;        // write it before anything above leaves the process
};

}  // namespace capsize::raft
