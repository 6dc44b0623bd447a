// The protocol thread of a node: passes inputs from the ports to the Replica and carries out its
// output. It makes no protocol decisions.
//
// One round: wait; then peers' messages, disk receipts, client requests and the tick, each in
// bounded batches; then one take_output(), carried out in this order:
//   1. trace, with write(2)        before anything that depends on it leaves the process
//   2. messages to send now
//   3. the batch for the disk      its messages are kept until a receipt covers them
//   4. a snapshot to be saved      starts when a receipt covers the batches before it
//   5. replies to clients
// Rounds continue while a sync runs, so heartbeats are answered however slow the disk is. While too
// many bytes wait for the disk, client requests are left in their socket.
//
// One exception: a follower that receives a single entry while nothing else is in progress would
// only wait for the log thread. So it writes and syncs in this thread, at the end of its round, as
// long as the last sync was fast. A disk that stalls therefore blocks the thread once, like a
// SIGSTOP. A leader never does so: it must continue to send heartbeats, and step down if its disk
// hangs.
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

/// The driver's ports; all must outlive it.
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
  /// Runs rounds until `stop_fd` is readable.
  void run(int stop_fd);

 private:
  void receive_messages();
  void receive_receipt();
  void on_disk(const raft::SyncReceipt& receipt);
  [[nodiscard]] bool should_write_inline(const raft::PersistBatch& batch) const;
  void begin_snapshot();
  void receive_snapshot();
  void receive_requests();
  void answer_control();
  [[nodiscard]] base::Status restore_vote();
  void step();
  /// Returns false if a batch was written inline: its receipt may have produced further output.
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
  std::optional<replica::SnapshotJob> snapshot_;  // waits for the batches before it
};

}  // namespace capsize::app
