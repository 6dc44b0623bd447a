#include "node/simulation/virtual_disk.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace capsize::simulation {

void VirtualDisk::write(raft::PersistBatch batch) {
  CHECK(unsynced_.empty() || batch.token == unsynced_.back().token.next(),
        "batches are numbered without gaps");
  unsynced_.push_back(std::move(batch));
}

raft::SyncToken VirtualDisk::begin_sync() const {
  CHECK(!unsynced_.empty(), "a sync begins only with unsynced writes");
  return unsynced_.back().token;
}

raft::SyncReceipt VirtualDisk::end_sync(raft::SyncToken token) {
  while (!unsynced_.empty() && unsynced_.front().token <= token) persist_one();
  return issue(token);
}

std::size_t VirtualDisk::unsynced() const {
  std::size_t writes = 0;
  for (const raft::PersistBatch& batch : unsynced_) writes += batch.snapshot ? 3 : 1;
  return writes;
}

// In the order of the real log (Log::add): hard state, snapshot, entries. A batch without a
// snapshot is one write; with one, a crash may keep the hard state alone, or hard state and
// snapshot.
void VirtualDisk::persist_one() {
  raft::PersistBatch& batch = unsynced_.front();
  const bool whole = !batch.snapshot;
  if (batch.hard_state) {
    durable_.hard_state = *std::exchange(batch.hard_state, std::nullopt);
    if (!whole) return;
  }
  if (batch.snapshot) {
    mirror_.install(batch.snapshot.last);
    durable_.install(std::exchange(batch.snapshot, {}));
    return;
  }
  for (const raft::Entry& entry : batch.entries) durable_.write(entry);
  mirror_.write(batch.entries);
  unsynced_.pop_front();
}

void VirtualDisk::save(const raft::Snapshot& snapshot) {
  if (snapshot.last.id.index <= durable_.snapshot.last.id.index) return;
  mirror_.install(snapshot.last);
  durable_.install(snapshot);
}

void VirtualDisk::crash(std::size_t kept) {
  for (; kept > 0 && !unsynced_.empty(); --kept) persist_one();
  unsynced_.clear();
}

void VirtualDisk::lose(std::size_t kept, raft::NodeId self) {
  CHECK(unsynced_.empty() && kept >= 1 && kept <= durable_.entries.size(), "some entries remain");
  durable_.lost = std::max(durable_.lost, durable_.last());
  durable_.entries.resize(kept);
  mirror_.write({durable_.entries.back()});
  if (durable_.hard_state.vote == raft::kNoNode) durable_.hard_state.vote = self;
}

}  // namespace capsize::simulation
