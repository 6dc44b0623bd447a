// One logical client: a process of the history, bound to one node, with at most one open operation.
//
// It stays with its node through every fault and waits longer than any pause: a client that runs
// away from a deposed leader never sees how old its answers are. After an indeterminate operation
// its process number is never used again; the thread goes on as the old number plus the number of
// client threads, with a fresh socket.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/cluster/clock.h"
#include "harness/cluster/messaging.h"
#include "harness/recorder/history_writer.h"
#include "node/base/time.h"
#include "workloads/workload.h"

namespace capsize::harness {

/// What became of one operation.
struct Finished {
  workloads::Operation operation;
  EventType type = EventType::kInfo;
  nlohmann::json value;  // of an ok read
  base::Duration latency{};
};

struct ClientOptions {
  std::uint64_t thread = 0;   // first process number
  std::uint64_t threads = 1;  // number of client threads
  std::size_t node = 0;
  std::string endpoint;
  base::Duration timeout = std::chrono::seconds(3);
};

class Client {
 public:
  Client(const Messaging& messaging, HistoryWriter& history, const RunClock& clock,
         ClientOptions options);

  [[nodiscard]] bool busy() const { return open_.has_value(); }
  /// Records the invocation, then sends. Precondition: not busy. An operation that could not be
  /// sent is finished at once, as a definite failure.
  std::optional<Finished> invoke(workloads::Operation operation);
  /// Takes the reply if it has come; the completion is stamped behind it.
  std::optional<Finished> take_reply();
  /// Gives up when the time is over, or when the node's process has ended (`node_lives` has grown).
  std::optional<Finished> expire(std::uint64_t node_lives);
  /// Gives up now, for a reason of the harness.
  std::optional<Finished> abandon(const char* reason);

  [[nodiscard]] base::Duration deadline() const;
  [[nodiscard]] Dealer& socket() { return socket_; }
  [[nodiscard]] std::size_t node() const { return options_.node; }

 private:
  struct Open {
    workloads::Operation operation;
    std::string value_text;
    base::Duration invoked{};
    std::uint64_t id = 0;
  };

  Finished finish(EventType type, const nlohmann::json& value, const std::string& error);
  [[nodiscard]] std::string request(const Open& open) const;

  const Messaging& messaging_;
  HistoryWriter& history_;
  const RunClock& clock_;
  ClientOptions options_;
  Dealer socket_;
  std::uint64_t process_;
  std::uint64_t next_id_ = 1;
  std::uint64_t lives_seen_ = 0;
  std::optional<Open> open_;
};

}  // namespace capsize::harness
