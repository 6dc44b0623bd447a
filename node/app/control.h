// The node's control requests, from JSON to JSON, without a socket (node/PROTOCOL.md, Control):
// status, snapshots, and clock and disk faults. Faults are refused unless the node was started with
// --allow-faults. Input is bounded and strict: each request is validated completely before it
// changes anything, and refused with the key and what was expected if it is invalid.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/time.h"
#include "node/app/clock.h"
#include "node/raft/raft.h"
#include "node/storage/disk_faults.h"
#include "node/storage/log_thread.h"
#include "node/wire/control_secret.h"

namespace capsize::app {

/// The contents of a status reply.
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
  std::uint64_t bytes_waiting = 0;  // entry bytes submitted and not yet on disk
};

/// `bytes_held`: unsynced bytes that a disk fault holds back (node/storage/disk_faults.h).
[[nodiscard]] base::Json render(const NodeStatus& status, base::Instant own_time,
                                base::Instant true_time, std::uint64_t bytes_held);

[[nodiscard]] base::Json refusal(std::string why);
/// The requests that start and stop faults.
[[nodiscard]] base::Json change_clock(NodeClock& clock, const base::Json& request,
                                      base::Instant true_time);
[[nodiscard]] base::Json change_disk(storage::DiskFaults& disk, const base::Json& request);
/// After an ok reply the caller must kill the process (DiskFaults::crash).
[[nodiscard]] base::Json crash_disk(storage::DiskFaults& disk, const base::Json& request);

inline constexpr std::size_t kControlBytesMax = std::size_t{64} * 1024;

/// The node's part in requests; each hook is called only for its own request.
struct ControlHooks {
  std::function<NodeStatus()> status;
  /// Begins a snapshot. Returns the index that it will include or exceed; nullopt if none can
  /// begin.
  std::function<std::optional<raft::Index>()> snapshot;
  /// Restores the vote of a node that lost acknowledged entries. Error: why it cannot.
  std::function<base::Status()> restore_vote;
};

class Control {
 public:
  Control(NodeClock& clock, storage::DiskFaults& disk, bool allow_faults,
          wire::ControlSecret secret = {})
      : clock_(clock), disk_(disk), allow_faults_(allow_faults), secret_(std::move(secret)) {}
  [[nodiscard]] std::string handle(std::string_view request, base::Instant true_time,
                                   const ControlHooks& hooks);
  /// Whether a crash request was carried out: send its reply, then kill the process.
  [[nodiscard]] bool crashed() const { return crashed_; }

 private:
  NodeClock& clock_;
  storage::DiskFaults& disk_;
  bool allow_faults_;
  wire::ControlSecret secret_;
  bool crashed_ = false;
};

}  // namespace capsize::app
