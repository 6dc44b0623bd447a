// The JSON Schema of suite files, for editors. What only the reader can tell (whether a file or a
// bug exists, whether names differ) is not in it.
#include <utility>

#include "harness/suite/suite_file.h"

namespace capsize::harness {
namespace {

using base::Json;

Json object_of(Json properties, const std::vector<std::string>& required = {}) {
  Json schema = {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = required;
  return schema;
}

Json list_of(Json items) {
  return {{"type", "array"}, {"minItems", 1}, {"items", std::move(items)}};
}

Json text() {
  return {{"type", "string"}, {"minLength", 1}};
}

Json duration() {
  return {{"type", "string"}, {"pattern", "^[0-9.]+(ns|us|ms|s|m|h)$"}};
}

/// The scenario's keys that an entry may set: all but those that the suite sets itself.
Json keys_of(const Json& scenario) {
  Json keys = scenario["properties"];
  for (const char* own : {"name", "seed", kScenarioFormat}) keys.erase(own);
  return keys;
}

Json matrix_of(const Json& keys) {
  Json lists = Json::object();
  for (const auto& [key, schema] : keys.items()) lists[key] = list_of(schema);
  const Json each = Json::object({{"const", "each"}});
  lists["nemesis"] = Json::object({{"anyOf", Json::array({lists["nemesis"], each})}});
  return object_of(std::move(lists));
}

Json entry_of(const Json& keys) {
  const Json whole = {{"type", "integer"}, {"minimum", 0}};
  const Json count = {{"type", "integer"}, {"minimum", 1}, {"maximum", 1'000'000}};
  Json entry = object_of({{"name", text()},
                          {"scenarios", {{"anyOf", Json::array({text(), list_of(text())})}}},
                          {"with", object_of(keys)},
                          {"matrix", matrix_of(keys)},
                          {"seeds", {{"anyOf", Json::array({count, list_of(whole)})}}}});
  const Json named = Json::object({{"required", std::vector<std::string>{"name"}}});
  const Json from_files = Json::object({{"required", std::vector<std::string>{"scenarios"}}});
  entry["anyOf"] = Json::array({named, from_files});
  return entry;
}

Json controls_of(const Json& keys) {
  const Json bug =
      object_of({{"bug", text()}, {"scenario", text()}, {"with", object_of(keys)}}, {"bug"});
  Json healthy = Json::object();
  healthy["with"] = object_of(keys);
  return object_of({{"bugs", list_of(bug)}, {"healthy", object_of(std::move(healthy))}},
                   {"bugs", "healthy"});
}

Json mute() {
  return object_of({{"signature", {{"type", "string"}, {"pattern", "^[0-9a-f]{16}$"}}},
                    {"reason", text()},
                    {"owner", text()},
                    {"expires", {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}}}},
                   {"signature", "reason", "owner", "expires"});
}

Json rates() {
  return object_of({{"alpha", {{"type", "number"}, {"exclusiveMinimum", 0}, {"maximum", 0.5}}},
                    {"runs", {{"type", "integer"}, {"minimum", 1}, {"maximum", kRateRunsMax}}}});
}

}  // namespace

Json suite_schema() {
  const Json scenario = scenario_schema();
  const Json keys = keys_of(scenario);
  Json schema = object_of({{kSuiteFormat, {{"const", kSuiteVersion}}},
                           {"name", scenario["properties"]["name"]},
                           {"description", {{"type", "string"}}},
                           {"runs", list_of(entry_of(keys))},
                           {"controls", controls_of(keys)},
                           {"mutes", {{"type", "array"}, {"items", mute()}}},
                           {"rates", rates()},
                           {"budget", duration()},
                           {"deadline", duration()},
                           {"seed", {{"type", "integer"}, {"minimum", 0}}},
                           {"quota", {{"type", "string"}}},
                           {"keep", {{"enum", std::vector<std::string>{"failures", "all"}}}}},
                          {"runs", "controls"});
  schema["$schema"] = scenario["$schema"];
  schema["title"] = "Capsize suite";
  schema["$defs"] = scenario["$defs"];
  return schema;
}

}  // namespace capsize::harness
