#include "node/simulation/clients.h"

#include <utility>

namespace capsize::simulation {

Clients::Clients(Cluster& cluster, std::uint64_t seed, ClientOptions options)
    : cluster_(cluster), options_(options), seed_(seed) {
  for (std::uint32_t i = 0; i < options.clients; ++i) {
    clients_.push_back({next_process_++, 0, 0, base::Prng::stream(seed, "client", i)});
  }
}

void Clients::start() {
  for (std::size_t i = 0; i < clients_.size(); ++i) think(i);
}

std::vector<std::string> Clients::list_keys() const {
  std::vector<std::string> keys;
  for (std::uint32_t i = 0; i < options_.lists; ++i) keys.push_back("list" + std::to_string(i));
  return keys;
}

void Clients::think(std::size_t number) {
  if (number >= options_.clients) return;  // a client of once()
  const auto pause = clients_[number].random.between(base::Duration(1), options_.think_max);
  cluster_.events().after(pause, [this, number] {
    if (!stopped_) next(number);
  });
}

kv::Command Clients::draw(Client& client) {
  kv::Command command;
  if (client.random.chance(0.6)) {
    command.key = "list" + std::to_string(client.random.below(options_.lists));
    if (client.random.chance(0.5)) return command;  // a read
    command.operation = kv::Operation::kAppend;
    command.value = std::to_string(next_element_++);
    return command;
  }
  command.key = "r" + std::to_string(client.random.below(options_.registers));
  const std::uint64_t kind = client.random.below(8);
  if (kind < 3) return command;
  command.operation = kind < 5   ? kv::Operation::kWrite
                      : kind < 7 ? kv::Operation::kCas
                                 : kv::Operation::kDelete;
  if (command.operation != kv::Operation::kDelete) {
    command.value = std::to_string(client.random.below(5));
  }
  if (command.operation == kv::Operation::kCas) {
    command.expected = std::to_string(client.random.below(5));
  }
  return command;
}

void Clients::next(std::size_t number) {
  Client& client = clients_[number];
  // Mostly a member, but the replies of non-members must be correct, too.
  const std::vector<raft::NodeId> members = cluster_.members();
  const auto any_node =
      raft::NodeId{static_cast<std::uint32_t>(client.random.between(1, cluster_.size()))};
  const raft::NodeId node =
      client.random.chance(0.1) ? any_node : members[client.random.below(members.size())];
  invoke(number, node, draw(client));
}

void Clients::once(raft::NodeId node, kv::Operation operation, const std::string& key) {
  clients_.push_back({next_process_++, 0, 0, base::Prng::stream(seed_, "once", next_process_)});
  kv::Command command;
  command.operation = operation;
  command.key = key;
  if (operation == kv::Operation::kAppend) command.value = std::to_string(next_element_++);
  invoke(clients_.size() - 1, node, command);
}

void Clients::invoke(std::size_t number, raft::NodeId node, kv::Command command) {
  Client& client = clients_[number];
  command.client = kv::ClientId{client.process + 1};
  command.sequence = kv::Sequence{++client.sequence};
  const std::uint64_t attempt = ++client.attempt;
  ++open_;
  history_.invoke(cluster_.events().now(), client.process, command);
  cluster_.events().after(options_.timeout, [this, number, attempt, command] {
    complete(number, attempt, command, {kv::Outcome::kInfo, "", "client-timeout"});
  });
  cluster_.request(node, command, [this, number, attempt, command](const kv::Reply& reply) {
    complete(number, attempt, command, reply);
  });
}

void Clients::complete(std::size_t number, std::uint64_t attempt, const kv::Command& command,
                       const kv::Reply& reply) {
  Client& client = clients_[number];
  if (client.attempt != attempt) return;  // completed before, by a reply or by the timeout
  ++client.attempt;
  --open_;
  history_.complete(cluster_.events().now(), client.process, command, reply);
  if (reply.outcome == kv::Outcome::kInfo) {
    client.process = next_process_++;
    client.sequence = 0;
  }
  think(number);
}

}  // namespace capsize::simulation
