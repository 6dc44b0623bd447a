#include "harness/report/results.h"

#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

#include "base/crc32c.h"
#include "base/harness_bug.h"
#include "base/units.h"
#include "base/version.h"
#include "harness/judge/coverage.h"
#include "harness/scenario/key_values.h"
#include "harness/store/results_file.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {
namespace {

using base::Json;

std::int64_t milliseconds(base::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

Json counts(const OutcomeCounts& counts) {
  return {{"ok", counts.ok}, {"fail", counts.fail}, {"info", counts.info}};
}

Json checks(const Outcome& outcome) {
  Json list = Json::array();
  for (const auto& check : outcome.checks) {
    Json line = {{"name", check.name}, {"verdict", checker::name(check.verdict)}};
    if (!check.explanation.empty()) line["explanation"] = check.explanation;
    if (!check.bound.empty()) line["bound"] = check.bound;
    list.push_back(std::move(line));
  }
  return list;
}

Json failures(const Outcome& outcome) {
  Json list = Json::array();
  for (const auto& failure : outcome.failures) {
    list.push_back({{"signature", failure.signature},
                    {"check", failure.check},
                    {"anomaly", failure.anomaly},
                    {"label", failure.label},
                    {"meaning", failure.meaning},
                    {"sentence", failure.sentence},
                    {"faults", failure.faults},
                    {"count", failure.count},
                    {"at-ms", milliseconds(failure.at)}});
  }
  return list;
}

Json faults(const Outcome& outcome) {
  Json by_kind = Json::object();
  Json list = Json::array();
  for (std::size_t i = 0; i < outcome.faults.size(); ++i) {
    const auto& fault = outcome.faults[i];
    const std::string state(name(fault.state));
    Json& count = by_kind[fault.fault->spec.kind][state];
    count = count.is_null() ? 1 : count.get<int>() + 1;
    Json line = {{"id", fault.fault->id},
                 {"kind", fault.fault->spec.kind},
                 {"state", state},
                 {"begin-ms", milliseconds(fault.begin)},
                 {"end-ms", milliseconds(fault.end)},
                 {"planned-by", fault.fault->spec.planned_by}};
    if (!fault.reason.empty()) line["reason"] = fault.reason;
    if (fault.effect) line["effect-ms"] = static_cast<double>(fault.effect->count()) / 1e6;
    if (!fault.nodes.empty()) line["nodes"] = nemesis::node_names(fault.nodes);
    const auto& service = outcome.service[i];
    if (fault.state != nemesis::FaultState::kSkipped) {
      line["outage-ms"] = milliseconds(service.outage);
      line["recovery-ms"] = service.recovery ? Json(milliseconds(*service.recovery)) : Json();
      line["recovery-everywhere-ms"] =
          service.recovery_everywhere ? Json(milliseconds(*service.recovery_everywhere)) : Json();
      line["undisturbed-ms"] = milliseconds(service.undisturbed);
      line["overlapped"] = service.overlapped;
    }
    list.push_back(std::move(line));
  }
  return {{"by-kind", by_kind}, {"list", list}};
}

Json latencies(const Statistics& statistics) {
  Json result = Json::object();
  for (const auto& [outcome, histogram] : statistics.latency) {
    Json& line = result[outcome];
    for (const auto& [label, q] : {std::pair{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}}) {
      line[label] = static_cast<double>(histogram.quantile(q).count()) / 1e6;
    }
  }
  return result;
}

/// First line of the kernel's pressure file: the share of time in which a task waited for a core.
std::string cpu_pressure() {
  std::ifstream file("/proc/pressure/cpu");
  std::string line;
  std::getline(file, line);
  return line;
}

Json pressure(const Outcome& outcome) {
  Json shares = Json::object();
  for (const auto& [kind, share] : outcome.pressure) shares[kind] = share;
  return shares;
}

Json versions(const Outcome& outcome) {
  Json binaries = Json::object();
  const char* node = outcome.scenario.bug.empty() ? "capsize-node" : "capsize-node-with-bugs";
  for (const char* name : {"capsize", node, "capsize-proxy"}) {
    binaries[name] = checksum(outcome.binaries / name);
  }
  return {{"source", base::revision()}, {"binaries", binaries}};
}

Json host(const Outcome& outcome) {
  utsname name{};
  ::uname(&name);
  double load[1] = {0};
  ::getloadavg(load, 1);
  return {{"kernel", fmt::format("{} {}", name.sysname, name.release)},
          {"cores", std::thread::hardware_concurrency()},
          {"load", load[0]},
          {"cpu-pressure", cpu_pressure()},
          {"pressure", pressure(outcome)},
          {"largest-timer-lag-ms",
           milliseconds(std::max(outcome.worst_lag, outcome.worst_lag_after_healing))},
          {"disk-hung-ms", milliseconds(outcome.disk_hung + outcome.disk_hung_after_healing)}};
}

Json expectations(const Outcome& outcome) {
  Json list = Json::array();
  for (const auto& line : outcome.expectations) {
    list.push_back(
        {{"what", line.what}, {"asked", line.asked}, {"met", line.met}, {"holds", line.holds()}});
  }
  return list;
}

Json behaviour(const Outcome& outcome) {
  Json all = {{"seen", outcome.behaviours->times.size()},
              {"uncounted", outcome.behaviours->uncounted},
              {"new", Json()},
              {"runs-before", Json()}};
  if (outcome.behaviour_news) {
    all["new"] = outcome.behaviour_news->fresh;
    all["runs-before"] = outcome.behaviour_news->runs_before;
  }
  return all;
}

Json control(const ControlResult& control) {
  Json runs = Json::array();
  for (const auto& run : control.runs) {
    runs.push_back({{"seed", run.seed},
                    {"verdict", checker::name(run.verdict)},
                    {"directory", run.directory.string()}});
  }
  return {{"bug", control.bug},
          {"caught", control.caught},
          {"finding", control.caught ? Json(control.finding) : Json()},
          {"seconds", static_cast<double>(milliseconds(control.time)) / 1e3},
          {"runs", runs}};
}

Json recoveries(const Outcome& outcome) {
  Json nodes = Json::object();
  for (std::size_t node = 0; node < outcome.recoveries.size(); ++node) {
    const auto& recovery = outcome.recoveries[node];
    nodes[nemesis::node_name(node)] = {
        {"first-write-ms",
         recovery.first_write ? Json(milliseconds(*recovery.first_write)) : Json()},
        {"final-reads", recovery.final_reads_done}};
  }
  return nodes;
}

std::string line_in_store(std::vector<std::string> words, const std::filesystem::path& store) {
  if (store != kStoreDefault) words.insert(words.end(), {"--store", store.string()});
  return shell_line(words);
}

}  // namespace

std::string checksum(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::uint32_t crc = 0;
  std::vector<char> block(1 << 16);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    crc = base::crc32c({block.data(), static_cast<std::size_t>(file.gcount())}, crc);
  }
  return fmt::format("crc32c:{:08x}", crc);
}

std::string reproduce_line(const Outcome& outcome) {
  Scenario scenario = outcome.scenario;
  // Default expectations follow from the other keys.
  if (scenario.expect &&
      to_json(*scenario.expect) == to_json(default_expectations(scenario, outcome.plan))) {
    scenario.expect.reset();
  }
  if (outcome.replay_of.empty()) {
    return reproduce_line(scenario, outcome.directory, outcome.store);
  }
  return line_in_store({program_invocation_name, "replay", outcome.replay_of.string()},
                       outcome.store);
}

std::string reproduce_line(const Scenario& scenario, const std::filesystem::path& directory,
                           const std::filesystem::path& store) {
  // The program as it was typed, so that the line can be pasted.
  std::vector<std::string> words = {program_invocation_name, "run"};
  if (const auto arguments = arguments_of(scenario)) {
    words.insert(words.end(), arguments->begin(), arguments->end());
  } else {
    words.push_back((directory / "scenario.json").string());
  }
  return line_in_store(std::move(words), store);
}

Json to_json(const Outcome& outcome) {
  Json functions = Json::object();
  for (const auto& [function, line] : outcome.statistics.by_function) {
    functions[function] = counts(line);
  }
  Json crashes = Json::array();
  for (const auto& crash : outcome.crashes) {
    crashes.push_back(
        {{"node", nemesis::node_name(crash.node)}, {"ending", describe(crash.ending)}});
  }
  Json result = {
      {kResultsFormat, kResultsVersion},
      {"verdict", checker::name(outcome.verdict())},
      {"checks", checks(outcome)},
      {"failures", failures(outcome)},
      {"tested",
       {{"faults", outcome.faults_installed()},
        {"leader-changes", outcome.leader_changes},
        {"operations-under-faults", outcome.operations_under_faults}}},
      {"unreached-phases", outcome.unreached_phases},
      {"counts", {{"all", counts(outcome.statistics.totals())}, {"by-function", functions}}},
      {"faults", faults(outcome)},
      {"leader-changes", outcome.leader_changes},
      {"latency-ms", latencies(outcome.statistics)},
      {"ok-per-second-quiet", outcome.quiet_rate},
      {"started-in-ms", milliseconds(outcome.started_in)},
      {"first-write-ms", outcome.first_write ? Json(milliseconds(*outcome.first_write)) : Json()},
      {"start-ns", base::nanoseconds(outcome.start)},
      {"load-ms", milliseconds(outcome.load_time)},
      {"verdict-after-ms", milliseconds(outcome.verdict_after)},
      {"longest-outage-ms", milliseconds(outcome.longest_outage.length())},
      {"after-healing", recoveries(outcome)},
      {"expectations", expectations(outcome)},
      {"crashes", crashes},
      {"seed", outcome.scenario.seed.value_or(0)},
      {"seed-fixes", "the plan, not the outcome: real processes are not deterministic"},
      {"bug", outcome.scenario.bug.empty() ? Json() : Json(outcome.scenario.bug)},
      {"versions", versions(outcome)},
      {"host", host(outcome)},
      {"interrupted", outcome.interrupted},
      {"reproduce", reproduce_line(outcome)}};
  if (outcome.linearizable) result["linearizable"] = checker::to_json(*outcome.linearizable);
  if (const auto bug = ACTIVE_HARNESS_BUG(); !bug.empty()) result["harness-bug"] = bug;
  if (outcome.behaviours) result["behaviour"] = behaviour(outcome);
  if (outcome.control) result["control"] = control(*outcome.control);
  if (outcome.cause) {
    result["cause"] = {{"kind", name(outcome.cause->kind)}, {"text", outcome.cause->text}};
    result["further-errors"] = outcome.further_errors;
    if (outcome.verdict() == checker::Verdict::kHarnessError) {
      result["harness-error"] = outcome.cause->text;
    }
  }
  return result;
}

}  // namespace capsize::harness
