// The protocol thread of a node: moves inputs from the ports to the Replica and carries out what it
// answers. It takes no protocol decision.
//
// One round: wait; then peers' messages, disk receipts, client requests and the tick, each in
// bounded batches; then one take_output(), carried out in this order:
//   1. trace, with write(2)            before anything that depends on it leaves the process
//   2. messages that may go now
//   3. the batch for the disk          its messages are kept until a receipt covers them
//   4. a snapshot to be saved          begins when a receipt covers what it must not overtake
//   5. replies to clients
// While a sync runs, rounds go on: heartbeats are answered however slow the disk is. When too many
// bytes wait for it, client requests are left in their socket.
//
// One exception: a follower that is sent one entry while nothing else is under way would only wait
// for the log thread, so it writes and syncs itself, as the last thing of its round. It does so as
// long as the disk was fast the last time; one that stalls therefore stops it once, like a SIGSTOP.
// A leader never does: it must go on sending heartbeats, and step down when its disk hangs.
#pragma once

#include <deque>
#include <memory>

#include "node/app/client_port.h"
#include "node/app/control.h"
#include "node/app/options.h"
#include "node/app/trace_writer.h"
#include "node/storage/log_thread.h"
#include "node/storage/snapshot_thread.h"
#include "node/transport/peer_transport.h"
#include "node/transport/poller.h"

namespace capsize::app {

/// What the driver works with; all outlive it.
struct Ports {
  transport::PeerTransport& peers;
  ClientPort& clients;
  transport::Router& control;
  storage::LogThread& log;
  storage::SnapshotThread& snapshots;
  TraceWriter& trace;
  NodeClock& clock;
  storage::DiskFaults& disk;
};

class Driver {
 public:
  Driver(const Options& options, const raft::Config& config, raft::Recovered recovered,
         Ports ports);
  /// Until `stop_fd` is readable.
  void run(int stop_fd);

 private:
  void receive_messages();
  void receive_receipt();
  void on_disk(const raft::SyncReceipt& receipt);
  [[nodiscard]] bool waits_for_nothing_else(const raft::PersistBatch& batch) const;
  void begin_snapshot();
  void receive_snapshot();
  void receive_requests();
  void answer_control();
  [[nodiscard]] base::Status restore_vote();
  void step();
  /// False: something of it was written here, and may have led to more.
  [[nodiscard]] bool carry_out(replica::Output output);
  void send(raft::Message message);
  [[nodiscard]] base::Instant now() { return ports_.clock.now(true_now()); }
  [[nodiscard]] base::Duration wait_max();
  [[nodiscard]] NodeStatus status() const;

  const raft::Config config_;
  Ports ports_;
  Control control_;
  replica::Replica replica_;
  std::deque<raft::AfterSync> after_sync_;  // in the order of their tokens
  raft::SyncToken synced_;
  std::optional<replica::SnapshotJob> snapshot_;  // waits for the disk, too
};

}  // namespace capsize::app
