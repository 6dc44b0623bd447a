// Simulated clients: each has one open operation, sent to a random node, and continues under a new
// process number after an indeterminate outcome.
#pragma once

#include <memory>
#include <vector>

#include "base/prng.h"
#include "node/simulation/cluster.h"
#include "node/simulation/history.h"

namespace capsize::simulation {

struct ClientOptions {
  std::uint32_t clients = 4;
  base::Duration think_max = std::chrono::milliseconds(20);
  base::Duration timeout = std::chrono::milliseconds(1500);
  std::uint32_t lists = 2;      // keys that are only appended to and read (judge_lists)
  std::uint32_t registers = 2;  // keys with all other operations
};

class Clients {
 public:
  Clients(Cluster& cluster, std::uint64_t seed, ClientOptions options);

  void start();
  /// Starts no further operations.
  void stop() { stopped_ = true; }
  [[nodiscard]] bool idle() const { return open_ == 0; }
  /// Starts one operation of a new client on a given node; completed when idle() is true again.
  void once(raft::NodeId node, kv::Operation operation, const std::string& key);
  [[nodiscard]] std::vector<std::string> list_keys() const;
  [[nodiscard]] const History& history() const { return history_; }

 private:
  struct Client {
    std::uint64_t process = 0;
    std::uint64_t sequence = 0;
    std::uint64_t attempt = 0;  // identifies the open operation: a reply after the timeout is stale
    base::Prng random;
  };
  void think(std::size_t number);
  void next(std::size_t number);
  void invoke(std::size_t number, raft::NodeId node, kv::Command command);
  void complete(std::size_t number, std::uint64_t attempt, const kv::Command& command,
                const kv::Reply& reply);
  kv::Command draw(Client& client);

  Cluster& cluster_;
  ClientOptions options_;
  std::uint64_t seed_;
  std::vector<Client> clients_;
  std::uint64_t next_process_ = 0;
  std::uint64_t next_element_ = 1;
  std::size_t open_ = 0;
  bool stopped_ = false;
  History history_;
};

}  // namespace capsize::simulation
