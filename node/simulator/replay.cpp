#include "node/simulator/replay.h"

#include <fmt/core.h>

#include <cstdio>
#include <map>

#include "node/app/trace_writer.h"
#include "node/simulator/exit_codes.h"

namespace capsize::simulator {
namespace {

/// Traces of all nodes in one file, as capsize-node writes them, in the order of virtual time.
class TraceFile {
 public:
  explicit TraceFile(std::string path) : path_(std::move(path)) {}
  void write(raft::NodeId node, std::uint64_t incarnation,
             const std::vector<raft::TraceEvent>& events, base::Instant time) {
    if (error_) return;
    const auto life = std::pair{node, incarnation};
    auto found = writers_.find(life);
    if (found == writers_.end()) {
      auto writer = app::TraceWriter::open(path_, node, incarnation);
      if (!writer) {
        error_ = writer.error();
        return;
      }
      found = writers_.emplace(life, std::move(writer).value()).first;
    }
    if (const auto status = found->second.write(events, time); !status) error_ = status.error();
  }
  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }

 private:
  std::string path_;
  std::map<std::pair<raft::NodeId, std::uint64_t>, app::TraceWriter> writers_;
  std::optional<base::Error> error_;
};

bool write_file(const std::string& path, std::string_view content) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return false;
  const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  return std::fclose(file) == 0 && written;
}

}  // namespace

simulation::RunOptions run_options(const Options& options, std::uint64_t seed) {
  simulation::RunOptions run;
  run.seed = seed;
  run.chaos = options.chaos;
  run.bug = options.bug;
  return run;
}

int run_one(const Options& options) {
  simulation::RunOptions run = run_options(options, options.first);
  TraceFile trace(options.trace);
  if (!options.trace.empty()) {
    if (!write_file(options.trace, "")) {
      fmt::print(stderr, "capsize-sim: cannot write {}\n", options.trace);
      return kSimulatorError;
    }
    run.trace = [&](raft::NodeId node, std::uint64_t incarnation,
                    const std::vector<raft::TraceEvent>& events,
                    base::Instant time) { trace.write(node, incarnation, events, time); };
  }
  const simulation::RunResult result = simulation::run_seed(run);
  if (trace.error()) {
    fmt::print(stderr, "capsize-sim: {}\n", trace.error()->message);
    return kSimulatorError;
  }
  if (!options.history.empty() && !write_file(options.history, result.history)) {
    fmt::print(stderr, "capsize-sim: cannot write {}\n", options.history);
    return kSimulatorError;
  }
  fmt::print("seed {} ({})\n{} steps, {} ok, {} indeterminate, {} faults, fingerprint {:016x}\n",
             run.seed, result.configuration, result.steps, result.ok, result.info, result.faults,
             result.fingerprint);
  for (const std::string& problem : result.problems) fmt::print("  {}\n", problem);
  return result.problems.empty() ? kHolds : kViolated;
}

}  // namespace capsize::simulator
