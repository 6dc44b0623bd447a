#include "node/app/options.h"

#include <gtest/gtest.h>

namespace capsize::app {
namespace {

base::Result<Request> parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "capsize-node");
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  return parse_options(raw);
}

std::vector<std::string> complete(std::vector<std::string> more) {
  std::vector<std::string> all = {"--id",      "2",
                                  "--run-id",  "7",
                                  "--data",    "d",
                                  "--listen",  "ipc://@l",
                                  "--client",  "ipc://@c",
                                  "--control", "ipc://@k",
                                  "--peers",   "n1=ipc://@1,n3=ipc://@3"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Options parsed(std::vector<std::string> more) {
  auto request = parse(complete(std::move(more)));
  if (!request) {
    ADD_FAILURE() << request.error().message;
    return {};
  }
  return std::get<RunNode>(request.value()).options;
}

std::string error(std::vector<std::string> more) {
  const auto request = parse(complete(std::move(more)));
  return request ? "accepted" : request.error().message;
}

TEST(Options_, Complete_FillsTheConfiguration) {
  const Options options = parsed({"--election-timeout", "1s..2s", "--heartbeat", "100ms", "--seed",
                                  "9", "--no-pre-vote", "--trace", "t", "--allow-faults"});
  EXPECT_EQ(options.raft.id, raft::NodeId(2));
  EXPECT_EQ(options.raft.voters, (std::vector{raft::NodeId(1), raft::NodeId(2), raft::NodeId(3)}));
  EXPECT_EQ(options.peers.at(raft::NodeId(3)), "ipc://@3");
  EXPECT_EQ(options.raft.election_timeout_min, std::chrono::seconds(1));
  EXPECT_EQ(options.raft.election_timeout_max, std::chrono::seconds(2));
  EXPECT_EQ(options.raft.heartbeat_interval, std::chrono::milliseconds(100));
  EXPECT_EQ(options.raft.seed, 9U);
  EXPECT_EQ(options.run_id, 7U);
  EXPECT_FALSE(options.raft.pre_vote);
  EXPECT_TRUE(options.raft.check_quorum);
  EXPECT_TRUE(options.allow_faults);
  EXPECT_EQ(options.trace, "t");
}

TEST(Options_, Voters_DefaultToThePeersAndThisNode) {
  EXPECT_EQ(parsed({"--voters", "n2,n1"}).raft.voters,
            (std::vector{raft::NodeId(1), raft::NodeId(2)}));
  EXPECT_TRUE(parsed({"--join"}).raft.voters.empty());
  EXPECT_EQ(error({"--voters", "n1,x"}), "--voters: found 'x', expected n1,n2,…");
  EXPECT_EQ(error({"--voters", "n1,n1"}), "--voters: a node is listed twice");
  EXPECT_EQ(error({"--join", "--voters", "n1"}), "--join: cannot be combined with --voters");
}

TEST(Options_, LeaseReads_NameTheirAssumptionAndNeedStickiness) {
  EXPECT_FALSE(parsed({}).raft.lease_reads_assume_bounded_clock_drift);
  EXPECT_TRUE(parsed({"--lease-reads-assume-bounded-clock-drift"})
                  .raft.lease_reads_assume_bounded_clock_drift);
  EXPECT_EQ(error({"--lease-reads-assume-bounded-clock-drift", "--no-leader-stickiness"}),
            "--lease-reads-assume-bounded-clock-drift: requires leader stickiness");
}

TEST(Options_, CommitNotice_IsBounded) {
  EXPECT_EQ(parsed({}).raft.commit_notice_delay, std::chrono::milliseconds(2));
  EXPECT_EQ(parsed({"--commit-notice", "0s"}).raft.commit_notice_delay, base::Duration::zero());
  EXPECT_EQ(error({"--commit-notice", "2s"}), "--commit-notice: found '2s', expected 0s to 1s");
  EXPECT_EQ(error({"--commit-notice", "2"}),
            "--commit-notice: found '2', expected a duration such as 500ms, 30s or 2m");
}

TEST(Options_, AppendEntriesMax_IsBounded) {
  EXPECT_EQ(parsed({}).raft.append_entries_max, 1024U);
  EXPECT_EQ(parsed({"--append-entries-max", "1"}).raft.append_entries_max, 1U);
  EXPECT_NE(error({"--append-entries-max", "0"}).find("--append-entries-max"), std::string::npos);
}

TEST(Options_, Defaults_AreSafe) {
  const Options options = parsed({});
  EXPECT_TRUE(options.raft.pre_vote && options.raft.check_quorum && options.raft.leader_stickiness);
  EXPECT_FALSE(options.allow_faults);
  EXPECT_TRUE(options.bug.empty());
}

TEST(Options_, BadArguments_AreNamedInOneLine) {
  EXPECT_EQ(error({"--bogus"}), "found '--bogus', which is not an option");
  EXPECT_NE(error({"--snapshot-every=9"}).find("--snapshot-every"), std::string::npos);
  EXPECT_EQ(error({"--heartbeat", "5s"}), "--heartbeat: must be shorter than the election timeout");
  EXPECT_EQ(error({"--heartbeat", "5"}),
            "--heartbeat: found '5', expected a duration such as 500ms, 30s or 2m");
  EXPECT_EQ(error({"--election-timeout", "300ms..150ms"}),
            "--election-timeout: the first bound is above the second");
  EXPECT_EQ(error({"--bug", "no-such-bug"}),
            "--bug: this binary has no seeded bug named 'no-such-bug'");
  EXPECT_EQ(parse({"--id", "1"}).error().message, "--data is required");
  EXPECT_EQ(parse({"--id", "0"}).error().message, "--id: expected 1 to 9999");
  for (const std::string& message : {error({"--id", "x"}), error({"--parent", "-1"})}) {
    EXPECT_NE(message, "accepted");
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST(Options_, BadPeersAndEndpoints_AreRefused) {
  const auto with = [](std::string flag, std::string value) {
    auto arguments = complete({});
    *(std::find(arguments.begin(), arguments.end(), flag) + 1) = std::move(value);
    const auto request = parse(arguments);
    return request ? "accepted" : request.error().message;
  };
  EXPECT_EQ(with("--peers", "n2=ipc://@x"), "--peers: n2 is this node itself, or listed twice");
  EXPECT_EQ(with("--peers", "n3=ipc://@x,n3=ipc://@y"),
            "--peers: n3 is this node itself, or listed twice");
  EXPECT_EQ(with("--peers", "n3"), "--peers: found 'n3', expected n2=ENDPOINT");
  EXPECT_EQ(with("--listen", "tcp://0.0.0.0:1"),
            "endpoint tcp://0.0.0.0:1: reaches beyond this machine; --allow-remote permits it");
  EXPECT_EQ(with("--peers", "n3=tcp://10.0.0.1:1"),
            "endpoint tcp://10.0.0.1:1: reaches beyond this machine; --allow-remote permits it");
}

TEST(Options_, OtherModes_DoNotNeedNodeArguments) {
  EXPECT_TRUE(std::holds_alternative<AskStatus>(parse({"--status", "ipc://@k"}).value()));
  EXPECT_EQ(std::get<PrintText>(parse({"--list-bugs"}).value()).text, "");
  const std::string help = std::get<PrintText>(parse({"--help"}).value()).text;
  EXPECT_NE(help.find("--election-timeout"), std::string::npos);
}

}  // namespace
}  // namespace capsize::app
