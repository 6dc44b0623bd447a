// capsize bench: throughput and latency of a healthy cluster, without the proxy unless requested.
#include <fmt/core.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "base/units.h"
#include "base/version.h"
#include "checker/core/verdict.h"
#include "harness/bench/bench.h"
#include "harness/cli/binaries.h"
#include "harness/cli/verb.h"
#include "harness/cluster/messaging_many.h"
#include "harness/run/signals.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::size_t kClientsMax = 4096;
constexpr std::size_t kNodesMax = 9;
constexpr std::size_t kValueBytesMax = 512 * 1024;

double microseconds(base::Duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

Json latencies(const LatencyHistogram& histogram) {
  return {{"p50-us", microseconds(histogram.quantile(0.5))},
          {"p99-us", microseconds(histogram.quantile(0.99))},
          {"max-us", microseconds(histogram.max())}};
}

Json to_json(const Cell& cell) {
  Json item = latencies(cell.result.latency);
  item.update({{"nodes", cell.nodes},
               {"clients", cell.clients},
               {"operation", cell.operation},
               {"per-second", cell.result.per_second()},
               {"operations", cell.result.latency.count()},
               {"failed", cell.result.failed}});
  return item;
}

void print_raw(const char* what, const LatencyHistogram& times) {
  fmt::print("{:<42} p50 {:>7.0f} us   p99 {:>7.0f} us\n", what, microseconds(times.quantile(0.5)),
             microseconds(times.quantile(0.99)));
}

void print_heading() {
  fmt::print("\n{:>5} {:>8} {:>10} {:>12} {:>10} {:>10} {:>10} {:>8}\n", "nodes", "clients",
             "operation", "per second", "p50 us", "p99 us", "max us", "failed");
}

void print_cell(const Cell& cell) {
  const LatencyHistogram& latency = cell.result.latency;
  fmt::print("{:>5} {:>8} {:>10} {:>12.0f} {:>10.0f} {:>10.0f} {:>10.0f} {:>8}\n", cell.nodes,
             cell.clients, cell.operation, cell.result.per_second(),
             microseconds(latency.quantile(0.5)), microseconds(latency.quantile(0.99)),
             microseconds(latency.max()), cell.result.failed);
  std::fflush(stdout);
}

class Bench final : public Verb {
 public:
  std::string_view name() const override { return "bench"; }
  std::string_view summary() const override {
    return "Throughput and latency of a healthy cluster";
  }
  std::string_view examples() const override {
    return "Each client has one operation in flight. Latencies are at most 1 % too high. The "
           "first\n"
           "tenth of each cell's time is not measured.\n"
           "Examples:\n"
           "  capsize bench                                        # 3 and 5 nodes, 1 to 256 "
           "clients\n"
           "  capsize bench --nodes 3 --clients 64 --time 10s --json bench.json\n"
           "  capsize bench --nodes 3 --clients 64 --no-trace      # the cost of the trace\n"
           "  capsize bench --nodes 3 --clients 64 --proxy         # the cost of an idle proxy\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("--nodes", options_.nodes, "cluster sizes")
        .separated_by(',')
        .range(1, kNodesMax)
        .default_text("3,5");
    line.option("--clients", options_.clients, "numbers of clients")
        .separated_by(',')
        .range(1, kClientsMax)
        .default_text("1,8,64,256");
    line.option("--operations", options_.operations, "put, get (linearizable)")
        .separated_by(',')
        .one_of({"put", "get"})
        .default_text("put,get");
    line.option("--time", time_, "duration of each cell").show_default();
    line.option("--value-bytes", options_.value_bytes, "bytes of the value of a put")
        .range(1, kValueBytesMax)
        .show_default();
    line.option("--keys", options_.keys, "number of keys").positive().show_default();
    line.option("--connect", options_.connect,
                "client endpoint of a running node; may be repeated. No cluster is started, and "
                "--nodes and the options for nodes have no effect");
    line.option("--target", target_, "nodes that the clients use: the leader, or all in turn")
        .one_of({"leader", "all"})
        .show_default();
    line.option("--transport", transport_,
                "ipc (sockets in a private directory), or tcp on loopback")
        .one_of({"ipc", "tcp"})
        .show_default();
    line.option("--directory", directory_, "directory of the nodes' logs while the benchmark runs")
        .show_default();
    line.option("--node-arg", options_.node_arguments,
                "argument for every node, as --node-arg=--heartbeat=30ms");
    line.flag("--no-trace", no_trace_, "nodes write no trace");
    line.flag("--proxy", options_.proxy, "route every link through the proxy, without rules");
    line.option("--json", json_, "write the same figures to this file, as JSON");
  }

  int run() override {
    const auto time = base::parse_duration(time_);
    if (!time || time.value() <= base::Duration::zero()) {
      return usage_error(fmt::format("--time: found '{}', expected 5s", time_));
    }
    for (const std::string& endpoint : options_.connect) {
      const auto valid = check_connectable(endpoint);
      if (!valid) return usage_error("--connect: " + valid.error().message);
    }
    options_.time = time.value();
    options_.to_all = target_ == "all";
    options_.tcp = transport_ == "tcp";
    if (options_.tcp && options_.proxy) return usage_error("--proxy: expected --transport ipc");
    options_.trace = !no_trace_;
    options_.directory = directory_;
    options_.binaries = binary_directory();
    Json document = {{"capsize-bench", 1},
                     {"revision", base::revision()},
                     {"cores", std::thread::hardware_concurrency()},
                     {"value-bytes", options_.value_bytes},
                     {"transport", transport_},
                     {"target", target_},
                     {"trace", options_.trace},
                     {"proxy", options_.proxy},
                     {"cells", Json::array()}};
    SignalGuard signals;  // before any thread, which inherits the blocked signals
    bool interrupted = false;
    options_.stopped = [&] { return interrupted = interrupted || signals.wait({}); };
    if (!options_.connect.empty()) print_heading();
    const auto done =
        run_bench(options_, {.measured =
                                 [&](const RawTimes& raw) {
                                   document["disk-sync"] = latencies(raw.sync);
                                   document["zeromq-round-trip"] = latencies(raw.round_trip);
                                   print_raw("one sync of the disk (fdatasync)", raw.sync);
                                   print_raw("one ZeroMQ round trip", raw.round_trip);
                                   print_heading();
                                 },
                             .finished =
                                 [&](const Cell& cell) {
                                   document["cells"].push_back(to_json(cell));
                                   print_cell(cell);
                                 }});
    if (interrupted) return kInterruptedExit;
    if (!done) return harness_error(done.error().message);
    if (json_.empty()) return 0;
    std::ofstream file(json_);
    file << document.dump(1) << "\n";
    return file.flush() ? 0 : harness_error("cannot write " + json_);
  }

 private:
  static int harness_error(const std::string& message) {
    fmt::print(stderr, "capsize bench: {}\n", message);
    return checker::exit_code(checker::Verdict::kHarnessError);
  }

  BenchOptions options_;
  std::string time_ = "5s", target_ = "leader", transport_ = "ipc", directory_ = ".", json_;
  bool no_trace_ = false;
};

const base::Registered<Verb, Bench> registered;

}  // namespace
}  // namespace capsize::harness
