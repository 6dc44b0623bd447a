// The node's control requests: JSON in, JSON out, no socket (node/PROTOCOL.md, Control). Faults are
// refused unless the node was started with --allow-faults. Input is bounded and strict: what is not
// understood changes nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "node/app/clock.h"
#include "node/app/node_status.h"
#include "node/storage/disk_faults.h"

namespace capsize::app {

inline constexpr std::size_t kControlBytesMax = std::size_t{64} * 1024;

/// What a request may ask of the node itself; called only if it does.
struct ControlHooks {
  std::function<NodeStatus()> status;
  /// Begins a snapshot now; up to which entry at least, or nothing if none can be begun.
  std::function<std::optional<raft::Index>()> snapshot;
};

class Control {
 public:
  Control(NodeClock& clock, storage::DiskFaults& disk, bool allow_faults)
      : clock_(clock), disk_(disk), allow_faults_(allow_faults) {}
  [[nodiscard]] std::string handle(std::string_view request, base::Instant true_time,
                                   const ControlHooks& hooks);
  /// The disk has seen its last write: once the reply is sent, the process has to die.
  [[nodiscard]] bool crashed() const { return crashed_; }

 private:
  NodeClock& clock_;
  storage::DiskFaults& disk_;
  bool allow_faults_;
  bool crashed_ = false;
};

}  // namespace capsize::app
