#include "node/raft/configuration.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"

namespace capsize::raft {
namespace {

constexpr std::size_t kIdBytes = 4;

bool contains(const std::vector<NodeId>& ascending, NodeId node) {
  return std::binary_search(ascending.begin(), ascending.end(), node);
}

void put(std::string& out, const std::vector<NodeId>& nodes) {
  out += static_cast<char>(nodes.size());
  for (const NodeId node : nodes) {
    for (std::size_t i = 0; i < kIdBytes; ++i) out += static_cast<char>(node.value() >> (8 * i));
  }
}

/// Removes a list from the front; nullopt if it is truncated or not a set of voters.
std::optional<std::vector<NodeId>> take(std::string_view& bytes) {
  if (bytes.empty()) return std::nullopt;
  const std::size_t count = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  if (count > kVotersMax || bytes.size() < count * kIdBytes) return std::nullopt;
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < count * kIdBytes; i += kIdBytes) {
    std::uint32_t id = 0;
    for (std::size_t j = kIdBytes; j > 0; --j) {
      id = (id << 8) | static_cast<unsigned char>(bytes[i + j - 1]);
    }
    nodes.push_back(NodeId{id});
  }
  bytes.remove_prefix(count * kIdBytes);
  if (!nodes.empty() && !is_voter_set(nodes)) return std::nullopt;
  return nodes;
}

}  // namespace

bool Configuration::has_voter(NodeId node) const {
  return contains(voters, node) || contains(outgoing, node);
}

std::vector<NodeId> Configuration::members() const {
  std::vector<NodeId> all;
  std::set_union(voters.begin(), voters.end(), outgoing.begin(), outgoing.end(),
                 std::back_inserter(all));
  return all;
}

bool is_voter_set(const std::vector<NodeId>& nodes) {
  return !nodes.empty() && nodes.size() <= kVotersMax && nodes.front() != kNoNode &&
         std::adjacent_find(nodes.begin(), nodes.end(), std::greater_equal<>()) == nodes.end();
}

std::string encode(const Configuration& configuration) {
  CHECK(configuration.empty() || is_voter_set(configuration.voters), "voters are a set");
  CHECK(!configuration.joint() || is_voter_set(configuration.outgoing), "voters are a set");
  std::string out;
  put(out, configuration.voters);
  put(out, configuration.outgoing);
  return out;
}

std::optional<Configuration> decode_configuration(std::string_view bytes) {
  auto voters = take(bytes);
  if (!voters) return std::nullopt;
  auto outgoing = take(bytes);
  if (!outgoing || !bytes.empty()) return std::nullopt;
  if (voters->empty() && !outgoing->empty()) return std::nullopt;
  return Configuration{std::move(*voters), std::move(*outgoing)};
}

const Configuration& Configurations::at(Index index) const {
  CHECK(index >= known_.front().index, "configurations before the base are not known");
  std::size_t i = known_.size() - 1;
  while (known_[i].index > index) --i;
  return known_[i].configuration;
}

const Configuration& Configurations::previous() const {
  static const Configuration kUnknown;
  return known_.size() > 1 ? known_[known_.size() - 2].configuration : kUnknown;
}

void Configurations::append(Index index, Configuration configuration) {
  const bool may_repeat = SEEDED_BUG("member-config-not-rolled-back");
  CHECK(index > latest_index() || may_repeat, "configurations are in the order of the log");
  known_.push_back({index, std::move(configuration)});
}

void Configurations::truncate_from(Index from) {
  if (SEEDED_BUG("member-config-not-rolled-back")) return;
  CHECK(from > known_.front().index, "the base is never truncated");
  while (known_.back().index >= from) known_.pop_back();
}

void Configurations::compact(Index index) {
  // The base's index moves along with the log's base, even if its configuration entry is older:
  // at() and truncate_from() compare with the start of the log that still exists.
  while (known_.size() > 1 && known_[1].index <= index) known_.erase(known_.begin());
  known_.front().index = std::max(known_.front().index, index);
}

void Configurations::install(Index index, Configuration configuration, bool keeps_what_follows) {
  // Configurations after the snapshot are entries of the kept suffix and stay, and so may be
  // active.
  if (!keeps_what_follows) known_.clear();
  std::erase_if(known_, [index](const Known& known) { return known.index <= index; });
  known_.insert(known_.begin(), {index, std::move(configuration)});
}

}  // namespace capsize::raft
