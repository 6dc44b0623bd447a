#include "harness/scenario/scenario.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>

#include "base/units.h"
#include "harness/scenario/conflicts.h"
#include "harness/scenario/json_place.h"
#include "nemesis/fault_kind.h"
#include "nemesis/phases.h"
#include "nemesis/schedule.h"
#include "workloads/workload.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::size_t kFileBytesMax = 1024 * 1024;
constexpr std::size_t kNodesMax = 15;
constexpr std::size_t kConcurrencyMax = 1000;
constexpr std::uint64_t kRetriesMax = 1000;

/// Thrown and caught in this file only: where a value of the file is not what its key asks for.
struct Mismatch {
  std::string key;
  std::string found;
  std::string expected;
};

std::size_t line_of_key(const std::string& text, const std::string& key) {
  const auto position = text.find('"' + key + '"');
  if (position == std::string::npos) return 1;
  return 1 + static_cast<std::size_t>(std::count(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
}

std::uint64_t number(const std::string& key, const Json& value) {
  if (!value.is_unsigned()) throw Mismatch{key, value.dump(), "a whole number"};
  return value.get<std::uint64_t>();
}

std::string text_of(const std::string& key, const Json& value) {
  if (!value.is_string()) throw Mismatch{key, value.dump(), "a string"};
  return value.get<std::string>();
}

base::Duration duration(const std::string& key, const Json& value) {
  const auto parsed = value.is_string() ? base::parse_duration(value.get<std::string>())
                                        : base::Error{"not a string"};
  if (!parsed) throw Mismatch{key, value.dump(), "a duration such as \"500ms\" or \"20s\""};
  return parsed.value();
}

std::vector<std::string> list(const std::string& key, const Json& value) {
  std::vector<std::string> items;
  if (!value.is_array()) throw Mismatch{key, value.dump(), "an array of strings"};
  for (const auto& item : value) items.push_back(text_of(key, item));
  return items;
}

std::map<std::string, std::uint64_t> counts(const std::string& key, const Json& value) {
  std::map<std::string, std::uint64_t> result;
  if (!value.is_object()) throw Mismatch{key, value.dump(), "an object of whole numbers"};
  for (const auto& [name, count] : value.items()) result[name] = number(key, count);
  return result;
}

Expectations expectations(const Json& value) {
  if (!value.is_object()) throw Mismatch{"expect", value.dump(), "an object"};
  Expectations expect;
  for (const auto& [key, item] : value.items()) {
    if (key == "ok") {
      expect.ok = number(key, item);
    } else if (key == "ok-by-function") {
      expect.ok_by_function = counts(key, item);
    } else if (key == "faults") {
      expect.faults = counts(key, item);
    } else if (key == "ok-during-faults") {
      expect.ok_during_faults = number(key, item);
    } else if (key == "leader-changes") {
      expect.leader_changes = number(key, item);
    } else {
      throw Mismatch{key, "an unknown key of expect",
                     "ok, ok-by-function, faults, ok-during-faults or leader-changes"};
    }
  }
  return expect;
}

using Setter = std::function<void(Scenario&, const Json&)>;

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> table = {
      {"name", [](Scenario& s, const Json& v) { s.name = text_of("name", v); }},
      {"nodes", [](Scenario& s, const Json& v) { s.nodes = number("nodes", v); }},
      {"workload", [](Scenario& s, const Json& v) { s.workload = text_of("workload", v); }},
      {"nemesis",
       [](Scenario& s, const Json& v) {
         s.nemesis = v.is_string() ? parse_nemesis(v.get<std::string>()) : list("nemesis", v);
       }},
      {"phases", [](Scenario& s, const Json& v) { s.phases = v; }},
      {"repeat-phases",
       [](Scenario& s, const Json& v) { s.repeat_phases = number("repeat-phases", v); }},
      {"time-limit", [](Scenario& s, const Json& v) { s.time_limit = duration("time-limit", v); }},
      {"rate",
       [](Scenario& s, const Json& v) {
         if (!v.is_number()) throw Mismatch{"rate", v.dump(), "a number of operations a second"};
         s.rate = v.get<double>();
       }},
      {"concurrency", [](Scenario& s, const Json& v) { s.concurrency = number("concurrency", v); }},
      {"seed", [](Scenario& s, const Json& v) { s.seed = number("seed", v); }},
      {"live-bound", [](Scenario& s, const Json& v) { s.live_bound = duration("live-bound", v); }},
      {"client-timeout",
       [](Scenario& s, const Json& v) { s.client_timeout = duration("client-timeout", v); }},
      {"check-limit",
       [](Scenario& s, const Json& v) { s.check_limit = duration("check-limit", v); }},
      {"read-level", [](Scenario& s, const Json& v) { s.read_level = text_of("read-level", v); }},
      {"retries", [](Scenario& s, const Json& v) { s.retries = number("retries", v); }},
      {"bug", [](Scenario& s, const Json& v) { s.bug = text_of("bug", v); }},
      {"node-arg", [](Scenario& s, const Json& v) { s.node_arguments = list("node-arg", v); }},
      {"expect", [](Scenario& s, const Json& v) { s.expect = expectations(v); }},
  };
  return table;
}

std::string known_keys() {
  std::string keys;
  for (const auto& [key, setter] : setters()) keys += (keys.empty() ? "" : ", ") + key;
  return keys;
}

}  // namespace

std::vector<std::string> parse_nemesis(const std::string& names) {
  std::vector<std::string> items;
  std::istringstream stream(names);
  for (std::string item; std::getline(stream, item, ',');) {
    if (item == "none" || item.empty()) continue;
    if (item != "default") {
      items.push_back(item);
      continue;
    }
    for (auto& name : nemesis::default_names()) items.push_back(std::move(name));
  }
  return items;
}

std::size_t spares_of(const Scenario& scenario) {
  std::size_t spares = 0;
  for (const auto& name : scenario.nemesis) {
    if (name != kSwarm) spares = std::max(spares, nemesis::spares_of(name));
  }
  for (const auto& plan : nemesis::parse_phases(scenario.phases, scenario.nodes).phases) {
    for (const auto& fault : plan.phase.faults) {
      spares = std::max(spares, nemesis::FaultKinds::instance().find(fault.card.kind)->spares());
    }
  }
  return spares;
}

base::Result<Scenario> parse_scenario(const std::string& text, const std::string& origin) {
  base::JsonSyntaxError error;
  const Json body = Json::parse_with_comments(text, &error);
  if (body.is_invalid()) {
    const auto line =
        1 +
        std::count(text.begin(),
                   text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size())),
                   '\n');
    return base::Error{fmt::format("{}:{}: not JSON: {}", origin, line, error.what)};
  }
  if (!body.is_object()) {
    return base::Error{fmt::format("{}:1: found {}, expected an object", origin, body.type_name())};
  }
  Scenario scenario;
  // A file with phases is a strategy of its own.
  if (!body.contains("phases")) scenario.nemesis = parse_nemesis("default");
  for (const auto& [key, value] : body.items()) {
    const auto line = line_of_key(text, key);
    const auto setter = setters().find(key);
    if (setter == setters().end()) {
      return base::Error{fmt::format("{}:{}: key '{}' is unknown, expected one of: {}", origin,
                                     line, key, known_keys())};
    }
    try {
      setter->second(scenario, value);
    } catch (const Mismatch& mismatch) {
      return base::Error{fmt::format("{}:{}: key '{}': found {}, expected {}", origin,
                                     line_of_key(text, mismatch.key), mismatch.key, mismatch.found,
                                     mismatch.expected)};
    }
  }
  // Only now: which nodes there are may stand behind the phases.
  if (const auto misfit = plan_conflict(scenario)) {
    return base::Error{fmt::format("{}:{}: {}: {}", origin, line_of(text, misfit->place),
                                   misfit->place.to_string(), misfit->what)};
  }
  return scenario;
}

base::Result<Scenario> read_scenario(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return base::Error{fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno))};
  }
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kFileBytesMax) {
    return base::Error{fmt::format("{}: longer than 1 MiB, expected a scenario", path.string())};
  }
  auto scenario = parse_scenario(text, path.string());
  if (scenario && scenario.value().name == "default") {
    scenario.value().name = path.stem().string();
  }
  return scenario;
}

base::Status validate(const Scenario& scenario) {
  const auto bad = [](const std::string& key, const auto& found, const std::string& expected) {
    return base::Error{fmt::format("{}: found '{}', expected {}", key, found, expected)};
  };
  if (scenario.name.empty() || scenario.name.find('/') != std::string::npos ||
      scenario.name.front() == '.') {
    return bad("name", scenario.name, "a name that can be a directory");
  }
  if (scenario.nodes < 1 || scenario.nodes > kNodesMax) {
    return bad("nodes", scenario.nodes, fmt::format("1 to {}", kNodesMax));
  }
  if (workloads::Workloads::instance().find(scenario.workload) == nullptr) {
    return bad("workload", scenario.workload,
               "one of: " + workloads::Workloads::instance().names());
  }
  for (const auto& name : scenario.nemesis) {
    if (name != kSwarm && !nemesis::find_deck(name)) {
      return bad("nemesis", name, "none, default, all, or some of: " + nemesis::known_names());
    }
  }
  if (scenario.repeat_phases < 1 || scenario.repeat_phases > nemesis::kRepeatMax) {
    return bad("repeat-phases", scenario.repeat_phases, "1 to 1000000");
  }
  if (scenario.time_limit <= base::Duration::zero()) {
    return bad("time-limit", base::format_duration(scenario.time_limit), "more than 0s");
  }
  if (!(scenario.rate > 0) || scenario.rate > 1e6) {
    return bad("rate", scenario.rate, "more than 0 and at most 1000000 operations a second");
  }
  if (scenario.concurrency < 1 || scenario.concurrency > kConcurrencyMax) {
    return bad("concurrency", scenario.concurrency, fmt::format("1 to {}", kConcurrencyMax));
  }
  if (scenario.read_level != "linearizable" && scenario.read_level != "stale") {
    return bad("read-level", scenario.read_level, "linearizable or stale");
  }
  if (scenario.retries > kRetriesMax) {
    return bad("retries", scenario.retries, fmt::format("0 to {}", kRetriesMax));
  }
  // Again: flags may have changed what the file said.
  auto misfit = plan_conflict(scenario);
  if (!misfit) misfit = time_conflict(scenario);
  if (misfit) return base::Error{misfit->place.to_string() + ": " + misfit->what};
  return {};
}

Json to_json(const Expectations& expect) {
  return {{"ok", expect.ok},
          {"ok-by-function", expect.ok_by_function},
          {"faults", expect.faults},
          {"ok-during-faults", expect.ok_during_faults},
          {"leader-changes", expect.leader_changes}};
}

Json to_json(const Scenario& scenario) {
  Json body = {{"name", scenario.name},
               {"nodes", scenario.nodes},
               {"workload", scenario.workload},
               {"nemesis", scenario.nemesis},
               {"phases", scenario.phases},
               {"repeat-phases", scenario.repeat_phases},
               {"time-limit", base::format_duration(scenario.time_limit)},
               {"rate", scenario.rate},
               {"concurrency", scenario.concurrency},
               {"live-bound", base::format_duration(scenario.live_bound)},
               {"client-timeout", base::format_duration(scenario.client_timeout)},
               {"read-level", scenario.read_level},
               {"retries", scenario.retries},
               {"check-limit", base::format_duration(scenario.check_limit)},
               {"bug", scenario.bug},
               {"node-arg", scenario.node_arguments}};
  if (scenario.seed) body["seed"] = *scenario.seed;
  if (scenario.expect) body["expect"] = to_json(*scenario.expect);
  return body;
}

}  // namespace capsize::harness
