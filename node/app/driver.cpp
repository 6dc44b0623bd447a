#include "node/app/driver.h"

#include <fmt/core.h>

#include "node/app/exit_codes.h"
#include "node/bugs/active.h"
#include "node/wire/accept_gate.h"

namespace capsize::app {
namespace {

// Messages, and client requests, per round, so that a flood of one kind does not starve the others.
constexpr int kBatchMax = 256;
// After a slower sync, or for a larger entry, the log thread writes.
constexpr std::uint64_t kFastSyncNs = 2'000'000;
constexpr std::size_t kSmallEntryBytes = std::size_t{64} * 1024;
constexpr std::uint64_t kBytesWaitingMax = std::uint64_t{64} * 1024 * 1024;

replica::Limits limits(const Options& options) {
  replica::Limits limits;
  limits.snapshot_every = options.snapshot_every;
  limits.snapshot_bytes = options.snapshot_bytes;
  return limits;
}

}  // namespace

Driver::Driver(const Options& options, const raft::Config& config, raft::Recovered recovered,
               Ports ports)
    : config_(config),
      ports_(ports),
      control_(ports.clock, ports.disk, options.allow_faults, options.secret),
      replica_(config, std::move(recovered), limits(options), now()) {}

void Driver::run(int stop_fd) {
  transport::Poller poller;
  const std::size_t stop = poller.watch(stop_fd);
  const std::size_t control = poller.watch(ports_.control.socket());
  const std::size_t log = poller.watch(ports_.log.event_fd());
  const std::size_t snapshot = poller.watch(ports_.snapshots.event_fd());
  const std::size_t peers = poller.watch(ports_.peers.socket());
  const std::size_t clients = poller.watch(ports_.clients.socket());
  step();  // carries out the output of recovery
  while (true) {
    const bool room = ports_.log.bytes_waiting() < kBytesWaitingMax;
    poller.enable(clients, room);
    poller.wait(wait_max());
    if (poller.ready(stop)) return;
    if (poller.ready(control)) answer_control();
    if (poller.ready(peers)) receive_messages();
    if (poller.ready(log)) receive_receipt();
    if (poller.ready(snapshot)) receive_snapshot();
    if (poller.ready(clients)) receive_requests();
    step();
  }
}

void Driver::step() {
  do {
    replica_.tick(now());
  } while (!carry_out(replica_.take_output(now())));
}

base::Duration Driver::wait_max() {
  return std::max(base::Duration::zero(), ports_.clock.to_true(replica_.deadline() - now()));
}

void Driver::receive_messages() {
  for (int n = 0; n < kBatchMax; ++n) {
    const auto message = ports_.peers.receive();
    if (!message) return;
    replica_.receive(*message, now());
  }
}

void Driver::receive_receipt() {
  if (const auto receipt = ports_.log.take_receipt()) on_disk(*receipt);
}

void Driver::on_disk(const raft::SyncReceipt& receipt) {
  // The messages first, then the core: the acknowledgement is already due, and what the core sends
  // next may depend on it.
  while (!after_sync_.empty() && after_sync_.front().token() <= receipt.token()) {
    for (raft::Message& message : std::move(after_sync_.front()).release(receipt)) {
      send(std::move(message));
    }
    after_sync_.pop_front();
  }
  replica_.persisted(receipt, now());
  synced_ = receipt.token();
  begin_snapshot();
}

bool Driver::should_write_inline(const raft::PersistBatch& batch) const {
  const raft::SoftState state = replica_.soft_state();
  // If more entries are uncommitted, further ones are likely to follow: the log thread groups them
  // into one sync.
  const bool alone = batch.entries.size() == 1 && state.last == state.commit.next();
  const std::uint64_t last_sync_ns = ports_.log.sync_times().latest_ns;
  // Not if a disk fault may block the sync: only this thread can process the request that ends the
  // fault.
  return alone && !batch.snapshot && !ports_.disk.may_block() &&
         state.role == raft::Role::kFollower &&
         batch.entries.front().payload->size() <= kSmallEntryBytes && last_sync_ns > 0 &&
         last_sync_ns <= kFastSyncNs;
}

void Driver::begin_snapshot() {
  // Not before the batches up to `after` are on disk (raft/ready.h, SnapshotBegun).
  if (!snapshot_ || snapshot_->begun.after > synced_) return;
  auto content = std::make_shared<const replica::FrozenState>(std::move(snapshot_->content));
  ports_.snapshots.save(std::move(snapshot_->begun.snapshot),
                        [content = std::move(content)] { return content->encode(); });
  snapshot_.reset();
}

void Driver::receive_snapshot() {
  auto saved = ports_.snapshots.take_saved();
  if (!saved) return;
  ports_.log.mark(saved->last);
  replica_.snapshot_saved(std::move(*saved));
}

void Driver::receive_requests() {
  for (int n = 0; n < kBatchMax; ++n) {
    auto request = ports_.clients.receive();
    if (!request) return;
    replica_.request(std::move(*request), now());
  }
}

void Driver::answer_control() {
  const ControlHooks hooks{[this] { return status(); },
                           [this] { return replica_.force_snapshot(); },
                           [this] { return restore_vote(); }};
  while (const auto request = ports_.control.receive()) {
    ports_.control.send(request->peer, control_.handle(request->body, true_now(), hooks));
    if (control_.crashed()) crash();
  }
}

base::Status Driver::restore_vote() {
  const raft::SoftState state = replica_.soft_state();
  if (state.lost == raft::Index{0}) return base::Error{"this node votes"};
  if (!replica_.may_restore_vote()) {
    return base::Error{
        fmt::format("entries up to {} were lost, and this node's commit index is {}: it must catch "
                    "up first",
                    state.lost.value(), state.commit.value())};
  }
  ports_.log.restore_vote();  // durable before the first vote
  replica_.restore_vote();
  return {};
}

bool Driver::carry_out(replica::Output output) {
  // The order of driver.h. The trace first: a checker that sees an acknowledged write without its
  // commit in the trace would report a violation.
  if (const auto status = ports_.trace.write(output.trace, true_now()); !status) {
    die(kSystemCallFailed, status.error().message);
  }
  for (const replica::PeerMessage& message : output.messages) {
    ports_.peers.send(message, true_now());
  }
  const bool write_inline = output.sync && should_write_inline(output.sync->batch);
  if (output.sync) {
    if (!output.sync->messages.empty()) after_sync_.push_back(std::move(output.sync->messages));
    if (!write_inline) ports_.log.submit(std::move(output.sync->batch));
  }
  if (output.snapshot) {
    snapshot_ = std::move(output.snapshot);
    begin_snapshot();
  }
  for (const replica::ClientReply& reply : output.replies) ports_.clients.answer(reply);
  if (!write_inline) return true;
  if (const auto receipt = ports_.log.write_inline(output.sync->batch)) {
    on_disk(*receipt);
    return false;
  }
  ports_.log.submit(std::move(output.sync->batch));
  return true;
}

void Driver::send(raft::Message message) {
  ports_.peers.send({message.from, message.to, message.term, std::move(message.body)}, true_now());
}

NodeStatus Driver::status() const {
  NodeStatus status;
  status.node = config_.id;
  status.incarnation = config_.incarnation;
  status.raft = replica_.soft_state();
  status.configuration = replica_.configuration();
  status.pending = replica_.pending_requests();
  status.bug = bugs::active();
  status.dropped = ports_.peers.dropped();
  for (const auto& [cause, count] : replica_.dropped()) status.dropped[cause] = count;
  if (ports_.clients.malformed() > 0)
    status.dropped["malformed-request"] = ports_.clients.malformed();
  if (const auto replies = ports_.clients.dropped_replies(); replies > 0) {
    status.dropped["unread-reply"] = replies;
  }
  if (const auto connections = wire::refused_connections(); connections > 0) {
    status.dropped["connection"] = connections;
  }
  status.syncs = ports_.log.syncs();
  status.sync_times = ports_.log.sync_times();
  status.bytes_waiting = ports_.log.bytes_waiting();
  return status;
}

}  // namespace capsize::app
