// A scenario: cluster, workload, strategies, duration and seed, as one JSON file (comments
// allowed).
//
// To add a key, add a member and its line in the table of keys, both in this file. Flag, --help,
// reader, validation, JSON Schema, scenario.json and the reproduce line follow (key.h).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "base/json.h"

#include "base/result.h"
#include "base/time.h"
#include "harness/scenario/key.h"
#include "harness/scenario/vocabulary.h"

namespace capsize::harness {

/// What a run must reach; a run that does not is vacuous (docs/FORMATS.md, Scenarios). Zero or
/// empty expects nothing.
struct Expectations {
  std::uint64_t ok = 0;
  std::map<std::string, std::uint64_t> ok_by_function;
  std::map<std::string, std::uint64_t> faults;
  std::uint64_t ok_during_faults = 0;
  std::uint64_t leader_changes = 0;
};

inline constexpr auto kExpectationKeys = std::to_array<Key<Expectations>>({
    {.name = "ok", .member = &Expectations::ok, .help = "ok operations in total"},
    {.name = "ok-by-function",
     .member = &Expectations::ok_by_function,
     .help = "ok operations by function"},
    {.name = "faults", .member = &Expectations::faults, .help = "faults that took effect, by kind"},
    {.name = "ok-during-faults",
     .member = &Expectations::ok_during_faults,
     .help = "ok operations while a fault was active"},
    {.name = "leader-changes",
     .member = &Expectations::leader_changes,
     .help = "elections won after the first one"},
});

/// The optional key of a scenario file that says which format it is (docs/FORMATS.md).
inline constexpr const char* kScenarioFormat = "capsize-scenario";
inline constexpr std::uint64_t kScenarioVersion = 1;

struct Scenario {
  std::string name = "default";
  std::uint64_t nodes = 5;
  std::string workload = "register";
  std::vector<std::string> nemesis;         // strategies, kinds of faults, or kSwarm; empty: none
  base::Json phases = base::Json::array();  // a strategy as text (nemesis/plan/phases.h)
  std::uint64_t repeat_phases = 1;
  base::Duration time_limit = std::chrono::seconds(20);
  double rate = 2000;
  std::uint64_t concurrency = 10;
  std::optional<std::uint64_t> seed;  // drawn at the start of a run if missing
  base::Duration live_bound = std::chrono::seconds(5);
  base::Duration outage_bound = base::Duration::zero();
  base::Duration client_timeout = std::chrono::seconds(3);
  std::string read_level = "linearizable";
  std::uint64_t retries = 0;
  base::Duration check_limit = std::chrono::seconds(60);
  std::string bug;
  std::vector<std::string> node_arguments;
  std::optional<Expectations> expect;  // default: derived from the plan (judge/coverage.h)
};

inline constexpr auto kScenarioKeys = std::to_array<Key<Scenario>>({
    {.name = "name",
     .member = &Scenario::name,
     .help = "name of the scenario, and of its directory in the store",
     .rule = name_rule},
    {.name = "nodes", .member = &Scenario::nodes, .help = "number of nodes", .min = 1, .max = 15},
    {.name = "bug",
     .member = &Scenario::bug,
     .help = "seeded bug of the nodes (capsize list bugs)",
     .rule = argument_rule},
    {.name = "node-arg",
     .member = &Scenario::node_arguments,
     .help = "argument for each node, repeatable",
     .max = 100,
     .rule = argument_rule},
    {.name = "workload",
     .member = &Scenario::workload,
     .help = "operations of the clients",
     .group = KeyGroup::kLoad,
     .choices = workload_names},
    {.name = "time-limit",
     .member = &Scenario::time_limit,
     .help = "how long the workload runs",
     .group = KeyGroup::kLoad,
     .min = 1e-3,
     .max = kDurationMax},
    {.name = "rate",
     .member = &Scenario::rate,
     .help = "offered load of all clients together",
     .group = KeyGroup::kLoad,
     .unit = "operations per second",
     .min = 1e-3,
     .max = 1e6},
    {.name = "concurrency",
     .member = &Scenario::concurrency,
     .help = "number of clients",
     .group = KeyGroup::kLoad,
     .min = 1,
     .max = 1000},
    {.name = "client-timeout",
     .member = &Scenario::client_timeout,
     .help = "after this, an operation is indeterminate; longer than any pause",
     .group = KeyGroup::kLoad,
     .min = 1e-9,
     .max = kDurationMax},
    {.name = "read-level",
     .member = &Scenario::read_level,
     .help = "stale reads return a node's local state, which the check must catch",
     .group = KeyGroup::kLoad,
     .choices = read_levels},
    {.name = "retries",
     .member = &Scenario::retries,
     .help = "how many times a client retries an operation, in a session; 0: never",
     .group = KeyGroup::kLoad,
     .max = 1000},
    {.name = "seed",
     .member = &Scenario::seed,
     .help = "64-bit seed of every random choice",
     .group = KeyGroup::kFaults,
     .default_text = "drawn and printed"},
    {.name = "nemesis",
     .member = &Scenario::nemesis,
     .help = "none, default, all (a mixture drawn from the seed), or strategies and fault kinds "
             "separated by commas",
     .group = KeyGroup::kFaults,
     .default_text = "default",
     .max = 100,
     .choices = nemesis_names,
     .defaults = default_nemesis},
    {.name = "phases",
     .member = &Scenario::phases,
     .help = "a strategy as text",
     .group = KeyGroup::kFaults,
     .schema = phases_of_scenario},
    {.name = "repeat-phases",
     .member = &Scenario::repeat_phases,
     .help = "how many times all phases run",
     .group = KeyGroup::kFaults,
     .min = 1,
     .max = 1e6},
    {.name = "live-bound",
     .member = &Scenario::live_bound,
     .help = "after healing, each node must acknowledge a write within this time",
     .group = KeyGroup::kChecks,
     .min = 1e-3,
     .max = kDurationMax},
    {.name = "outage-bound",
     .member = &Scenario::outage_bound,
     .help = "longest time without an acknowledged write, during faults as well; 0s: any",
     .group = KeyGroup::kChecks,
     .max = kDurationMax},
    {.name = "check-limit",
     .member = &Scenario::check_limit,
     .help = "time limit of the check",
     .group = KeyGroup::kChecks,
     .max = kDurationMax},
    {.name = "expect",
     .member = &Scenario::expect,
     .help = "what the run must reach, or it is vacuous",
     .group = KeyGroup::kChecks,
     .schema = expectations_schema},
});

/// In Scenario::nemesis: a mixture drawn from the seed, of all strategies that do not change the
/// membership.
inline constexpr std::string_view kSwarm = "all";

/// Returns the scenario in which every key has its default.
[[nodiscard]] Scenario default_scenario();
/// Returns how many nodes the strategies and phases need beside the members.
[[nodiscard]] std::size_t spares_of(const Scenario& scenario);
/// Reads a file. Error: file, line, key, what was found and what was expected. A scenario without a
/// name gets the file's, converted to a valid directory name.
[[nodiscard]] base::Result<Scenario> read_scenario(const std::filesystem::path& path);
/// As read_scenario(), from a text; `origin` replaces the file name in errors.
[[nodiscard]] base::Result<Scenario> parse_scenario(const std::string& text,
                                                    const std::string& origin);
/// Whether every value is valid and the values are valid together. The result of parse_scenario()
/// is valid until a member is changed.
[[nodiscard]] base::Status validate(const Scenario& scenario);
/// "a,b" -> {a, b}; "none" -> {}; "default" -> the strategies of a run that names none.
[[nodiscard]] std::vector<std::string> parse_nemesis(const std::string& list);

/// The JSON Schema of scenario files (scenario_schema.cpp).
[[nodiscard]] base::Json scenario_schema();
[[nodiscard]] base::Json to_json(const Scenario& scenario);
[[nodiscard]] base::Json to_json(const Expectations& expectations);
/// to_json() with the version of the format: the content of a scenario file.
[[nodiscard]] base::Json scenario_file_json(const Scenario& scenario);

}  // namespace capsize::harness
