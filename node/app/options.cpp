#include "node/app/options.h"

#include <algorithm>

#include "base/command_line.h"
#include "base/json.h"
#include "base/units.h"
#include "node/bugs/registry.h"
#include "node/wire/endpoint.h"
#include "node/wire/header.h"

namespace capsize::app {
namespace {

constexpr const char* kDescription =
    "One process of a replicated key-value cluster (Raft).\n"
    "Examples:\n"
    "  capsize-node --id 1 --run-id 7 --data d1 --listen ipc://run/l1 --client ipc://run/c1 \\\n"
    "               --control ipc://run/k1 --peers n2=ipc://run/l2,n3=ipc://run/l3\n"
    "  capsize-node --status ipc://run/k1      # run: a directory of your own, mode 0700";

// With a smaller value the node would mostly write snapshots, with a larger one the log would
// outgrow the memory.
constexpr std::uint64_t kSnapshotEveryMin = 10;
constexpr std::uint64_t kSnapshotEveryMax = 100'000'000;
// No message carries that many: its bytes are bounded as well.
constexpr std::uint64_t kAppendEntriesMin = 1;
constexpr std::uint64_t kAppendEntriesMax = 65536;
// Bounds of --segment-bytes and --snapshot-bytes. A smaller segment would hold little more than its
// header; with a larger one a restart would read much that it does not need.
constexpr std::uint64_t kBytesMin = 4096;
constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 30;
constexpr base::Duration kCommitNoticeMax = std::chrono::seconds(1);
constexpr base::Duration kTimeoutMax = std::chrono::hours(1);

/// The values as parsed; text values are checked afterwards.
struct Raw {
  std::uint32_t id = 0;
  Options options;
  std::string peers, voters, status, secret_file;
  std::string election_timeout = "150ms..300ms";
  std::string heartbeat = "50ms";
  std::string commit_notice = "2ms";
  std::string segment_bytes = "64MiB";
  std::string snapshot_bytes = "64MiB";
  bool no_pre_vote = false, no_check_quorum = false, no_leader_stickiness = false;
  bool join = false, allow_remote = false, list_bugs = false;
  int parent = 0;
};

void declare(base::CommandLine& line, Raw& raw) {
  Options& options = raw.options;
  line.option("--id", raw.id, "number of this node; node 3 is called n3");
  line.option("--run-id", options.run_id, "frames of another run are dropped");
  line.option("--data", options.data, "data directory; created if it is missing");
  line.option("--listen", options.listen, "endpoint for frames from peers");
  line.option("--client", options.client, "endpoint for client requests");
  line.option("--control", options.control, "endpoint for status and faults");
  line.option("--peers", raw.peers, "n2=ENDPOINT,n3=ENDPOINT: where to send frames to each node");
  line.option("--voters", raw.voters,
              "n1,n2,…: initial members of a new cluster [peers and itself]");
  line.flag("--join", raw.join, "not a member of a cluster yet: wait to be added");
  line.option("--trace", options.trace, "file to append trace lines to");
  line.option("--seed", options.raft.seed, "seed of the random election timeouts");
  line.option("--parent", raw.parent, "process id: end when this process ends").positive();
  line.option("--election-timeout", raw.election_timeout, "MIN..MAX").show_default();
  line.option("--heartbeat", raw.heartbeat, "heartbeat interval of a leader").show_default();
  line.option("--commit-notice", raw.commit_notice,
              "how long a new commit index waits to be sent along with entries; 0s: not at all")
      .show_default();
  line.option("--append-entries-max", options.raft.append_entries_max,
              "entries in one AppendEntries")
      .range(kAppendEntriesMin, kAppendEntriesMax)
      .show_default();
  line.flag("--no-pre-vote", raw.no_pre_vote, "campaign without a pre-vote");
  line.flag("--no-check-quorum", raw.no_check_quorum,
            "stay leader without replies from a majority");
  line.flag("--no-leader-stickiness", raw.no_leader_stickiness,
            "vote even if the current leader is alive");
  line.option("--snapshot-every", options.snapshot_every, "applied entries between two snapshots")
      .range(kSnapshotEveryMin, kSnapshotEveryMax)
      .show_default();
  line.option("--snapshot-bytes", raw.snapshot_bytes,
              "applied bytes between two snapshots, at most")
      .show_default();
  line.option("--segment-bytes", raw.segment_bytes, "size of one log segment").show_default();
  line.flag("--lease-reads-assume-bounded-clock-drift",
            options.raft.lease_reads_assume_bounded_clock_drift,
            "reads without a heartbeat round; stale if clocks jump");
  line.flag("--allow-faults", options.allow_faults,
            "permit fault requests on the control endpoint");
  line.flag("--accept-lost-log", options.accept_lost_log,
            "cut a damaged log, and start as a node that grants no votes");
  line.option("--secret-file", raw.secret_file,
              "file (mode 0600) with the secret that control requests must carry");
  line.flag("--allow-remote", raw.allow_remote, "permit endpoints beyond this machine");
  line.option("--bug", options.bug, "enable this seeded bug (none: no bug)");
  line.flag("--list-bugs", raw.list_bugs, "print the seeded bugs of this binary");
  line.option("--status", raw.status, "print the status of the node at this control endpoint");
}

base::Status read_peers(Raw& raw) {
  std::string_view rest = raw.peers;
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    const std::size_t equals = item.find('=');
    const auto number = wire::parse_node_name(item.substr(0, equals));
    if (!number || equals == std::string_view::npos) {
      return base::Error{"--peers: found '" + std::string(item) + "', expected n2=ENDPOINT"};
    }
    const bool added =
        raw.options.peers.emplace(raft::NodeId(*number), std::string(item.substr(equals + 1)))
            .second;
    if (*number == raw.id || !added) {
      return base::Error{"--peers: " + wire::node_name(*number) +
                         " is this node itself, or listed twice"};
    }
  }
  return {};
}

base::Result<base::Duration> read_timeout(const char* flag, std::string_view text) {
  const auto duration = base::parse_duration(text);
  if (!duration) return base::Error{std::string(flag) + ": " + duration.error().message};
  if (duration.value() < std::chrono::milliseconds(1) || duration.value() > kTimeoutMax) {
    return base::Error{std::string(flag) + ": expected from 1ms to 1h"};
  }
  return duration.value();
}

base::Status read_commit_notice(Raw& raw) {
  const auto delay = base::parse_duration(raw.commit_notice);
  if (!delay) return base::Error{"--commit-notice: " + delay.error().message};
  if (delay.value() < base::Duration::zero() || delay.value() > kCommitNoticeMax) {
    return base::Error{"--commit-notice: found '" + raw.commit_notice + "', expected 0s to 1s"};
  }
  raw.options.raft.commit_notice_delay = delay.value();
  return {};
}

base::Status read_timing(Raw& raw) {
  const std::string_view range = raw.election_timeout;
  const std::size_t dots = range.find("..");
  const auto min = read_timeout("--election-timeout", range.substr(0, dots));
  if (!min) return min.error();
  const auto max = dots == std::string_view::npos
                       ? min
                       : read_timeout("--election-timeout", range.substr(dots + 2));
  if (!max) return max.error();
  const auto heartbeat = read_timeout("--heartbeat", raw.heartbeat);
  if (!heartbeat) return heartbeat.error();
  if (min.value() > max.value()) {
    return base::Error{"--election-timeout: the first bound is above the second"};
  }
  if (heartbeat.value() >= min.value()) {
    return base::Error{"--heartbeat: must be shorter than the election timeout"};
  }
  raft::Config& config = raw.options.raft;
  config.election_timeout_min = min.value();
  config.election_timeout_max = max.value();
  config.heartbeat_interval = heartbeat.value();
  return {};
}

base::Status read_size(const char* flag, std::string_view text, std::uint64_t& size) {
  const auto parsed = base::parse_size(text);
  if (!parsed) return base::Error{std::string(flag) + ": " + parsed.error().message};
  size = parsed.value();
  if (size < kBytesMin || size > kBytesMax) {
    return base::Error{std::string(flag) + ": expected from 4KiB to 1GiB"};
  }
  return {};
}

base::Status read_sizes(Raw& raw) {
  if (auto read = read_size("--segment-bytes", raw.segment_bytes, raw.options.segment_bytes); !read)
    return read;
  return read_size("--snapshot-bytes", raw.snapshot_bytes, raw.options.snapshot_bytes);
}

base::Status read_secret(Raw& raw) {
  if (raw.secret_file.empty()) return {};
  auto secret = wire::ControlSecret::read_file(raw.secret_file);
  if (!secret) return base::Error{"--secret-file: " + secret.error().message};
  raw.options.secret = std::move(secret).value();
  return {};
}

base::Status check_present(const Raw& raw) {
  const Options& options = raw.options;
  if (raw.id == 0 || raw.id > wire::kNodeNumberMax) return base::Error{"--id: expected 1 to 9999"};
  const std::pair<const char*, const std::string*> required[] = {{"--data", &options.data},
                                                                 {"--listen", &options.listen},
                                                                 {"--client", &options.client},
                                                                 {"--control", &options.control}};
  for (const auto& [flag, value] : required) {
    if (value->empty()) return base::Error{std::string(flag) + " is required"};
  }
  return {};
}

base::Status check_endpoints(const Raw& raw) {
  std::vector<std::string> endpoints = {raw.options.listen, raw.options.client,
                                        raw.options.control};
  for (const auto& [peer, endpoint] : raw.options.peers) endpoints.push_back(endpoint);
  for (const std::string& endpoint : endpoints) {
    if (auto status = wire::check_endpoint(endpoint, raw.allow_remote); !status) return status;
  }
  return {};
}

/// The initial configuration; one in the log or in a snapshot takes precedence.
base::Result<std::vector<raft::NodeId>> read_voters(const Raw& raw) {
  std::vector<raft::NodeId> voters;
  if (raw.join) {
    if (!raw.voters.empty()) return base::Error{"--join: cannot be combined with --voters"};
    return voters;
  }
  if (raw.voters.empty()) {
    voters.push_back(raft::NodeId(raw.id));
    for (const auto& [peer, endpoint] : raw.options.peers) voters.push_back(peer);
  }
  std::string_view rest = raw.voters;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    const auto number = wire::parse_node_name(name);
    if (!number) {
      return base::Error{"--voters: found '" + std::string(name) + "', expected n1,n2,…"};
    }
    voters.push_back(raft::NodeId(*number));
  }
  std::sort(voters.begin(), voters.end());
  if (!raft::is_voter_set(voters)) return base::Error{"--voters: a node is listed twice"};
  return voters;
}

base::Result<Request> to_run(Raw& raw) {
  for (const auto& step : {check_present(raw), read_peers(raw), read_timing(raw),
                           read_commit_notice(raw), read_sizes(raw)}) {
    if (!step) return step.error();
  }
  if (const auto status = check_endpoints(raw); !status) return status.error();
  raft::Config& config = raw.options.raft;
  std::string& bug = raw.options.bug;
  if (bug == "none") bug.clear();
  if (!bug.empty() && bugs::find_bug(bug) == nullptr) {
    return base::Error{"--bug: this binary has no seeded bug named '" + bug + "'"};
  }
  config.id = raft::NodeId(raw.id);
  auto voters = read_voters(raw);
  if (!voters) return voters.error();
  config.voters = std::move(voters.value());
  // A follower that lags by less than half an interval is sent entries: a snapshot costs more.
  config.compaction_margin = raw.options.snapshot_every / 2;
  config.pre_vote = !raw.no_pre_vote;
  config.check_quorum = !raw.no_check_quorum;
  config.leader_stickiness = !raw.no_leader_stickiness;
  if (config.lease_reads_assume_bounded_clock_drift && !config.leader_stickiness) {
    return base::Error{"--lease-reads-assume-bounded-clock-drift: requires leader stickiness"};
  }
  return Request(RunNode{std::move(raw.options)});
}

/// One JSON object per line.
std::string list_bugs() {
  std::string lines;
  for (const bugs::BugInfo& bug : bugs::seeded_bugs()) {
    const base::Json line = {{"name", bug.name},       {"what", bug.what},
                             {"rule", bug.rule},       {"exposed-by", bug.exposed_by},
                             {"reports", bug.reports}, {"topic", bugs::name(bug.topic)},
                             {"seen-in", bug.seen_in}, {"core", bug.core}};
    lines += line.dump() + "\n";
  }
  return lines;
}

}  // namespace

base::Result<Request> parse_options(std::span<char* const> arguments) {
  Raw raw;
  base::CommandLine line("capsize-node", kDescription);
  line.set_binary(bugs::seeded_bugs().empty() ? "capsize-node" : "capsize-node-with-bugs");
  declare(line, raw);
  const auto outcome = line.parse(arguments);
  if (const auto* print = std::get_if<base::CommandLine::Print>(&outcome)) {
    return Request(PrintText{print->text});
  }
  if (const auto* failure = std::get_if<base::CommandLine::Failure>(&outcome)) {
    return base::Error{failure->message};
  }
  if (raw.list_bugs) return Request(PrintText{list_bugs()});
  if (const auto status = read_secret(raw); !status) return status.error();
  if (raw.status.empty()) return to_run(raw);
  if (const auto status = wire::check_endpoint(raw.status, raw.allow_remote); !status) {
    return status.error();
  }
  return Request(AskStatus{raw.status, raw.options.secret});
}

}  // namespace capsize::app
