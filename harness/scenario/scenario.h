// A scenario: system, workload, strategies, duration and seed, as one JSON file (comments allowed).
//
// A new key is a member and its line in the table of keys, both in this file. Flags, --help, the
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

/// What a run must have reached to have tested what it promised (docs/FORMATS.md, Scenarios). Zero
/// or empty asks for nothing.
struct Expectations {
  std::uint64_t ok = 0;
  std::map<std::string, std::uint64_t> ok_by_function;
  std::map<std::string, std::uint64_t> faults;
  std::uint64_t ok_during_faults = 0;
  std::uint64_t leader_changes = 0;
};

inline constexpr auto kExpectationKeys = std::to_array<Key<Expectations>>({
    {.name = "ok", .member = &Expectations::ok, .help = "ok operations in all"},
    {.name = "ok-by-function",
     .member = &Expectations::ok_by_function,
     .help = "ok operations by function"},
    {.name = "faults", .member = &Expectations::faults, .help = "faults that took effect, by kind"},
    {.name = "ok-during-faults",
     .member = &Expectations::ok_during_faults,
     .help = "ok operations while some fault was active"},
    {.name = "leader-changes",
     .member = &Expectations::leader_changes,
     .help = "elections won but the first"},
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
  std::optional<std::uint64_t> seed;  // drawn at the start of a run when missing
  base::Duration live_bound = std::chrono::seconds(5);
  base::Duration client_timeout = std::chrono::seconds(3);
  std::string read_level = "linearizable";
  std::uint64_t retries = 0;
  base::Duration check_limit = std::chrono::seconds(60);
  std::string bug;
  std::vector<std::string> node_arguments;
  std::optional<Expectations> expect;  // default: from what is planned (coverage.h)
};

inline constexpr auto kScenarioKeys = std::to_array<Key<Scenario>>({
    {.name = "name",
     .member = &Scenario::name,
     .help = "name of the scenario, and of its directory in the store",
     .rule = name_rule},
    {.name = "nodes",
     .member = &Scenario::nodes,
     .help = "number of nodes",
     .least = 1,
     .most = 15},
    {.name = "bug",
     .member = &Scenario::bug,
     .help = "seeded bug for the nodes to make (capsize list bugs)",
     .rule = argument_rule},
    {.name = "node-arg",
     .member = &Scenario::node_arguments,
     .help = "argument that each node gets, repeatable",
     .most = 100,
     .rule = argument_rule},
    {.name = "workload",
     .member = &Scenario::workload,
     .help = "what clients do",
     .group = KeyGroup::kLoad,
     .words = workload_names},
    {.name = "time-limit",
     .member = &Scenario::time_limit,
     .help = "length of the load",
     .group = KeyGroup::kLoad,
     .least = 1e-3,
     .most = kDurationMax},
    {.name = "rate",
     .member = &Scenario::rate,
     .help = "offered load of all clients together",
     .group = KeyGroup::kLoad,
     .unit = "operations a second",
     .least = 1e-3,
     .most = 1e6},
    {.name = "concurrency",
     .member = &Scenario::concurrency,
     .help = "number of clients",
     .group = KeyGroup::kLoad,
     .least = 1,
     .most = 1000},
    {.name = "client-timeout",
     .member = &Scenario::client_timeout,
     .help = "then an operation is indeterminate; longer than any pause",
     .group = KeyGroup::kLoad,
     .least = 1e-9,
     .most = kDurationMax},
    {.name = "read-level",
     .member = &Scenario::read_level,
     .help = "stale reads return what a node has, which the check must catch",
     .group = KeyGroup::kLoad,
     .words = read_levels},
    {.name = "retries",
     .member = &Scenario::retries,
     .help = "how often a client sends an operation again, in a session; 0: never",
     .group = KeyGroup::kLoad,
     .most = 1000},
    {.name = "seed",
     .member = &Scenario::seed,
     .help = "64-bit seed of every random choice",
     .group = KeyGroup::kFaults,
     .default_text = "drawn and printed"},
    {.name = "nemesis",
     .member = &Scenario::nemesis,
     .help = "none, default, all (a mixture drawn from the seed), or a list of strategies and "
             "fault kinds with commas",
     .group = KeyGroup::kFaults,
     .default_text = "default",
     .most = 100,
     .words = nemesis_names,
     .defaults = default_nemesis},
    {.name = "phases",
     .member = &Scenario::phases,
     .help = "a strategy as text",
     .group = KeyGroup::kFaults,
     .schema = phases_of_scenario},
    {.name = "repeat-phases",
     .member = &Scenario::repeat_phases,
     .help = "how often all phases are played",
     .group = KeyGroup::kFaults,
     .least = 1,
     .most = 1e6},
    {.name = "live-bound",
     .member = &Scenario::live_bound,
     .help = "after healing, a write through each node within this",
     .group = KeyGroup::kChecks,
     .least = 1e-3,
     .most = kDurationMax},
    {.name = "check-limit",
     .member = &Scenario::check_limit,
     .help = "time for the check",
     .group = KeyGroup::kChecks,
     .most = kDurationMax},
    {.name = "expect",
     .member = &Scenario::expect,
     .help = "what the run must have reached to have tested what it promises",
     .group = KeyGroup::kChecks,
     .schema = expectations_schema},
});

/// In Scenario::nemesis: a mixture that is drawn from the seed, out of all strategies that leave
/// the members as they are.
inline constexpr std::string_view kSwarm = "all";

/// What a scenario is that says nothing: every key has its default.
[[nodiscard]] Scenario default_scenario();
/// Nodes beside the members that the named strategies need.
[[nodiscard]] std::size_t spares_of(const Scenario& scenario);
/// Reads a file; errors name file, line and key, what was found and what was expected. A scenario
/// without a name gets the file's, made fit for a directory.
[[nodiscard]] base::Result<Scenario> read_scenario(const std::filesystem::path& path);
/// The same from text; `origin` stands for the file in messages.
[[nodiscard]] base::Result<Scenario> parse_scenario(const std::string& text,
                                                    const std::string& origin);
/// Every key is within its bounds and names what exists, and the keys fit together. What
/// parse_scenario() returns is valid until a member is changed.
[[nodiscard]] base::Status validate(const Scenario& scenario);
/// "a,b" -> {a, b}; "none" -> {}; "default" -> the strategies of a run that names none.
[[nodiscard]] std::vector<std::string> parse_nemesis(const std::string& list);

/// The JSON Schema of scenario files (scenario_schema.cpp).
[[nodiscard]] base::Json scenario_schema();
[[nodiscard]] base::Json to_json(const Scenario& scenario);
[[nodiscard]] base::Json to_json(const Expectations& expectations);

}  // namespace capsize::harness
