// capsize bench: the cells of the table, each on a cluster of real nodes, without the proxy or with
// one that has no rules.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>
#include "base/json.h"

#include "base/result.h"
#include "harness/bench/load_cell.h"

namespace capsize::harness {

struct BenchOptions {
  std::vector<std::size_t> nodes = {3, 5};
  std::vector<std::size_t> clients = {1, 8, 64, 256};
  std::vector<std::string> operations = {"put", "get"};
  base::Duration time = std::chrono::seconds(5);  // of each cell
  std::size_t value_bytes = 100;
  std::size_t keys = 1000;
  bool to_all = false;  // clients send to all nodes, otherwise all to the leader
  bool tcp = false;
  bool trace = true;
  bool proxy = false;
  std::vector<std::string> connect;  // client endpoints of running nodes; then none is started
  std::filesystem::path binaries;
  std::filesystem::path directory;  // a directory of its own is created in it, and removed
  std::vector<std::string> node_arguments;
  std::function<bool()> stopped;  // true ends all processes, then the benchmark with an error
};

/// Lower bounds of an operation's latency, measured on the same machine.
struct RawTimes {
  LatencyHistogram sync, round_trip;
};

struct Cell {
  std::size_t nodes = 0, clients = 0;
  std::string operation;
  CellResult result;
};

/// Called for each cell when it is measured.
struct BenchEvents {
  std::function<void(const RawTimes&)> measured;
  std::function<void(const Cell&)> finished;
};

/// How long a sync of a small append takes in this directory.
[[nodiscard]] base::Result<LatencyHistogram> disk_syncs(const std::filesystem::path& directory);

/// With `connect`, the clients are spread over those endpoints, `nodes` in a cell is their number,
/// and lower bounds are not measured. All processes have ended when it returns. Error: the harness
/// failed, a node ended, or acknowledged puts are not in the log.
[[nodiscard]] base::Status run_bench(const BenchOptions& options, const BenchEvents& events);

}  // namespace capsize::harness
