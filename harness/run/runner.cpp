#include "harness/run/runner.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "harness/behaviour/behaviour_record.h"
#include "harness/cluster/clock.h"
#include "harness/evidence/evidence.h"
#include "harness/evidence/signature.h"
#include "harness/judge/checks.h"
#include "harness/page/run_page.h"
#include "harness/process/descriptors.h"
#include "harness/recorder/history_writer.h"
#include "harness/report/results.h"
#include "harness/run/disk_reserve.h"
#include "harness/run/disk_watch.h"
#include "harness/run/interactive_control.h"
#include "harness/run/signals.h"
#include "harness/scenario/plan.h"
#include "harness/store/log.h"
#include "harness/store/run_directory.h"
#include "harness/store/run_lock.h"
#include "workloads/workload.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kStepMax = 20ms;
constexpr base::Duration kProgressInterval = 200ms;
constexpr base::Duration kInteractiveInterval = 2ms;
constexpr auto kMembersBound = 5000ms;
constexpr base::Duration kDiskInterval = 250ms;

/// Writes faults.jsonl, a line at a time, and a note in the history for each begin and end.
class FaultLog {
 public:
  FaultLog(const RunDirectory& directory, HistoryWriter& history)
      : path_(directory.faults().string()), file_(path_), history_(history) {
    append(base::Json({{nemesis::kFaultsFormat, nemesis::kFaultsVersion}}).dump());
  }
  void write(const nemesis::FaultEvent& event) {
    const base::Json line = nemesis::to_json(event);
    append(line.dump());
    if (event.stage != nemesis::FaultStage::kPlanned) {
      history_.note(event.time, event.fault->spec.kind,
                    base::Json({{"id", event.fault->id},
                                {"stage", line["stage"]},
                                {"target", line["target"]},
                                {"state", line["state"]}})
                        .dump());
    }
  }
  /// The first write that failed; nothing: none has.
  [[nodiscard]] const std::optional<InfrastructureCause>& failure() const { return failure_; }

 private:
  void append(const std::string& line) {
    if (failure_) return;
    errno = 0;
    file_ << line << '\n';
    file_.flush();
    if (file_) return;
    const int error = errno;
    failure_ = {kind_of_errno(error), path_ + ": cannot be written: " + std::strerror(error)};
  }

  std::string path_;
  std::ofstream file_;
  std::optional<InfrastructureCause> failure_;
  HistoryWriter& history_;
};

/// Names the kinds of faults that are active, sorted, for the count of behaviours.
class ActiveKinds {
 public:
  /// Returns whether the set has changed.
  bool follow(const nemesis::FaultEvent& event) {
    const std::string& kind = event.fault->spec.kind;
    const bool begins = event.stage == nemesis::FaultStage::kBegin;
    if (begins && event.state == nemesis::FaultState::kInstalled) return ++active_[kind] == 1;
    if (event.stage != nemesis::FaultStage::kEnd || !active_.contains(kind)) return false;
    if (--active_[kind] > 0) return false;
    active_.erase(kind);
    return true;
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const auto& [kind, count] : active_) all += (all.empty() ? "" : ",") + kind;
    return all;
  }

 private:
  std::map<std::string, int> active_;
};

class Run {
 public:
  Run(const Scenario& scenario, const RunOptions& options, const RunDirectory& directory)
      : options_(options),
        directory_(directory),
        cluster_({.nodes = scenario.nodes,
                  .spares = spares_of(scenario),
                  .binaries = options.binaries,
                  .run_directory = directory.path(),
                  .bug = scenario.bug,
                  .node_arguments = scenario.node_arguments,
                  .seed = *scenario.seed},
                 messaging_),
        reserve_(directory.path() / "reserve") {
    outcome_.scenario = scenario;
    outcome_.directory = directory.path();
    outcome_.store = options.store;
    outcome_.replay_of = options.requests != nullptr ? directory.path() : options.recorded_from;
    outcome_.binaries = options.binaries;
    outcome_.plan = plan(scenario);
    outcome_.interactive = options.requests != nullptr;
    outcome_.replayed = options.recorded != nullptr;
    if (!outcome_.scenario.expect && options.requests != nullptr) {
      // The controlling program sees which faults took effect; the run only promises load.
      outcome_.scenario.expect = Expectations{.ok = 10};
    }
    if (!outcome_.scenario.expect) {
      outcome_.scenario.expect = default_expectations(scenario, outcome_.plan);
    }
  }

  Outcome execute() {
    guarded("run", [this] { attempt(); });
    cluster_.shut_down();
    write_results();
    return std::move(outcome_);
  }

 private:
  /// Everything until the verdict.
  void attempt() {
    if (reserve_.failure()) return fail(*reserve_.failure());
    if (auto failure = store_json(directory_.path() / "scenario.json",
                                  scenario_file_json(outcome_.scenario))) {
      return fail(*std::move(failure));
    }
    const auto spawned = monotonic_now();
    if (auto failure = cluster_.start()) return fail(*std::move(failure));
    outcome_.started_in = monotonic_now() - spawned;
    log_info("{} nodes take requests after {} ms", outcome_.scenario.nodes,
             outcome_.started_in.count() / 1'000'000);
    load_under_faults();
    cluster_.shut_down();
    check_everything();
  }

  /// From any thread: the infrastructure failed. Ends the load: what is recorded from now on says
  /// nothing about the cluster. Healing and the checks of what was recorded follow.
  void fail(InfrastructureCause cause) {
    log_error("{}: {}", name(cause.kind), cause.text);
    {
      const std::lock_guard lock(failure_mutex_);
      outcome_.fail(std::move(cause));
    }
    failed_ = true;
    stop();
  }

  void load_under_faults() {
    const auto* workload = workloads::Workloads::instance().find(outcome_.scenario.workload);
    const auto generator = workload->generator(outcome_.scenario.concurrency);
    HistoryWriter history;
    const auto header = base::Json(
        {{"capsize-history", 1}, {"model", workload->model()}, {"workload", workload->name()}});
    if (auto opened = history.open(directory_.history(), header.dump()); !opened) {
      return fail({kind_of_errno(history.error_number()), opened.error().message});
    }
    const RunClock clock(monotonic_now());
    start_ = clock.start();
    outcome_.start = start_;
    pressure_ = read_pressure();
    SignalGuard signals;  // before any thread, which inherits the blocked signals
    const DiskWatch disk(sync_of_file(directory_.path() / "disk-watch"), kDiskInterval);
    LoadGenerator load(messaging_, history, clock, *generator, load_options(disk));
    FaultLog fault_log(directory_, history);
    auto played = options_.recorded != nullptr ? nemesis::make_scripts(*options_.recorded)
                                               : scripts(outcome_.scenario, outcome_.plan);
    nemesis::Nemesis nemesis(std::move(played), cluster_, *outcome_.scenario.seed,
                             [&](const auto& event) {
                               fault_log.write(event);
                               follow_faults(event);
                             });

    InteractiveControl control(nemesis, cluster_, options_.answer);
    std::thread client([&] { run_clients(load, disk); });
    guarded("load", [&] { drive(clock, load, nemesis, control, signals, history, fault_log); });
    guarded("healing", [&] {
      if (!healed_) heal(clock, nemesis);  // one of the two threads failed
    });
    healed_ = true;  // the client thread waits for it
    client.join();
    history.flush();
    look_for_failures(history, fault_log);
    collect(load, nemesis, disk);
    collect_behaviours();
  }

  /// Behaviours under different faults are different.
  void follow_faults(const nemesis::FaultEvent& event) {
    if (!active_kinds_.follow(event)) return;
    if (const auto status = cluster_.set_context(active_kinds_.text()); !status) {
      log_error("{}", status.error().message);
    }
  }

  void collect_behaviours() {
    auto chains = cluster_.message_chains();
    auto behaviours = chains ? parse_behaviours(chains.value()) : chains.error();
    if (behaviours) {
      outcome_.behaviours = std::move(behaviours).value();
    } else {
      log_error("behaviours: {}", behaviours.error().message);
    }
  }

  /// In the record of the store. What a seeded bug makes the nodes do is no behaviour of the
  /// system, and a run without a verdict may have been cut short.
  void record_behaviour() {
    if (!outcome_.behaviours || !outcome_.scenario.bug.empty() || outcome_.cause ||
        outcome_.interrupted) {
      return;
    }
    const auto run = std::filesystem::path(directory_.path()).lexically_relative(options_.store);
    auto news = record_behaviours(options_.store, run.string(), *outcome_.behaviours);
    if (news) {
      outcome_.behaviour_news = news.value();
    } else {
      log_error("behaviours: {}", news.error().message);
    }
  }

  /// An exception ends the run, not the process: the cluster must still be healed and stopped.
  template <class Step>
  void guarded(const char* what, const Step& step) {
    try {
      step();
    } catch (const std::exception& failure) {
      fail({kind_of(failure), fmt::format("{}: {}", what, failure.what())});
    }
  }

  /// The client thread.
  void run_clients(LoadGenerator& load, const DiskWatch& disk) {
    guarded("client thread", [&] {
      load.run(enough_);
      load_ended_ = true;
      load.settle(healed_);
      outcome_.worst_lag = load.take_worst_lag();
      outcome_.disk_hung = disk.hung_since(start_);
      const auto healed = monotonic_now();
      if (!stop_) outcome_.recoveries = load.finish(stop_);
      outcome_.worst_lag_after_healing = load.take_worst_lag();
      outcome_.disk_hung_after_healing = disk.hung_since(healed);
    });
    load_ended_ = true;
    finished_ = true;
  }

  LoadGeneratorOptions load_options(const DiskWatch& disk) {
    const Scenario& scenario = outcome_.scenario;
    LoadGeneratorOptions options{.concurrency = scenario.concurrency,
                                 .rate = scenario.rate,
                                 .time_limit = scenario.time_limit,
                                 .client_timeout = scenario.client_timeout,
                                 .retries = scenario.retries,
                                 .read_level = scenario.read_level,
                                 .live_bound = scenario.live_bound,
                                 .extension =
                                     [&disk](base::Instant healed) {
                                       return std::min(disk.hung_since(healed), kLiveExtensionMax);
                                     },
                                 .seed = *scenario.seed};
    for (std::size_t node = 0; node < scenario.nodes; ++node) {
      options.nodes.push_back({cluster_.client_endpoint(node), &cluster_.traffic(node)});
    }
    return options;
  }

  /// The main thread's loop, until the client thread has finished.
  void drive(const RunClock& clock, const LoadGenerator& load, nemesis::Nemesis& nemesis,
             InteractiveControl& control, SignalGuard& signals, const HistoryWriter& history,
             const FaultLog& fault_log) {
    base::Duration shown{};
    while (!finished_) {
      base::Duration wake = clock.now() + kStepMax;
      if (!load_ended_) {
        if (const auto next = nemesis.step(clock.now())) wake = std::min(wake, *next);
        if (options_.requests) wake = std::min(wake, serve_requests(control, clock.now()));
      } else if (!healed_) {
        heal(clock, nemesis);
      }
      look_for_failures(history, fault_log);
      if (options_.progress && clock.now() - shown >= kProgressInterval) {
        shown = clock.now();
        options_.progress(progress(clock, load, nemesis));
      }
      if (signals.wait(wake - clock.now())) {
        outcome_.interrupted = true;
        stop();
      }
    }
  }

  void heal(const RunClock& clock, nemesis::Nemesis& nemesis) {
    outcome_.load_time = clock.now();
    outcome_.pressure = pressure_between(pressure_, read_pressure(), outcome_.load_time);
    nemesis.stop(clock.now(), outcome_.interrupted ? "interrupted"
                              : failed_            ? "the infrastructure failed"
                                                   : "end of the load");
    // After a failure there are no final reads, which need the members.
    if (failed_) {
      healed_ = true;
      return;
    }
    if (auto restored = cluster_.restore_members(kMembersBound); !restored) {
      log_error("{}", restored.error().message);
    }
    healed_ = true;
  }

  /// Of the processes and of the files that grow during the load; reports each of them once.
  void look_for_failures(const HistoryWriter& history, const FaultLog& fault_log) {
    if (!cluster_failed_) {
      if (auto failure = cluster_.supervise()) {
        cluster_failed_ = true;
        fail(*std::move(failure));
      }
    }
    if (const int error = history.error_number(); error != 0 && !history_failed_) {
      history_failed_ = true;
      fail({kind_of_errno(error),
            fmt::format("{}: cannot be written: {}", history.path(), std::strerror(error))});
    }
    if (fault_log.failure() && !fault_log_failed_) {
      fault_log_failed_ = true;
      fail(*fault_log.failure());
    }
  }

  void stop() {
    enough_ = true;
    stop_ = true;
  }

  /// Takes the requests that have arrived and sends the replies that are due. Returns when to call
  /// it again.
  base::Duration serve_requests(InteractiveControl& control, base::Duration now) {
    for (const auto& line : options_.requests->take()) control.take(line, now);
    control.step(now);
    if (control.finish_asked()) enough_ = true;
    if (options_.requests->closed() && !enough_) {
      // The controlling program has gone: no verdict is wanted.
      outcome_.interrupted = true;
      stop();
    }
    return now + kInteractiveInterval;
  }

  Progress progress(const RunClock& clock, const LoadGenerator& load,
                    const nemesis::Nemesis& nemesis) {
    const auto view = cluster_.view();
    return {.time = clock.now(),
            .time_limit = outcome_.scenario.time_limit,
            .ok = load.live().ok,
            .fail = load.live().fail,
            .info = load.live().info,
            .ok_latency = base::Duration(load.live().ok_latency_ns.load()),
            .leader = view.leader ? nemesis::node_name(*view.leader) : "-",
            .term = view.term,
            .faults = nemesis.active(),
            .activity = load_ended_ ? "healing" : "load"};
  }

  void collect(const LoadGenerator& load, const nemesis::Nemesis& nemesis, const DiskWatch& disk) {
    outcome_.statistics = load.statistics();
    outcome_.faults = nemesis.records();
    outcome_.unreached_phases = nemesis.unreached_phases();
    outcome_.operations_under_faults =
        operations_under_faults(outcome_.faults, outcome_.statistics.spans);
    outcome_.crashes = cluster_.crashes();
    outcome_.stopped_from_outside = cluster_.stopped_from_outside();
    const auto& writes = outcome_.statistics.ok_write_times;
    for (const auto& fault : outcome_.faults) {
      outcome_.service.push_back(
          service_around(fault, outcome_.faults, outcome_.statistics, outcome_.load_time));
      auto& service = outcome_.service.back();
      const auto healed = start_ + fault.end;
      service.disk_hung = disk.hung_between(healed, healed + service.undisturbed);
    }
    outcome_.longest_outage = longest_outage(writes, outcome_.load_time);
    outcome_.quiet_rate =
        quiet_rate(outcome_.faults, outcome_.statistics.ok_times, outcome_.load_time);
    if (!writes.empty()) outcome_.first_write = writes.front();
  }

  void check_everything() {
    std::error_code none;
    const auto recorded = std::filesystem::file_size(directory_.history(), none);
    if (!none && recorded > 0) run_checks(outcome_, directory_, start_);
    outcome_.failures = failures_of(outcome_, trace_facts_of(outcome_));
    outcome_.verdict_after = monotonic_now() - start_ - outcome_.load_time;
  }

  /// The last files of the run. results.json says that the run is over; only its page follows.
  void write_results() {
    reserve_.release();
    record_behaviour();
    const base::Json results = to_json(outcome_);
    if (auto written = write_evidence(outcome_, results); !written) {
      log_error("{}", written.error().message);
    }
    if (auto failure = store_json(directory_.results(), results)) {
      fail(*std::move(failure));
      return;
    }
    // After results.json, from which it is made. A run without its page is still a run.
    if (!options_.page) return;
    if (auto written = write_report(directory_.path()); !written) {
      log_error("{}: {}", kReportFile, written.error().message);
    }
  }

  const RunOptions& options_;
  const RunDirectory& directory_;
  Messaging messaging_;
  ProcessCluster cluster_;
  Outcome outcome_;
  DiskReserve reserve_;
  base::Instant start_{};
  ActiveKinds active_kinds_;
  PressureTotals pressure_;   // at the start of the load
  std::mutex failure_mutex_;  // guards Outcome::fail() until the client thread has ended
  bool cluster_failed_ = false, history_failed_ = false, fault_log_failed_ = false;
  std::atomic<bool> failed_{false};
  std::atomic<bool> enough_{false};  // ends the load; healing and final reads follow
  std::atomic<bool> stop_{false};    // ends healing and final reads early, too
  std::atomic<bool> load_ended_{false};
  std::atomic<bool> healed_{false};
  std::atomic<bool> finished_{false};
};

/// Each socket of a client needs a descriptor for its mailbox and one for its connection, and a
/// third while its node is down. The rest is the harness's own: files, children, control.
std::optional<InfrastructureCause> missing_descriptors(const Scenario& scenario) {
  constexpr std::uint64_t kEachSocket = 3, kOwn = 64, kEachNode = 6;
  const std::uint64_t sockets = scenario.concurrency * (scenario.retries > 0 ? scenario.nodes : 1);
  const std::uint64_t needed = kOwn + kEachNode * scenario.nodes + kEachSocket * sockets;
  const std::uint64_t permitted = raise_descriptor_limit();
  if (needed <= permitted) return std::nullopt;
  return InfrastructureCause{
      CauseKind::kDescriptors,
      fmt::format("--concurrency {} needs up to {} open files and sockets, but this process may "
                  "have {} (ulimit -n)",
                  scenario.concurrency, needed, permitted)};
}

std::variant<RunDirectory, InfrastructureCause> run_directory(const Scenario& scenario,
                                                              const RunOptions& options) {
  if (options.run_directory.empty()) {
    return RunDirectory::create(options.store, scenario.name, *scenario.seed, options.move_latest);
  }
  auto adopted = RunDirectory::adopt(options.run_directory);
  if (!adopted) return InfrastructureCause{CauseKind::kHarness, adopted.error().message};
  return std::move(adopted).value();
}

}  // namespace

Outcome run_scenario(const Scenario& scenario, const RunOptions& options) {
  CHECK(scenario.seed.has_value(), "a run has a seed");
  Outcome failed;
  failed.scenario = scenario;
  failed.store = options.store;
  const auto fail = [&failed](InfrastructureCause cause) {
    failed.fail(std::move(cause));
    return failed;
  };
  try {
    if (auto missing = missing_descriptors(scenario)) return fail(*std::move(missing));
    auto directory = run_directory(scenario, options);
    if (auto* cause = std::get_if<InfrastructureCause>(&directory)) return fail(std::move(*cause));
    const auto& created = std::get<RunDirectory>(directory);
    failed.directory = created.path();
    const RunLock lock(failed.directory);
    open_log(failed.directory / "harness.log");
    if (options.created) options.created(failed.directory);
    return Run(scenario, options, created).execute();
  } catch (const std::exception& unexpected) {
    return fail({kind_of(unexpected), unexpected.what()});
  }
}

}  // namespace capsize::harness
