// The node's control requests: JSON in, JSON out, no socket (node/PROTOCOL.md, Control). Faults are
// refused unless the node was started with --allow-faults. Input is bounded and strict: what is not
// understood changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "node/app/clock.h"
#include "node/raft/raft.h"
#include "node/storage/faulty_file_system.h"
#include "node/storage/log_thread.h"

namespace capsize::app {

inline constexpr std::size_t kControlBytesMax = std::size_t{64} * 1024;

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

class Control {
 public:
  Control(NodeClock& clock, storage::DiskFaults& disk, bool allow_faults)
      : clock_(clock), disk_(disk), allow_faults_(allow_faults) {}
  /// `status` is asked only if the request wants it.
  [[nodiscard]] std::string handle(std::string_view request, base::Instant true_time,
                                   const std::function<NodeStatus()>& status);

 private:
  NodeClock& clock_;
  storage::DiskFaults& disk_;
  bool allow_faults_;
};

}  // namespace capsize::app
