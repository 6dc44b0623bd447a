#include "node/simulator/simulator.h"

#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <map>

#include "base/check.h"
#include "node/app/trace_writer.h"
#include "node/simulator/tally.h"

namespace capsize::simulator {
namespace {

volatile std::sig_atomic_t interrupted = 0;
void on_signal(int) {
  interrupted = 1;
}

std::uint64_t processor_time_ns() {
  timespec time{};
  CHECK(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0, "processor time can be read");
  return static_cast<std::uint64_t>(time.tv_sec) * kNanosecondsPerSecond +
         static_cast<std::uint64_t>(time.tv_nsec);
}

SeedSummary simulate(const Options& options, std::uint64_t seed) {
  const std::uint64_t before = processor_time_ns();
  simulation::RunOptions run = run_options(options, seed);
  run.keep_history = false;
  const simulation::RunResult result = simulation::run_seed(run);
  return {seed,
          result.problems.empty() ? 0U : 1U,
          result.ok,
          result.info,
          result.faults,
          result.leaders,
          result.committed,
          result.steps,
          result.snapshots,
          result.installs,
          static_cast<std::uint64_t>(result.simulated.count()),
          processor_time_ns() - before};
}

int run_many(const Options& options) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  Tally tally(options, [] { return interrupted != 0; });
  const auto status = run_workers(
      {options.first, options.last, options.jobs},
      [&](std::uint64_t seed) { return simulate(options, seed); }, tally);
  if (!status) {
    fmt::print(stderr, "capsize-sim: {}\n", status.error().message);
    return kSimulatorError;
  }
  tally.print_totals();
  if (tally.violations() > 0) return kViolated;
  return interrupted != 0 ? kInterrupted : kHolds;
}

}  // namespace

int run_simulator(std::span<char* const> arguments) {
  const auto parsed = parse_options(arguments);
  if (!parsed) {
    fmt::print(stderr, "capsize-sim: {} (see --help)\n", parsed.error().message);
    return kUsageError;
  }
  if (const auto* print = std::get_if<PrintText>(&parsed.value())) {
    fmt::print("{}", print->text);
    return kHolds;
  }
  const auto& options = std::get<Options>(parsed.value());
  return options.first == options.last ? run_one(options) : run_many(options);
}

namespace {

/// Traces of all nodes in one file, as capsize-node writes them, in the order of virtual time.
class TraceFile {
 public:
  explicit TraceFile(std::string path) : path_(std::move(path)) {}
  void write(raft::NodeId node, std::uint64_t incarnation,
             const std::vector<raft::TraceEvent>& events, base::Instant time) {
    if (error_) return;
    const auto key = std::pair{node, incarnation};
    auto found = writers_.find(key);
    if (found == writers_.end()) {
      auto writer = app::TraceWriter::open(path_, node, incarnation);
      if (!writer) {
        error_ = writer.error();
        return;
      }
      found = writers_.emplace(key, std::move(writer).value()).first;
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
