// One logical client: a process of the history, bound to one node, with at most one open operation.
//
// It stays with its node through every fault, and its timeout is longer than any pause: a client
// that leaves a deposed leader never sees that leader's stale replies. After an indeterminate
// operation its process number is never used again: the thread continues as the old number plus the
// number of client threads, with a new socket.
//
// With retries, the client opens a session (node/PROTOCOL.md) before its first operation. It
// resends a refused or indeterminate request under the same sequence number to the next node, after
// a growing pause, and reports the operation once; the next operation starts at the client's own
// node. The recorded interval spans the registration and all attempts. Without a session no request
// is sent twice.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "harness/client/attempts.h"
#include "harness/cluster/client_traffic.h"
#include "harness/cluster/clock.h"
#include "harness/cluster/messaging.h"
#include "harness/recorder/history_writer.h"
#include "workloads/workload.h"

namespace capsize::harness {

/// The outcome of one operation.
struct Finished {
  workloads::Operation operation;
  EventType type = EventType::kInfo;
  base::Json value;  // of an ok read or txn
  base::Duration latency{};
  std::size_t node = 0;  // of the last reply, or of the last request
  std::string error;     // of the last reply; empty if ok
};

/// Where a node takes requests, and the state of the traffic with it.
struct NodeAddress {
  std::string endpoint;
  ClientTraffic* traffic = nullptr;
};

struct ClientOptions {
  std::uint64_t thread = 0;   // first process number
  std::uint64_t threads = 1;  // number of client threads
  std::size_t node = 0;       // the client's own: an index into `nodes`
  std::vector<NodeAddress> nodes;
  base::Duration timeout = std::chrono::seconds(3);  // of each attempt
  std::uint64_t retries = 0;                         // 0: no session, each operation sent once
  std::string read_level = "linearizable";
};

class Client {
 public:
  Client(const Messaging& messaging, HistoryWriter& history, const RunClock& clock,
         ClientOptions options);

  [[nodiscard]] bool busy() const { return open_.has_value(); }
  /// Records the invocation, then sends. Precondition: not busy. Without retries, an operation that
  /// could not be sent is finished at once, as a definite failure.
  std::optional<Finished> invoke(workloads::Operation operation);
  /// Takes the reply if it has arrived; the completion is stamped after it is read.
  std::optional<Finished> take_reply();
  /// Ends the attempt when it times out or the node's process has ended; sends the next one when
  /// the pause before it is over.
  std::optional<Finished> expire();
  /// Gives the operation up now; `reason` is recorded as its error.
  std::optional<Finished> abandon(const char* reason);

  [[nodiscard]] base::Duration deadline() const;
  /// The socket that the reply arrives at. Precondition: busy.
  [[nodiscard]] Dealer& socket();

 private:
  struct Open {
    workloads::Operation operation;
    std::string value_text;
    base::Duration invoked{};
    std::uint64_t sequence = 0;
    Attempts attempts;
    std::size_t node = 0;      // of the latest attempt
    std::uint64_t id = 0;      // of the latest attempt
    bool recorded = false;     // its invocation is in the history
    bool registering = false;  // the attempts open a session, the operation comes after them
    bool in_flight = false;    // otherwise it pauses before the next attempt
    base::Duration due{};      // end of the attempt, or of the pause
    base::Duration next_pause{};
  };

  /// Before the request is sent, so that the interval is never narrower than the truth.
  void record_invocation();
  std::optional<Finished> send_attempt();
  std::optional<Finished> end_attempt(Answer answer);
  std::optional<Finished> end_registration(const Answer& answer);
  /// Records the completion.
  Finished finish(const Answer& answer);
  [[nodiscard]] std::string request() const;
  [[nodiscard]] ClientTraffic& traffic() const { return *options_.nodes[open_->node].traffic; }
  void connect(std::size_t node);
  /// True if the process that the open attempt was sent to has ended.
  bool replace_sockets_of_ended_nodes();

  const Messaging& messaging_;
  HistoryWriter& history_;
  const RunClock& clock_;
  ClientOptions options_;
  std::vector<std::optional<Dealer>> sockets_;  // by node; only its own without retries
  std::vector<std::uint64_t> endings_seen_;     // by node
  std::uint64_t process_;
  std::uint64_t session_ = 0;  // 0: none
  std::uint64_t next_id_ = 1;
  std::uint64_t next_sequence_ = 1;
  std::optional<Open> open_;
};

}  // namespace capsize::harness
