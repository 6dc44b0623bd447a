// capsize bench: the cells of the table, each on a cluster of real nodes, without the proxy or with
// it at rest.
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
  bool to_all = false;  // clients spread over all nodes, otherwise all at the leader
  bool tcp = false;
  bool trace = true;
  bool proxy = false;
  std::vector<std::string> connect;  // client endpoints of nodes that run already: none is started
  std::filesystem::path binaries;
  std::filesystem::path directory;  // a folder of its own is made in it, and removed
  std::vector<std::string> node_arguments;
  std::function<bool()> stopped;  // true ends it, with an error, once all processes are gone
};

/// What an operation cannot be faster than, measured in the same place.
struct RawTimes {
  LatencyHistogram sync, round_trip;
};

struct Cell {
  std::size_t nodes = 0, clients = 0;
  std::string operation;
  CellResult result;
};

/// Told as they come.
struct BenchEvents {
  std::function<void(const RawTimes&)> measured;
  std::function<void(const Cell&)> finished;
};

/// With `connect`, the clients are spread over those endpoints, `nodes` in a cell is their number,
/// and nothing is raw-timed or filled in. All processes are gone when it returns. Error: the
/// harness' own, or a node that ended, or puts that were acknowledged and are not in the log.
[[nodiscard]] base::Status run_bench(const BenchOptions& options, const BenchEvents& events);

}  // namespace capsize::harness
