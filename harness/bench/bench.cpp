#include "harness/bench/bench.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "harness/bench/bare_cluster.h"
#include "harness/cluster/clock.h"
#include "harness/cluster/messaging_many.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;

// How long one sync takes on this disk: a lower bound of a put's latency. Appends `bytes` bytes to
// a preallocated file in `directory` and calls fdatasync, `times` times; then removes the file.
base::Result<std::vector<base::Duration>> measure_syncs(const fs::path& directory,
                                                        std::size_t bytes, std::size_t times) {
  const std::string path = (directory / "raw-sync").string();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const std::string block(bytes, 'x');
  std::vector<base::Duration> syncs;
  bool worked = file >= 0 && ::posix_fallocate(file, 0, static_cast<off_t>(bytes * times)) == 0 &&
                ::fsync(file) == 0;
  for (std::size_t i = 0; worked && i < times; ++i) {
    const auto begin = monotonic_now();
    worked = ::pwrite(file, block.data(), bytes, static_cast<off_t>(i * bytes)) ==
                 static_cast<ssize_t>(bytes) &&
             ::fdatasync(file) == 0;
    syncs.push_back(monotonic_now() - begin);
  }
  const int reason = errno;
  if (file >= 0) ::close(file);
  ::unlink(path.c_str());
  if (!worked) return base::Error{fmt::format("{}: {}", path, std::strerror(reason))};
  return syncs;
}

constexpr std::size_t kRawTimes = 300;
constexpr std::size_t kRecordBytes = 64;  // of a log record and a request, without the value
constexpr auto kFillTime = std::chrono::seconds(1);

LatencyHistogram to_histogram(const std::vector<base::Duration>& times) {
  LatencyHistogram histogram;
  for (const base::Duration time : times) histogram.add(time);
  return histogram;
}

/// A directory that is removed at the end.
class Folder {
 public:
  static base::Result<std::unique_ptr<Folder>> make(const fs::path& in) {
    std::error_code error;
    fs::create_directories(in, error);
    std::string name = (in / "capsize-bench-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr) {
      return base::Error{fmt::format("--directory: cannot make a folder in {}", in.string())};
    }
    return std::make_unique<Folder>(name);
  }
  explicit Folder(fs::path path) : path_(std::move(path)) {}
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

CellOptions cell_options(const BenchOptions& options, const std::string& operation,
                         const std::vector<std::string>& endpoints, std::size_t clients) {
  CellOptions cell;
  cell.put = operation == "put";
  cell.time = options.time;
  cell.value_bytes = options.value_bytes;
  cell.keys = options.keys;
  cell.stopped = options.stopped;
  for (std::size_t client = 0; client < clients; ++client) {
    cell.endpoints.push_back(endpoints[client % endpoints.size()]);
  }
  return cell;
}

/// The endpoints that the clients of a cell send to.
std::vector<std::string> asked(const BenchOptions& options, const BareCluster& cluster,
                               std::size_t leader) {
  if (!options.to_all) return {cluster.client_endpoint(leader)};
  std::vector<std::string> endpoints;
  for (std::size_t node = 0; node < cluster.size(); ++node) {
    endpoints.push_back(cluster.client_endpoint(node));
  }
  return endpoints;
}

/// Checks that acknowledged puts are in the log: otherwise the figures measure something else.
base::Status check_committed(const Cell& cell, std::uint64_t before, std::uint64_t after) {
  const std::uint64_t puts = cell.operation == "put" ? cell.result.acknowledged : 0;
  if (after >= before + puts) return {};
  return base::Error{fmt::format(
      "{} puts were acknowledged, and the commit index moved from {} to {}", puts, before, after)};
}

base::Result<Cell> run_one(const BenchOptions& options, const Messaging& messaging,
                           BareCluster& cluster, std::size_t clients,
                           const std::string& operation) {
  const auto leader = cluster.leader();
  if (!leader) return leader.error();
  const auto before = cluster.committed();
  if (!before) return before.error();
  const auto endpoints = asked(options, cluster, leader.value());
  auto result = run_cell(messaging, cell_options(options, operation, endpoints, clients));
  if (const auto supervised = cluster.supervise(); !supervised) return supervised.error();
  if (!result) return result.error();
  const auto after = cluster.committed();
  if (!after) return after.error();
  Cell cell{cluster.size(), clients, operation, std::move(result).value()};
  if (auto right = check_committed(cell, before.value(), after.value()); !right) {
    return right.error();
  }
  return cell;
}

base::Status run_size(const BenchOptions& options, const Messaging& messaging,
                      const fs::path& folder, std::size_t nodes, const BenchEvents& events) {
  BareCluster cluster({.nodes = nodes,
                       .binaries = options.binaries,
                       .directory = folder / fmt::format("{}-nodes", nodes),
                       .trace = options.trace,
                       .tcp = options.tcp,
                       .proxy = options.proxy,
                       .node_arguments = options.node_arguments},
                      messaging);
  if (auto started = cluster.start(); !started) return started;
  const auto leader = cluster.leader();
  if (!leader) return leader.error();
  CellOptions fill = cell_options(options, "put", {cluster.client_endpoint(leader.value())}, 1);
  fill.time = kFillTime;
  if (auto filled = fill_keys(messaging, fill); !filled) return filled;
  for (const std::size_t clients : options.clients) {
    for (const std::string& operation : options.operations) {
      const auto cell = run_one(options, messaging, cluster, clients, operation);
      if (!cell) return cell.error();
      events.finished(cell.value());
    }
  }
  return {};
}

base::Status run_connected(const BenchOptions& options, const BenchEvents& events) {
  const Messaging messaging;
  for (const std::size_t clients : options.clients) {
    for (const std::string& operation : options.operations) {
      auto result = run_cell(messaging, cell_options(options, operation, options.connect, clients));
      if (!result) return result.error();
      events.finished({options.connect.size(), clients, operation, std::move(result).value()});
    }
  }
  return {};
}

base::Result<LatencyHistogram> round_trips_of(const BenchOptions& options, const fs::path& folder,
                                              std::size_t bytes) {
  if (options.tcp) {
    return to_histogram(measure_round_trips("tcp://127.0.0.1:*", bytes, kRawTimes));
  }
  const auto sockets = SocketDirectory::create(folder);
  if (!sockets) return sockets.error();
  return to_histogram(
      measure_round_trips(sockets.value().endpoint("round-trip"), bytes, kRawTimes));
}

}  // namespace

base::Result<LatencyHistogram> disk_syncs(const fs::path& directory) {
  constexpr std::size_t kBytes = 128, kTimes = 100;
  const auto syncs = measure_syncs(directory, kBytes, kTimes);
  if (!syncs) return syncs.error();
  return to_histogram(syncs.value());
}

base::Status run_bench(const BenchOptions& options, const BenchEvents& events) {
  if (!options.connect.empty()) return run_connected(options, events);
  const auto folder = Folder::make(options.directory);
  if (!folder) return folder.error();
  const std::size_t bytes = options.value_bytes + kRecordBytes;
  const auto syncs = measure_syncs(folder.value()->path(), bytes, kRawTimes);
  if (!syncs) return syncs.error();
  auto round_trips = round_trips_of(options, folder.value()->path(), bytes);
  if (!round_trips) return round_trips.error();
  events.measured({to_histogram(syncs.value()), std::move(round_trips).value()});
  const Messaging messaging;
  for (const std::size_t nodes : options.nodes) {
    const auto done = run_size(options, messaging, folder.value()->path(), nodes, events);
    if (!done) return done;
  }
  return {};
}

}  // namespace capsize::harness
