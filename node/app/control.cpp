#include "node/app/control.h"

#include <nlohmann/json.hpp>

#include "node/base/units.h"
#include "node/wire/header.h"

namespace capsize::app {
namespace {

using nlohmann::json;

constexpr base::Duration kSyncDelayMax = std::chrono::hours(1);

json refusal(std::string why) {
  return {{"ok", false}, {"error", std::move(why)}};
}

std::int64_t nanoseconds(base::Instant instant) {
  return instant.time_since_epoch().count();
}

json name_or_null(raft::NodeId node) {
  return node == raft::kNobody ? json() : json(wire::node_name(node.value()));
}

/// "-50ms" too, where a bump may go back.
base::Result<base::Duration> read_duration(const json& value, base::Duration max, bool negative) {
  const std::string text = value.is_string() ? value.get<std::string>() : std::string();
  const bool back = negative && text.starts_with('-');
  const auto duration = base::parse_duration(std::string_view(text).substr(back ? 1 : 0));
  if (!duration) return duration.error();
  if (duration.value() > max) return base::Error{"at most " + base::format_duration(max)};
  return back ? -duration.value() : duration.value();
}

json names(const std::vector<raft::NodeId>& nodes) {
  json names = json::array();
  for (const raft::NodeId node : nodes) names.push_back(wire::node_name(node.value()));
  return names;
}

json render(const NodeStatus& status, base::Instant own_time, base::Instant true_time) {
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
          {"clock", nanoseconds(own_time)},
          {"true-clock", nanoseconds(true_time)},
          {"bug", status.bug.empty() ? json() : json(status.bug)},
          {"dropped", status.dropped},
          {"syncs", status.syncs},
          {"sync-ns",
           {{"latest", status.sync_times.latest_ns},
            {"longest", status.sync_times.longest_ns},
            {"mean", status.sync_times.total_ns / std::max<std::uint64_t>(1, status.syncs)}}},
          {"bytes-waiting", status.bytes_waiting}};
}

json change_clock(NodeClock& clock, const json& request, base::Instant true_time) {
  std::optional<base::Duration> bump;
  std::optional<double> rate;
  for (const auto& [key, value] : request.items()) {
    if (key == "op") continue;
    if (key == "bump") {
      const auto duration = read_duration(value, NodeClock::kBumpMax, /*negative=*/true);
      if (!duration) return refusal("bump: " + duration.error().message);
      bump = duration.value();
    } else if (key == "rate") {
      if (value.is_number()) rate = value.get<double>();
      if (!rate || !(*rate >= NodeClock::kRateMin && *rate <= NodeClock::kRateMax)) {
        return refusal("rate: expected a number from 0.01 to 100");
      }
    } else {
      return refusal("unknown key " + key.substr(0, 64));
    }
  }
  if (bump) clock.bump(*bump, true_time);
  if (rate) clock.set_rate(*rate, true_time);
  return {{"ok", true},
          {"clock", nanoseconds(clock.now(true_time))},
          {"true-clock", nanoseconds(true_time)}};
}

json change_disk(storage::DiskFaults& disk, const json& request) {
  std::optional<bool> hold, fail;
  std::optional<base::Duration> delay;
  for (const auto& [key, value] : request.items()) {
    if (key == "op") continue;
    if (key == "sync-delay") {
      const auto duration = read_duration(value, kSyncDelayMax, /*negative=*/false);
      if (!duration) return refusal("sync-delay: " + duration.error().message);
      delay = duration.value();
    } else if (key == "hold-unsynced" || key == "fail-sync") {
      if (!value.is_boolean()) return refusal(key + ": expected true or false");
      (key == "fail-sync" ? fail : hold) = value.get<bool>();
    } else {
      return refusal("unknown key " + key.substr(0, 64));
    }
  }
  if (hold) disk.hold_unsynced = *hold;
  if (fail) disk.fail_sync = *fail;
  if (delay) disk.sync_delay_ns = delay->count();
  return {{"ok", true}};
}

}  // namespace

std::string Control::handle(std::string_view text, base::Instant true_time,
                            const std::function<NodeStatus()>& status) {
  const auto answer = [&]() -> json {
    if (text.size() > kControlBytesMax) return refusal("the request is too long");
    const json request = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!request.is_object()) return refusal("expected one JSON object");
    const auto op = request.find("op");
    if (op == request.end() || !op->is_string()) return refusal("op: expected a word");
    const std::string& word = op->get_ref<const std::string&>();
    if (word == "status") return render(status(), clock_.now(true_time), true_time);
    if (word != "clock" && word != "disk") {
      return refusal("unknown op, expected status, clock or disk");
    }
    if (!allow_faults_) return refusal("faults need --allow-faults");
    return word == "clock" ? change_clock(clock_, request, true_time) : change_disk(disk_, request);
  };
  return answer().dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace capsize::app
