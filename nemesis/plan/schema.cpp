#include "nemesis/plan/schema.h"

#include "nemesis/model/anchor.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/phases.h"
#include "node/wire/header.h"

namespace capsize::nemesis {
namespace {

using base::Json;

Json reference(const char* name) {
  return {{"$ref", std::string("#/$defs/") + name}};
}

Json schema_of_one(const Parameter& parameter) {
  Json schema = Json::object();
  switch (parameter.type) {
    case Parameter::Type::kDuration:
      schema = {{"type", "string"}, {"pattern", "^-?[0-9.]+(ns|us|ms|s|m|h)$"}};
      break;
    case Parameter::Type::kProbability:
      schema = {{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
      break;
    case Parameter::Type::kNumber:
    case Parameter::Type::kCount:
      schema = {{"type", parameter.type == Parameter::Type::kCount ? "integer" : "number"},
                {"minimum", parameter.min},
                {"maximum", parameter.max}};
      break;
    case Parameter::Type::kFlag:
      schema = {{"type", "boolean"}};
      break;
    case Parameter::Type::kNode:
      schema = {{"type", "string"}, {"pattern", "^n[1-9][0-9]*$"}};
      break;
    case Parameter::Type::kChoice:
      schema = {{"type", "string"}};
      if (!parameter.choices.empty()) schema["enum"] = parameter.choices;
      break;
  }
  if (!parameter.summary.empty()) schema["description"] = parameter.summary;
  if (!parameter.default_value.is_null()) schema["default"] = parameter.default_value;
  return schema;
}

Json object_of(Json properties) {
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json anchor() {
  Json names = Json::array();
  Json objects = Json::array();
  for (const auto& kind : AnchorKinds::instance().all()) {
    const std::string name(kind->name());
    names.push_back(name);
    Json object = object_of({{name, schema_of(kind->parameters())}});
    object["description"] = kind->summary();
    object["required"] = Json::array({name});
    objects.push_back(std::move(object));
  }
  objects.push_back({{"enum", names}});
  return {{"oneOf", std::move(objects)}};
}

Json target() {
  return {{"description", "the nodes that the fault hits, resolved when it begins"},
          {"oneOf",
           {{{"enum",
              {"one", "follower", "minority", "majority", "leader", "leader-minority", "followers",
               "all"}}},
            {{"type", "string"}, {"pattern", "^n[1-9][0-9]*$"}},
            {{"type", "array"}, {"items", {{"type", "string"}, {"pattern", "^n[1-9][0-9]*$"}}}},
            object_of({{"same-as", {{"type", "string"}}}}),
            object_of({{"all-but", {{"type", "string"}}}})}}};
}

Json only() {
  const Json range = {{"type", "array"},
                      {"items", {{"type", "integer"}, {"minimum", 0}}},
                      {"minItems", 2},
                      {"maxItems", 2}};
  const auto count = [](int least) { return Json{{"type", "integer"}, {"minimum", least}}; };
  Json types = Json::array();
  for (std::size_t type = 1; type < wire::kMessageTypeCount; ++type) {
    types.push_back(wire::name(static_cast<wire::MessageType>(type)));
  }
  Json schema = object_of({{"types", {{"type", "array"}, {"items", {{"enum", types}}}}},
                           {"term", range},
                           {"index", range},
                           {"every", count(1)},
                           {"skip", count(0)},
                           {"count", count(1)},
                           {"probability", {{"type", "number"}, {"minimum", 0}, {"maximum", 1}}}});
  schema["description"] = "which messages a fault on links affects";
  return schema;
}

Json fault() {
  Json kinds = Json::array();
  Json rules = Json::array();
  for (const auto& kind : FaultKinds::instance().all()) {
    kinds.push_back({{"const", kind->name()}, {"description", kind->summary()}});
    rules.push_back({{"if", {{"properties", {{"kind", {{"const", kind->name()}}}}}}},
                     {"then", {{"properties", {{"params", schema_of(kind->parameters())}}}}}});
  }
  Json fault = object_of({{"kind", {{"oneOf", kinds}}},
                          {"target", reference("target")},
                          {"peers", reference("target")},
                          {"params", {{"type", "object"}}},
                          {"only", reference("only")},
                          {"label", {{"type", "string"}}},
                          {"when", reference("anchor")},
                          {"after", reference("duration")},
                          {"hold", reference("hold")},
                          {"until", reference("anchor")},
                          {"within", reference("duration")},
                          {"probability", {{"type", "number"}, {"minimum", 0}, {"maximum", 1}}},
                          {"beyond-minority", {{"type", "boolean"}}}});
  fault["required"] = {"kind"};
  fault["allOf"] = std::move(rules);
  return fault;
}

}  // namespace

Json schema_of(const Declared& declared) {
  Json properties = Json::object();
  for (const auto& parameter : declared) {
    properties[std::string(parameter.name)] = schema_of_one(parameter);
  }
  return object_of(std::move(properties));
}

Json definitions() {
  return {{"duration", {{"type", "string"}, {"pattern", "^[0-9.]+(ns|us|ms|s|m|h)$"}}},
          {"hold",
           {{"oneOf",
             {reference("duration"),
              {{"type", "array"},
               {"items", reference("duration")},
               {"minItems", 2},
               {"maxItems", 2}}}}}},
          {"target", target()},
          {"only", only()},
          {"anchor", anchor()},
          {"fault", fault()},
          {"phase",
           object_of({{"name", {{"type", "string"}}},
                      {"when", reference("anchor")},
                      {"until", reference("anchor")},
                      {"at-most", reference("duration")},
                      {"repeat", {{"type", "integer"}, {"minimum", 1}, {"maximum", kRepeatMax}}},
                      {"faults",
                       {{"type", "array"},
                        {"items", reference("fault")},
                        {"maxItems", kFaultsPerPhaseMax}}}})}};
}

Json phases_schema() {
  return {{"type", "array"}, {"items", reference("phase")}, {"maxItems", kPhasesMax}};
}

}  // namespace capsize::nemesis
