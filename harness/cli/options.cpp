#include "harness/cli/options.h"

#include <fmt/core.h>

#include <random>

#include "base/units.h"
#include "checker/history/format.h"
#include "checker/history/times.h"
#include "harness/cli/binaries.h"
#include "harness/scenario/conflicts.h"
#include "nemesis/schedule.h"
#include "workloads/workload.h"

namespace capsize::harness {

void ReadingOptions::add_to(base::CommandLine& line) {
  line.option("--format", format_, "how it is written (capsize list formats) [recognised]");
  line.option("--map", rules_,
              "key=k: the field key is called k there, key=in.k: k inside of in; f.put=write: its "
              "put is a write; type.200=ok")
      .one_value_each()
      .without_ellipsis();
  line.option("--key", key_, "only the operations of this key");
  line.option("--clock-error", clock_error_,
              "clocks differ by at most so much; widens intervals of start and end")
      .show_default();
  line.option("--time-unit", time_unit_,
              "what its times are in; dates such as 2024-05-01T10:00:00.1Z need none [ns]")
      .one_of({"ns", "us", "ms", "s"});
  line.flag("--independent", independent_,
            "values are [key value] pairs, as Jepsen's independent keys [recognised]");
  line.flag("--no-independent", not_independent_, "values that are pairs are values")
      .excludes("--independent");
  line.flag("--sequence", sequence_,
            "completions without invocations: each ended before the next began");
  line.flag("--lenient", lenient_, "skip and count what is malformed");
}

std::variant<checker::ReadOptions, std::string> ReadingOptions::resolve() const {
  if (!format_.empty() && checker::find_format(format_) == nullptr) {
    std::string names;
    for (const auto* format : checker::list_formats()) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", format->name);
    }
    return fmt::format("--format: found '{}', expected one of: {}", format_, names);
  }
  checker::ReadOptions options{.format = format_, .key = key_, .lenient = lenient_};
  for (const std::string& rule : rules_) {
    if (const auto problem = options.vocabulary.add(rule)) return "--map: " + *problem;
  }
  const auto clock_error = base::parse_duration(clock_error_);
  if (!clock_error) return "--clock-error: " + clock_error.error().message;
  options.clock_error = clock_error.value();
  if (!time_unit_.empty()) options.time_unit = checker::time_unit(time_unit_);
  if (independent_ || not_independent_) options.independent = independent_;
  options.sequence = sequence_;
  return options;
}

namespace {

template <class T>
void override_with(T& target, const std::optional<T>& flag) {
  if (flag) target = *flag;
}

base::Status override_duration(base::Duration& target, const std::optional<std::string>& flag,
                               const char* name) {
  if (!flag) return {};
  const auto parsed = base::parse_duration(*flag);
  if (!parsed) return base::Error{fmt::format("--{}: {}", name, parsed.error().message)};
  target = parsed.value();
  return {};
}

base::Status check_bug(const std::string& bug) {
  if (bug.empty()) return {};
  const auto bugs = seeded_bugs();
  if (!bugs) return bugs.error();
  std::string names;
  for (const auto& known : bugs.value()) {
    if (known.name == bug) return {};
    names += (names.empty() ? "" : ", ") + known.name;
  }
  return base::Error{fmt::format("--bug: found '{}', expected one of: {}", bug, names)};
}

}  // namespace

void ScenarioOptions::add_options(base::CommandLine& line) {
  line.option("scenario", file_, "scenario file (JSON, comments allowed)")
      .type_name("SCENARIO.json");
  line.option("--name", name_, "name of the scenario, and of its directory in the store");
  line.option("--nodes", nodes_, "number of nodes [5]");
  line.option("--workload", workload_,
              "one of: " + workloads::Workloads::instance().names() + " [register]");
  line.option("--nemesis", nemesis_,
              "none, default, all (a mixture drawn from the seed), or a list out of: " +
                  nemesis::known_names() + " [default]");
  line.option("--time-limit", time_limit_, "length of the load [20s]");
  line.option("--rate", rate_, "operations a second, all clients together [2000]");
  line.option("--concurrency", concurrency_, "number of clients [10]");
  line.option("--seed", seed_, "64-bit seed of every random choice [drawn and printed]");
  line.option("--live-bound", live_bound_,
              "after healing, a write through each node within this [5s]");
  line.option("--client-timeout", client_timeout_,
              "then an operation is indeterminate; longer than any pause [3s]");
  line.option("--read-level", read_level_,
              "linearizable, or stale: what a node has, which the check must catch "
              "[linearizable]");
  line.option("--retries", retries_,
              "how often a client sends an operation again, in a session [0: never]");
  line.option("--check-limit", check_limit_, "time for the check [60s]");
  line.option("--bug", bug_, "seeded bug for the nodes to make (capsize list bugs)");
  line.option("--node-arg", node_arguments_, "argument handed to each node, repeatable")
      .one_value_each();
}

base::Result<Scenario> ScenarioOptions::resolve() const {
  Scenario scenario;
  scenario.nemesis = parse_nemesis("default");
  if (!file_.empty()) {
    auto read = read_scenario(scenario_file(file_));
    if (!read) return read;
    scenario = std::move(read).value();
  }
  override_with(scenario.name, name_);
  override_with(scenario.nodes, nodes_);
  override_with(scenario.workload, workload_);
  override_with(scenario.rate, rate_);
  override_with(scenario.concurrency, concurrency_);
  override_with(scenario.read_level, read_level_);
  override_with(scenario.retries, retries_);
  override_with(scenario.bug, bug_);
  if (nemesis_) scenario.nemesis = parse_nemesis(*nemesis_);
  if (!node_arguments_.empty()) scenario.node_arguments = node_arguments_;
  if (seed_) scenario.seed = seed_;
  for (const auto& [target, flag, name] :
       {std::tuple{&scenario.time_limit, &time_limit_, "time-limit"},
        std::tuple{&scenario.live_bound, &live_bound_, "live-bound"},
        std::tuple{&scenario.client_timeout, &client_timeout_, "client-timeout"},
        std::tuple{&scenario.check_limit, &check_limit_, "check-limit"}}) {
    if (auto status = override_duration(*target, *flag, name); !status) return status.error();
  }
  if (!scenario.seed) {
    // Short enough to be read out over a table; still one run in four billion.
    scenario.seed = std::random_device{}();
  }
  if (auto status = validate(scenario); !status) return status.error();
  if (auto status = check_bug(scenario.bug); !status) return status.error();
  for (const auto& warning : plan_warnings(scenario)) {
    fmt::print(stderr, "capsize: warning: {}\n", warning);
  }
  return scenario;
}

}  // namespace capsize::harness
