#include "node/app/node_app.h"

#include <sys/signalfd.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "node/app/driver.h"
#include "node/app/exit_codes.h"
#include "node/bugs/active.h"
#include "node/codec/overloaded.h"
#include "node/storage/data_directory.h"
#include "node/storage/faulty_file_system.h"
#include "node/storage/snapshot_store.h"
#include "node/transport/router.h"
#include "node/wire/accept_gate.h"
#include "node/wire/header.h"
#include "node/wire/parent.h"

namespace capsize::app {
namespace {

using codec::Overloaded;

// Advice after a refusal to start. Without a valid incarnation number the node must not start: it
// could accept replies to an earlier incarnation.
constexpr const char* kAdviceForLog =
    "\ncapsize-node: restore an intact copy of the directory, replace the node, or start it with "
    "--accept-lost-log (node/PROTOCOL.md, On disk)";
constexpr const char* kAdviceForIncarnation =
    "\ncapsize-node: restore an intact copy of the directory, or replace the node "
    "(node/PROTOCOL.md, On disk)";

constexpr base::Duration kAnswerWithin = std::chrono::seconds(5);

// `--status`: queries a running node and prints one JSON object. kNoAnswer if no reply comes in
// time.
int print_status(const AskStatus& ask) {
  base::Json request = {{"op", "status"}};
  ask.secret.sign(request);
  const auto answer = transport::ask(ask.endpoint, request.dump(), kAnswerWithin);
  if (!answer) return report(kNoAnswer, "no answer from " + ask.endpoint);
  std::printf("%s\n", answer->c_str());
  return kStopped;
}

/// Returns a descriptor that is readable once SIGTERM or SIGINT was received; -1 on failure. Must
/// be called before any thread is started, since threads inherit the signal mask.
int block_and_watch_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond RLIMIT_FSIZE returns an error instead
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (::pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0) return -1;
  return ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// The value of a storage call; on failure ends the process with the exit code of the cause.
template <class T, class Variant>
T take_or_die(Variant result, const std::string& advice) {
  return std::visit(
      Overloaded{
          [](T& value) -> T { return std::move(value); },
          [&](storage::CorruptLog& corrupt) -> T { die(kCorruptLog, corrupt.message() + advice); },
          [](storage::IoFailure& failure) -> T { die(kLogWriteFailed, failure.message); }},
      result);
}

/// The state recovered from the data directory.
struct Storage {
  std::unique_ptr<storage::Log> log;
  std::shared_ptr<storage::SnapshotStore> snapshots;
  raft::Recovered recovered;
  std::uint64_t incarnation = 0;
};

Storage open_storage(storage::FileSystem& files, const Options& options) {
  const std::string& directory = options.data;
  Storage opened;
  opened.incarnation = take_or_die<std::uint64_t>(storage::next_incarnation(files, directory),
                                                  kAdviceForIncarnation);
  storage::LogOptions log_options{.segment_bytes = options.segment_bytes};
  if (options.accept_lost_log) log_options.accept_lost = options.raft.id;
  // If the loss cannot be accepted, the error itself contains the advice.
  auto log = take_or_die<storage::Log::Opened>(storage::Log::open(files, directory, log_options),
                                               options.accept_lost_log ? "" : kAdviceForLog);
  if (!log.loss.empty()) {
    report(kStopped, "accepted a loss: " + log.loss +
                         "; this node grants no votes until restore-vote (node/PROTOCOL.md)");
  }
  if (log.bytes_cut > 0) {
    std::fprintf(stderr, "capsize-node: cut a torn tail of %llu bytes, saved in %s\n",
                 static_cast<unsigned long long>(log.bytes_cut), log.cut_file.c_str());
  }
  const raft::Snapshot& snapshot = log.recovered.snapshot;
  if (snapshot && !replica::Replica::is_snapshot(*snapshot.state)) {
    die(kCorruptLog,
        storage::CorruptLog{directory + "/" + storage::kSnapshotFile, storage::kSnapshotHeaderBytes,
                            "found content that this version cannot restore"}
            .message());
  }
  opened.log = std::move(log.log);
  opened.snapshots = std::move(log.snapshots);
  opened.recovered = std::move(log.recovered);
  return opened;
}

bool print_ready(const raft::Config& config) {
  const std::string_view active = bugs::active();
  const std::string bug = active.empty() ? "null" : "\"" + std::string(active) + "\"";
  return std::printf("{\"ready\":true,\"node\":\"%s\",\"incarnation\":%llu,\"bug\":%s}\n",
                     wire::node_name(config.id.value()).c_str(),
                     static_cast<unsigned long long>(config.incarnation), bug.c_str()) > 0 &&
         std::fflush(stdout) == 0;
}

int run(const Options& options) {
  const bugs::ActiveBug bug(options.bug);
  if (const auto status = wire::limit_connections(); !status) {
    return report(kSystemCallFailed, status.error().message);
  }
  const int signals = block_and_watch_signals();
  if (signals < 0) return report(kSystemCallFailed, "signalfd failed");
  storage::PosixFileSystem disk;
  storage::DiskFaults faults;
  storage::FaultyFileSystem files(disk, faults);
  if (const auto status = files.make_directory(options.data); !status) {
    return report(kLogWriteFailed, status.error().message);
  }
  const auto lock = storage::DirectoryLock::acquire(options.data);
  if (!lock) return report(kDirectoryInUse, "another process is using " + options.data);
  Storage storage = open_storage(files, options);
  raft::Config config = options.raft;
  config.incarnation = storage.incarnation;
  auto trace = TraceWriter::open(options.trace, config.id, config.incarnation);
  if (!trace) return report(kBadArguments, "--trace: " + trace.error().message);

  const transport::Context context;
  auto peers = transport::PeerTransport::open(
      context, {options.run_id, config.id, config.incarnation, options.listen, options.peers});
  if (!peers) return report(kCannotBind, peers.error().message);
  ClientPort clients(context);
  transport::Router control(context, kControlBytesMax);
  for (const auto& status : {clients.bind(options.client), control.bind(options.control)}) {
    if (!status) return report(kCannotBind, status.error().message);
  }
  const auto write_failed = [](const base::Error& error) { die(kLogWriteFailed, error.message); };
  storage::LogThread log(std::move(storage.log), write_failed);
  storage::SnapshotThread snapshots(std::move(storage.snapshots), write_failed);
  NodeClock clock(true_now());
  Driver driver(options, config, std::move(storage.recovered),
                {*peers.value(), clients, control, log, snapshots, trace.value(), clock, faults});
  if (!print_ready(config)) return report(kSystemCallFailed, "cannot write to standard output");
  driver.run(signals);
  faults.end_waits();  // otherwise a stalled disk would block the threads' destructors
  return kStopped;
}

}  // namespace

int run_node(std::span<char* const> arguments) {
  if (!wire::bind_to_parent(arguments)) return report(kParentGone, "the parent process is gone");
  auto request = parse_options(arguments);
  if (!request) return report(kBadArguments, request.error().message);
  return std::visit(Overloaded{[](const RunNode& node) { return run(node.options); },
                               [](const AskStatus& ask) { return print_status(ask); },
                               [](const PrintText& print) {
                                 std::fputs(print.text.c_str(), stdout);
                                 return static_cast<int>(kStopped);
                               }},
                    request.value());
}

}  // namespace capsize::app
