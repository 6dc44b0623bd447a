#include "harness/scenario/scenario.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/format_version.h"
#include "base/mismatch.h"
#include "harness/scenario/conflicts.h"
#include "harness/scenario/json_place.h"
#include "harness/scenario/key_values.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/phases.h"
#include "nemesis/plan/schedule.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::size_t kFileBytesMax = 1024 * 1024;

/// Returns the place as "expect.faults", truncated for a message.
std::string name_of(const base::JsonPlace& place) {
  std::string name;
  for (const auto& token : place.tokens()) name += (name.empty() ? "" : ".") + token;
  return base::excerpt(name);
}

base::Error error_at(const std::string& text, const std::string& origin,
                     const nemesis::InvalidValue& invalid) {
  return base::Error{fmt::format("{}:{}: key '{}': {}", origin, line_of(text, invalid.place),
                                 name_of(invalid.place), invalid.what)};
}

base::Error syntax_error(const std::string& text, const std::string& origin,
                         const base::JsonSyntaxError& error) {
  const JsonPosition position = error.too_deep ? position_of_depth(text, base::kJsonNestingMax + 1)
                                               : position_of_byte(text, error.byte);
  const std::string key =
      position.key.empty() ? std::string() : fmt::format("key '{}': ", base::excerpt(position.key));
  return base::Error{fmt::format("{}:{}: {}{}", origin, position.line, key, error.what)};
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
    if (name != kSwarm) spares = std::max(spares, nemesis::spares_needed(name));
  }
  for (const auto& plan : nemesis::parse_phases(scenario.phases, scenario.nodes).phases) {
    for (const auto& fault : plan.phase.faults) {
      spares = std::max(spares, nemesis::FaultKinds::instance().find(fault.spec.kind)->spares());
    }
  }
  return spares;
}

Scenario default_scenario() {
  Scenario scenario;
  scenario.nemesis = default_nemesis();
  return scenario;
}

base::Result<Scenario> parse_scenario(const std::string& text, const std::string& origin) {
  base::JsonSyntaxError error;
  Json body = Json::parse_with_comments(text, &error);
  if (body.is_invalid()) return syntax_error(text, origin, error);
  if (!body.is_object()) {
    return base::Error{fmt::format("{}:1: found {}, expected an object", origin, body.type_name())};
  }
  if (const auto duplicate = find_duplicate_key(text)) {
    return base::Error{fmt::format("{}:{}: key '{}': found twice (first in line {}), expected once",
                                   origin, duplicate->line, base::excerpt(duplicate->name),
                                   duplicate->first_line)};
  }
  if (const auto known = base::check_format_version(body, kScenarioFormat, kScenarioVersion);
      !known) {
    return error_at(text, origin, {base::JsonPlace({kScenarioFormat}), known.error().message});
  }
  body.erase(kScenarioFormat);
  Scenario scenario = default_scenario();
  // Phases replace the default strategies.
  if (body.contains("phases")) scenario.nemesis.clear();
  if (const auto invalid = set_members(scenario, body)) return error_at(text, origin, *invalid);
  if (const auto invalid = plan_conflict(scenario)) return error_at(text, origin, *invalid);
  return scenario;
}

base::Result<Scenario> read_scenario(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return base::Error{path.string() + ": found a directory, expected a scenario file"};
  }
  // Opening a named pipe blocks until a process writes to it, possibly forever. The <(…) of a shell
  // is a symbolic link to a pipe, and is read.
  if (std::filesystem::symlink_status(path, ignored).type() == std::filesystem::file_type::fifo) {
    return base::Error{path.string() + ": found a named pipe, expected a scenario file"};
  }
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
  if (scenario && !Json::parse_with_comments(text).contains("name")) {
    scenario.value().name = safe_name(path.stem().string());
  }
  return scenario;
}

base::Status validate(const Scenario& scenario) {
  Scenario copy = scenario;
  auto invalid = set_members(copy, to_json(scenario));
  // Checked again, because flags may have changed the values of the file.
  if (!invalid) invalid = plan_conflict(scenario);
  if (!invalid) invalid = time_conflict(scenario);
  if (invalid) return base::Error{name_of(invalid->place) + ": " + invalid->what};
  return {};
}

}  // namespace capsize::harness
