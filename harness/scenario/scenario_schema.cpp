#include "harness/scenario/scenario.h"
#include "nemesis/schedule.h"
#include "nemesis/schema.h"
#include "workloads/workload.h"

namespace capsize::harness {
namespace {

using base::Json;

Json text(const char* description) {
  return {{"type", "string"}, {"description", description}};
}

Json number(std::uint64_t least, const char* description) {
  return {{"type", "integer"}, {"minimum", least}, {"description", description}};
}

Json duration(const char* description) {
  return {{"$ref", "#/$defs/duration"}, {"description", description}};
}

Json counts(const char* description) {
  return {{"type", "object"},
          {"additionalProperties", {{"type", "integer"}, {"minimum", 0}}},
          {"description", description}};
}

Json workload_names() {
  Json names = Json::array();
  for (const auto& workload : workloads::Workloads::instance().all()) {
    names.push_back(workload->name());
  }
  return names;
}

Json expectations_schema() {
  return {{"type", "object"},
          {"additionalProperties", false},
          {"description", "what the run must have reached to have tested what it promises"},
          {"properties",
           {{"ok", number(0, "ok operations in all")},
            {"ok-by-function", counts("ok operations by function")},
            {"faults", counts("faults that took hold, by kind")},
            {"ok-during-faults", number(0, "ok operations while some fault held")},
            {"leader-changes", number(0, "elections won but the first")}}}};
}

}  // namespace

Json scenario_schema() {
  const Json names = {{"type", "array"}, {"items", {{"type", "string"}}}};
  Json properties = {
      {"name", text("of the scenario, and of its directory in the store")},
      {"nodes", number(1, "number of nodes")},
      {"workload", {{"enum", workload_names()}}},
      {"nemesis",
       {{"oneOf", {{{"type", "string"}}, names}},
        {"description", "none, default, all, or out of: " + nemesis::known_names()}}},
      {"phases", nemesis::phases_schema()},
      {"repeat-phases", number(1, "how often all phases are played")},
      {"time-limit", duration("length of the load")},
      {"rate", {{"type", "number"}, {"exclusiveMinimum", 0}}},
      {"concurrency", number(1, "number of clients")},
      {"seed", number(0, "of every random choice")},
      {"live-bound", duration("after healing, a write through each node within this")},
      {"client-timeout", duration("then an operation is indeterminate")},
      {"read-level", {{"enum", {"linearizable", "stale"}}}},
      {"retries", number(0, "how often a client sends an operation again, in a session")},
      {"check-limit", duration("time for the check")},
      {"bug", text("seeded bug for the nodes to make")},
      {"node-arg", names},
      {"expect", expectations_schema()}};
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "Capsize scenario"},
          {"type", "object"},
          {"additionalProperties", false},
          {"properties", std::move(properties)},
          {"$defs", nemesis::definitions()}};
}

}  // namespace capsize::harness
