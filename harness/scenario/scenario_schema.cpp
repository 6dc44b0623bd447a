#include "harness/scenario/key_values.h"
#include "harness/scenario/scenario.h"
#include "nemesis/plan/schema.h"

namespace capsize::harness {

base::Json scenario_schema() {
  base::Json properties = base::Json::object();
  for (const auto& key : kScenarioKeys) properties[key.name] = schema_of(key);
  properties[kScenarioFormat] = {{"const", kScenarioVersion}};
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "Capsize scenario"},
          {"type", "object"},
          {"additionalProperties", false},
          {"properties", std::move(properties)},
          {"$defs", nemesis::definitions()}};
}

}  // namespace capsize::harness
