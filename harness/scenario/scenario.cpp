#include "harness/scenario/scenario.h"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

#include "harness/scenario/conflicts.h"
#include "harness/scenario/document.h"
#include "harness/scenario/key_values.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/phases.h"
#include "nemesis/plan/schedule.h"

namespace capsize::harness {
namespace {

using base::Json;

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
  const auto document = parse_document(text, origin, kScenarioFormat, kScenarioVersion);
  if (!document) return document.error();
  const Json& body = document.value();
  Scenario scenario = default_scenario();
  // Phases replace the default strategies.
  if (body.contains("phases")) scenario.nemesis.clear();
  if (const auto invalid = set_members(scenario, body)) return error_at(text, origin, *invalid);
  if (const auto invalid = plan_conflict(scenario)) return error_at(text, origin, *invalid);
  return scenario;
}

base::Result<Scenario> read_scenario(const std::filesystem::path& path) {
  const auto text = read_document(path, "a scenario file");
  if (!text) return text.error();
  auto scenario = parse_scenario(text.value(), path.string());
  if (scenario && !Json::parse_with_comments(text.value()).contains("name")) {
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
  if (invalid) return base::Error{dotted(invalid->place) + ": " + invalid->what};
  return {};
}

}  // namespace capsize::harness
