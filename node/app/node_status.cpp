#include "node/app/node_status.h"

#include <algorithm>

#include "node/wire/header.h"

namespace capsize::app {
namespace {

using base::Json;

Json name_or_null(raft::NodeId node) {
  return node == raft::kNobody ? Json() : Json(wire::node_name(node.value()));
}

Json names(const std::vector<raft::NodeId>& nodes) {
  Json names = Json::array();
  for (const raft::NodeId node : nodes) names.push_back(wire::node_name(node.value()));
  return names;
}

}  // namespace

Json render(const NodeStatus& status, base::Instant own_time, base::Instant true_time,
            std::uint64_t bytes_held) {
  const raft::SoftState& raft = status.raft;
  return {{"ok", true},
          {"node", wire::node_name(status.node.value())},
          {"incarnation", status.incarnation},
          {"role", raft::name(raft.role)},
          {"term", raft.term.value()},
          {"vote", name_or_null(raft.vote)},
          {"leader", name_or_null(raft.leader)},
          {"last", raft.last.value()},
          {"commit", raft.commit.value()},
          {"applied", raft.applied.value()},
          {"snapshot", raft.snapshot.value()},
          {"persisted", raft.persisted.value()},
          {"voters", names(status.configuration.voters)},
          {"outgoing", names(status.configuration.outgoing)},
          {"pending", status.pending},
          {"clock", base::nanoseconds(own_time)},
          {"true-clock", base::nanoseconds(true_time)},
          {"bug", status.bug.empty() ? Json() : Json(status.bug)},
          {"dropped", status.dropped},
          {"syncs", status.syncs},
          {"sync-ns",
           {{"latest", status.sync_times.latest_ns},
            {"longest", status.sync_times.longest_ns},
            {"mean", status.sync_times.total_ns / std::max<std::uint64_t>(1, status.syncs)}}},
          {"bytes-waiting", status.bytes_waiting},
          {"bytes-held", bytes_held}};
}

}  // namespace capsize::app
