#include "node/simulation/virtual_disk.h"

#include "node/base/check.h"

namespace capsize::simulation {

void VirtualDisk::write(raft::PersistBatch batch) {
  CHECK(unsynced_.empty() || batch.token == unsynced_.back().token.next(),
        "batches are numbered without gaps");
  unsynced_.push_back(std::move(batch));
}

raft::SyncToken VirtualDisk::begin_sync() const {
  CHECK(!unsynced_.empty(), "a sync has something to do");
  return unsynced_.back().token;
}

raft::SyncReceipt VirtualDisk::end_sync(raft::SyncToken token) {
  while (!unsynced_.empty() && unsynced_.front().token <= token) keep_first();
  return issue(token);
}

void VirtualDisk::keep_first() {
  const raft::PersistBatch batch = std::move(unsynced_.front());
  unsynced_.pop_front();
  if (batch.hard_state) durable_.hard_state = *batch.hard_state;
  for (const raft::Entry& entry : batch.entries) {
    durable_.entries.resize(entry.index.value() - 1);
    durable_.entries.push_back(entry);
  }
  mirror_.write(batch.entries);
}

void VirtualDisk::crash(std::size_t kept) {
  for (; kept > 0 && !unsynced_.empty(); --kept) keep_first();
  unsynced_.clear();
}

}  // namespace capsize::simulation
