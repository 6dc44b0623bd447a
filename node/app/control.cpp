#include "node/app/control.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/units.h"
#include "node/app/exit_codes.h"
#include "node/wire/header.h"

namespace capsize::app {
namespace {

using base::Json;

Json name_or_null(raft::NodeId node) {
  return node == raft::kNoNode ? Json() : Json(wire::node_name(node.value()));
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
          {"votes", raft.lost == raft::Index{0}},
          {"lost", raft.lost.value()},
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

namespace {

constexpr base::Duration kSyncDelayMax = std::chrono::hours(1);
constexpr std::uint64_t kCountMax = 1'000'000'000;

std::string shortened(const std::string& key) {
  return key.substr(0, 64);
}

/// `negative`: also accepts "-50ms", for a bump backwards.
base::Result<base::Duration> read_duration(const Json& value, base::Duration max, bool negative) {
  const std::string text = value.is_string() ? value.get<std::string>() : std::string();
  const bool back = negative && text.starts_with('-');
  const auto duration = base::parse_duration(std::string_view(text).substr(back ? 1 : 0));
  if (!duration) return duration.error();
  if (duration.value() > max) return base::Error{"at most " + base::format_duration(max)};
  return back ? -duration.value() : duration.value();
}

base::Result<std::uint64_t> read_count(const Json& value, std::uint64_t least) {
  if (value.is_unsigned()) {
    const auto count = value.get<std::uint64_t>();
    if (count >= least && count <= kCountMax) return count;
  }
  return base::Error{"expected a whole number from " + std::to_string(least) + " to " +
                     std::to_string(kCountMax)};
}

std::string word_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

base::Result<storage::PlannedFailure> read_failure(const Json& value) {
  if (!value.is_object()) return base::Error{"expected an object or null"};
  std::optional<storage::DiskCall> call;
  std::optional<storage::DiskError> error;
  std::uint64_t after = 1;
  for (const auto& [key, item] : value.items()) {
    if (key == "call") {
      call = storage::parse_disk_call(word_of(item));
    } else if (key == "error") {
      error = storage::parse_disk_error(word_of(item));
    } else if (key == "after") {
      const auto count = read_count(item, 1);
      if (!count) return base::Error{"after: " + count.error().message};
      after = count.value();
    } else {
      return base::Error{"unknown key " + shortened(key)};
    }
  }
  if (!call) {
    return base::Error{
        "call: expected create, open, append, reserve, sync, truncate, rename, remove or "
        "sync-directory"};
  }
  if (!error) return base::Error{"error: expected EIO, ENOSPC or short"};
  if (error == storage::DiskError::kShort && call != storage::DiskCall::kAppend) {
    return base::Error{"error: short is for append only"};
  }
  return storage::PlannedFailure{*call, *error, after};
}

/// A validated disk request that has not been carried out yet.
struct DiskChange {
  std::optional<bool> hold, fail_sync, stall;
  std::optional<base::Duration> delay;
  std::optional<std::uint64_t> lying_syncs;
  bool changes_plan = false;
  std::optional<storage::PlannedFailure> failure;
};

base::Status read_key(DiskChange& change, const std::string& key, const Json& value) {
  if (key == "sync-delay") {
    const auto duration = read_duration(value, kSyncDelayMax, /*negative=*/false);
    if (!duration) return base::Error{"sync-delay: " + duration.error().message};
    change.delay = duration.value();
  } else if (key == "hold-unsynced" || key == "fail-sync" || key == "stall") {
    if (!value.is_boolean()) return base::Error{key + ": expected true or false"};
    (key == "stall"       ? change.stall
     : key == "fail-sync" ? change.fail_sync
                          : change.hold) = value.get<bool>();
  } else if (key == "lie-syncs") {
    const auto count = read_count(value, 0);
    if (!count) return base::Error{"lie-syncs: " + count.error().message};
    change.lying_syncs = count.value();
  } else if (key == "fail") {
    change.changes_plan = true;
    if (value.is_null()) return {};
    const auto failure = read_failure(value);
    if (!failure) return base::Error{"fail: " + failure.error().message};
    change.failure = failure.value();
  } else {
    return base::Error{"unknown key " + shortened(key)};
  }
  return {};
}

}  // namespace

Json refusal(std::string why) {
  return {{"ok", false}, {"error", std::move(why)}};
}

Json change_clock(NodeClock& clock, const Json& request, base::Instant true_time) {
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
      return refusal("unknown key " + shortened(key));
    }
  }
  if (bump) clock.bump(*bump, true_time);
  if (rate) clock.set_rate(*rate, true_time);
  return {{"ok", true},
          {"clock", base::nanoseconds(clock.now(true_time))},
          {"true-clock", base::nanoseconds(true_time)}};
}

Json change_disk(storage::DiskFaults& disk, const Json& request) {
  DiskChange change;
  for (const auto& [key, value] : request.items()) {
    if (key == "op") continue;
    if (const auto status = read_key(change, key, value); !status) {
      return refusal(status.error().message);
    }
  }
  if (change.hold) disk.hold_unsynced = *change.hold;
  if (change.fail_sync) disk.fail_sync = *change.fail_sync;
  if (change.delay) disk.sync_delay_ns = change.delay->count();
  if (change.lying_syncs) disk.lying_syncs_left = *change.lying_syncs;
  if (change.changes_plan) disk.plan(change.failure);
  if (change.stall) disk.stall(*change.stall);
  if (change.hold == false) {
    // Bytes held until now become durable, so that a kill after the end of the fault loses nothing.
    if (const auto status = disk.release(); !status) die(kLogWriteFailed, status.error().message);
  }
  const auto counts = disk.counts();
  return {{"ok", true},
          {"bytes-held", counts.bytes_held},
          {"syncs-delayed", counts.syncs_delayed},
          {"syncs-stalled", counts.syncs_stalled},
          {"syncs-lied", counts.syncs_lied}};
}

Json crash_disk(storage::DiskFaults& disk, const Json& request) {
  double keep = 0;
  for (const auto& [key, value] : request.items()) {
    if (key == "op") continue;
    if (key != "keep") return refusal("unknown key " + shortened(key));
    if (!value.is_number() || !(value.get<double>() >= 0 && value.get<double>() <= 1)) {
      return refusal("keep: expected a number from 0 to 1");
    }
    keep = value.get<double>();
  }
  const storage::CrashedBytes bytes = disk.crash(keep);
  return {{"ok", true}, {"held", bytes.held}, {"written", bytes.written}};
}

namespace {

Json begin_snapshot(const Json& request, const ControlHooks& hooks) {
  if (request.size() > 1) return refusal("snapshot: expected no further keys");
  const auto index = hooks.snapshot();
  return {{"ok", true},
          {"started", index.has_value()},
          {"index", index ? Json(index->value()) : Json()}};
}

}  // namespace

namespace {

Json restore_vote(const Json& request, const ControlHooks& hooks) {
  if (request.size() > 1) return refusal("restore-vote: expected no further keys");
  if (const auto status = hooks.restore_vote(); !status) {
    return refusal("restore-vote: " + status.error().message);
  }
  return {{"ok", true}, {"votes", true}};
}

}  // namespace

std::string Control::handle(std::string_view text, base::Instant true_time,
                            const ControlHooks& hooks) {
  const auto answer = [&]() -> Json {
    if (text.size() > kControlBytesMax) return refusal("the request is too long");
    Json request = Json::parse(text);
    if (!request.is_object()) return refusal("expected one JSON object");
    if (!secret_.admits(request)) return refusal(wire::ControlSecret::kRefusal);
    const auto op = request.find("op");
    if (op == request.end() || !op->is_string()) return refusal("op: expected a word");
    const std::string& word = op->text();
    if (word == "status") {
      return render(hooks.status(), clock_.now(true_time), true_time, disk_.counts().bytes_held);
    }
    if (word == "restore-vote") return restore_vote(request, hooks);
    if (word != "clock" && word != "disk" && word != "crash" && word != "snapshot") {
      return refusal("unknown op, expected status, restore-vote, clock, disk, crash or snapshot");
    }
    if (!allow_faults_) return refusal("faults need --allow-faults");
    if (word == "clock") return change_clock(clock_, request, true_time);
    if (word == "disk") return change_disk(disk_, request);
    if (word == "snapshot") return begin_snapshot(request, hooks);
    Json crashed = crash_disk(disk_, request);
    crashed_ = crashed["ok"] == true;
    return crashed;
  };
  return answer().dump();
}

}  // namespace capsize::app
