// The command line of capsize-node (node/PROTOCOL.md, Arguments).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <variant>

#include "base/result.h"
#include "node/raft/raft.h"
#include "node/wire/control_secret.h"

namespace capsize::app {

struct Options {
  raft::Config raft;  // id, voters, timeouts, switches, seed; not the incarnation
  std::string bug;    // name of a seeded bug; empty: none
  std::uint64_t run_id = 0;
  std::string data;
  std::string listen;
  std::string client;
  std::string control;
  std::map<raft::NodeId, std::string> peers;
  std::string trace;  // empty: none
  bool allow_faults = false;
  wire::ControlSecret secret;  // required in control requests; none: every request is admitted
  bool accept_lost_log = false;
  std::uint64_t segment_bytes = std::uint64_t{64} * 1024 * 1024;   // size of a log segment
  std::uint64_t snapshot_bytes = std::uint64_t{64} * 1024 * 1024;  // applied bytes, at most
  std::uint64_t snapshot_every = 10'000;  // applied entries between two snapshots
};

/// What the command line requests.
struct RunNode {
  Options options;
};
struct AskStatus {
  std::string endpoint;
  wire::ControlSecret secret;
};
/// --help, --version, --list-bugs: print the text to standard output and exit with 0.
struct PrintText {
  std::string text;
};
using Request = std::variant<RunNode, AskStatus, PrintText>;

/// Error: one line for people (exit code 64).
[[nodiscard]] base::Result<Request> parse_options(std::span<char* const> arguments);

}  // namespace capsize::app
