// What a node says of itself when it is asked for its status (node/PROTOCOL.md, Control).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include "base/json.h"

#include "base/time.h"
#include "node/raft/raft.h"
#include "node/storage/log_thread.h"

namespace capsize::app {

struct NodeStatus {
  raft::NodeId node;
  std::uint64_t incarnation = 0;
  raft::SoftState raft;
  raft::Configuration configuration;
  std::size_t pending = 0;  // client requests without an answer
  std::string bug;          // empty: none
  std::map<std::string, std::uint64_t> dropped;
  std::uint64_t syncs = 0;
  storage::LogThread::SyncTimes sync_times;
  std::uint64_t bytes_waiting = 0;  // for the disk
};

/// `bytes_held`: by a disk fault (node/storage/disk_faults.h).
[[nodiscard]] base::Json render(const NodeStatus& status, base::Instant own_time,
                                base::Instant true_time, std::uint64_t bytes_held);

}  // namespace capsize::app
