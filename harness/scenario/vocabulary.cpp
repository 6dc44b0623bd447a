#include "harness/scenario/vocabulary.h"

#include <algorithm>
#include <cctype>

#include "harness/scenario/key_values.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/schedule.h"
#include "nemesis/plan/schema.h"
#include "workloads/workload.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kNameBytesMax = 100;
constexpr std::size_t kArgumentBytesMax = 4096;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool fits_name(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::vector<std::string> workload_names() {
  std::vector<std::string> names;
  for (const auto& workload : workloads::Workloads::instance().all()) {
    names.emplace_back(workload->name());
  }
  return names;
}

std::vector<std::string> nemesis_names() {
  std::vector<std::string> names;
  for (const auto& strategy : nemesis::Strategies::instance().all()) {
    names.emplace_back(strategy->name());
  }
  for (const auto& kind : nemesis::FaultKinds::instance().all()) {
    names.emplace_back(kind->name());
  }
  names.emplace_back(kSwarm);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> default_nemesis() {
  return nemesis::default_names();
}

std::vector<std::string> read_levels() {
  return {"linearizable", "stale"};
}

std::string name_rule(std::string_view name) {
  const bool fine = !name.empty() && name.size() <= kNameBytesMax && is_alphanumeric(name[0]) &&
                    std::all_of(name.begin(), name.end(), fits_name) && name != "latest";
  return fine ? std::string()
              : "a directory's name of at most 100 letters, digits, '.', '_' and '-' that begins "
                "with a letter or digit and is not 'latest'";
}

std::string argument_rule(std::string_view text) {
  // Other bytes do not survive scenario.json.
  const std::string copy(text);
  const bool fine = text.size() <= kArgumentBytesMax && text.find('\0') == text.npos &&
                    base::Json::parse(base::Json(copy).dump()) == base::Json(copy);
  return fine ? std::string() : "UTF-8 of at most 4096 bytes without NUL";
}

std::string safe_name(std::string_view text) {
  std::string name(text.substr(0, kNameBytesMax - 9));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !fits_name(c); }, '_');
  return name_rule(name).empty() ? name : "scenario-" + name;
}

base::Json phases_of_scenario() {
  return nemesis::phases_schema();
}

base::Json expectations_schema() {
  base::Json properties = base::Json::object();
  for (const auto& key : kExpectationKeys) properties[key.name] = schema_of(key);
  return {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

}  // namespace capsize::harness
