// The node's control requests: JSON in, JSON out, no socket (node/PROTOCOL.md, Control): its
// status, snapshots, and faults of its clock and its disk, which are refused unless the node was
// started with --allow-faults. Input is bounded and strict: each request is read whole before it
// changes anything, and what is not understood is refused with key, found and expected.
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

/// What a node says of itself when it is asked for its status.
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

[[nodiscard]] base::Json refusal(std::string why);
/// The requests that begin and end faults.
[[nodiscard]] base::Json change_clock(NodeClock& clock, const base::Json& request,
                                      base::Instant true_time);
[[nodiscard]] base::Json change_disk(storage::DiskFaults& disk, const base::Json& request);
/// After an answer that is ok the process must die (DiskFaults::crash).
[[nodiscard]] base::Json crash_disk(storage::DiskFaults& disk, const base::Json& request);

inline constexpr std::size_t kControlBytesMax = std::size_t{64} * 1024;

/// What a request may ask of the node itself; called only if it does.
struct ControlHooks {
  std::function<NodeStatus()> status;
  /// Begins a snapshot now; up to which entry at least, or nothing if none can be begun.
  std::function<std::optional<raft::Index>()> snapshot;
  /// Lets a node vote again that lost acknowledged entries, or says why not.
  std::function<base::Status()> restore_vote;
};

class Control {
 public:
  Control(NodeClock& clock, storage::DiskFaults& disk, bool allow_faults,
          wire::ControlSecret secret = {})
      : clock_(clock), disk_(disk), allow_faults_(allow_faults), secret_(std::move(secret)) {}
  [[nodiscard]] std::string handle(std::string_view request, base::Instant true_time,
                                   const ControlHooks& hooks);
  /// The disk has seen its last write: once the reply is sent, the process has to die.
  [[nodiscard]] bool crashed() const { return crashed_; }

 private:
  NodeClock& clock_;
  storage::DiskFaults& disk_;
  bool allow_faults_;
  wire::ControlSecret secret_;
  bool crashed_ = false;
};

}  // namespace capsize::app
