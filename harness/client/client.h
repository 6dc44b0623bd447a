// One logical client: a process of the history, bound to one node, with at most one open operation.
//
// It stays with its node through every fault and waits longer than any pause: a client that runs
// away from a deposed leader never sees how old its answers are. After an indeterminate operation
// its process number is never used again; the thread goes on as the old number plus the number of
// client threads, with a fresh socket.
//
// With retries, the client opens a session (node/PROTOCOL.md) before its first operation. What is
// then refused or indeterminate is sent again under its sequence, to the next node, after a growing
// pause, and is reported once; the next operation begins at the client's own node again. The
// recorded interval spans the registration and all attempts. Without a session nothing is ever sent
// twice.
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

/// What became of one operation.
struct Finished {
  workloads::Operation operation;
  EventType type = EventType::kInfo;
  base::Json value;  // of an ok read or txn
  base::Duration latency{};
  std::size_t node = 0;  // which answered last, or was asked last
  std::string error;     // of what is not ok: the last answer's
};

/// Where a node takes requests, and what passes between it and the clients.
struct NodeAddress {
  std::string endpoint;
  ClientTraffic* traffic = nullptr;
};

struct ClientOptions {
  std::uint64_t thread = 0;   // first process number
  std::uint64_t threads = 1;  // number of client threads
  std::size_t node = 0;       // the client's own, of `nodes`
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
  /// Takes the reply if it has come; the completion is stamped behind it.
  std::optional<Finished> take_reply();
  /// Ends the attempt when its time is over, or when the node's process has ended; sends the next
  /// one when its pause is.
  std::optional<Finished> expire();
  /// Gives up now, for a reason of the harness.
  std::optional<Finished> abandon(const char* reason);

  [[nodiscard]] base::Duration deadline() const;
  /// Where the answer comes. Precondition: busy.
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
    bool registering = false;  // the attempts are at opening a session
    bool in_flight = false;    // otherwise it pauses before the next attempt
    base::Duration due{};      // end of the attempt, or of the pause
    base::Duration next_pause{};
  };

  std::optional<Finished> send_attempt();
  std::optional<Finished> end_attempt(Answer answer);
  std::optional<Finished> end_registration(const Answer& answer);
  /// The answer is the operation's own: records it.
  Finished finish(const Answer& answer);
  [[nodiscard]] std::string request() const;
  [[nodiscard]] ClientTraffic& traffic() const { return *options_.nodes[open_->node].traffic; }
  void connect(std::size_t node);
  /// True if the process ended that the open attempt was sent to.
  bool replace_sockets_of_ended_nodes();

  const Messaging& messaging_;
  HistoryWriter& history_;
  const RunClock& clock_;
  ClientOptions options_;
  std::vector<std::optional<Dealer>> sockets_;  // by node; only its own without retries
  std::vector<std::uint64_t> lives_seen_;       // by node
  std::uint64_t process_;
  std::uint64_t session_ = 0;  // 0: none
  std::uint64_t next_id_ = 1;
  std::uint64_t next_sequence_ = 1;
  std::optional<Open> open_;
};

}  // namespace capsize::harness
