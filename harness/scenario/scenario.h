// A scenario: system, workload, strategies, duration and seed, as one JSON file (comments allowed).
// Every flag of `capsize run` has a key of the same name, and overrides it.
#pragma once

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

namespace capsize::harness {

/// What a run must have reached to have tested what it promised (CONTRACTS.md section 4). Zero or
/// empty asks for nothing.
struct Expectations {
  std::uint64_t ok = 0;  // ok operations in all
  std::map<std::string, std::uint64_t> ok_by_function;
  std::map<std::string, std::uint64_t> faults;  // that took hold, by kind
  std::uint64_t ok_during_faults = 0;           // ok operations while some fault held
  std::uint64_t leader_changes = 0;
};

struct Scenario {
  std::string name = "default";
  std::size_t nodes = 5;
  std::string workload = "register";
  std::vector<std::string> nemesis;         // strategies, kinds of faults, or kSwarm; empty: none
  base::Json phases = base::Json::array();  // a strategy as text (nemesis/phases.h)
  std::uint64_t repeat_phases = 1;
  base::Duration time_limit = std::chrono::seconds(20);
  double rate = 2000;
  std::size_t concurrency = 10;
  std::optional<std::uint64_t> seed;  // drawn at the start of a run when missing
  base::Duration live_bound = std::chrono::seconds(5);
  base::Duration client_timeout = std::chrono::seconds(3);
  std::string read_level = "linearizable";  // or "stale": reads of whatever a node has
  std::uint64_t retries = 0;                // with sessions; 0: none, and nothing is sent twice
  base::Duration check_limit = std::chrono::seconds(60);
  std::string bug;
  std::vector<std::string> node_arguments;
  std::optional<Expectations> expect;  // default: from what is planned (coverage.h)
};

/// Nodes beside the members that the named strategies need.
[[nodiscard]] std::size_t spares_of(const Scenario& scenario);
/// Reads a file; errors name file, line and key, what was found and what was expected.
[[nodiscard]] base::Result<Scenario> read_scenario(const std::filesystem::path& path);
/// The same from text; `origin` stands for the file in messages.
[[nodiscard]] base::Result<Scenario> parse_scenario(const std::string& text,
                                                    const std::string& origin);
/// Names that must be registered are looked up, numbers must lie in their bounds.
[[nodiscard]] base::Status validate(const Scenario& scenario);
/// "a,b" -> {a, b}; "none" -> {}; "default" -> the strategies of a run that names none.
[[nodiscard]] std::vector<std::string> parse_nemesis(const std::string& list);
/// In Scenario::nemesis: a mixture that is drawn from the seed, out of all strategies that leave
/// the members as they are.
inline constexpr std::string_view kSwarm = "all";

/// The JSON Schema of scenario files (scenario_schema.cpp).
[[nodiscard]] base::Json scenario_schema();
[[nodiscard]] base::Json to_json(const Scenario& scenario);
[[nodiscard]] base::Json to_json(const Expectations& expectations);

}  // namespace capsize::harness
