#include "harness/page/run_faults.h"

#include <algorithm>
#include <fstream>
#include <map>

#include "harness/page/page_text.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::size_t kNamesMax = 64;
constexpr std::size_t kParamsBytes = 500;
constexpr std::size_t kEvidenceBytes = 3'000;

std::vector<std::string> names_in(const Json& object, std::string_view key) {
  std::vector<std::string> names;
  const Json& list = base::field(object, key);
  if (!list.is_array()) return names;
  for (const Json& name : list) {
    if (name.is_string() && names.size() < kNamesMax) {
      names.push_back(page_text(name.text(), kPageNameBytes));
    }
  }
  return names;
}

std::optional<double> ms_in(const Json& line) {
  const auto time = base::number_field(line, "time");
  if (!time) return std::nullopt;
  return *time / kNsPerMs;
}

/// Each stage of a fault is a line; the later ones know more.
void add_stage(const Json& line, RunFault& fault) {
  const std::string stage =
      text_in(line, base::field(line, "stage").is_string() ? "stage" : "phase");
  fault.kind = text_in(line, "kind", kPageNameBytes);
  fault.state = text_in(line, "state", kPageNameBytes);
  fault.planned_by = text_in(line, "planned-by", kPageNameBytes);
  fault.params = value_in(line, "params", kParamsBytes);
  if (const std::string reason = text_in(line, "reason"); !reason.empty()) fault.reason = reason;
  if (stage == "begin") fault.begin = ms_in(line);
  if (stage == "end") fault.end = ms_in(line);
  if (stage == "planned") return;
  const Json& target = base::field(line, "target");
  fault.nodes = names_in(target, "nodes");
  fault.peers = names_in(target, "peers");
  fault.evidence = value_in(line, "evidence", kEvidenceBytes);
}

void add_service(const Json& results, std::map<std::int64_t, RunFault>& faults) {
  for (const Json& line : base::field(base::field(results, "faults"), "list")) {
    const auto id = integer_in(line, "id");
    const auto found = id ? faults.find(*id) : faults.end();
    if (found == faults.end()) continue;
    found->second.outage_ms = base::number_field(line, "outage-ms");
    found->second.recovery_ms = base::number_field(line, "recovery-ms");
    found->second.recovery_everywhere_ms = base::number_field(line, "recovery-everywhere-ms");
  }
}

}  // namespace

bool RunFault::is_about(std::string_view node) const {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

bool RunFault::is_active(double ms) const {
  return took_effect() && begin && *begin <= ms && (!end || ms <= *end);
}

RunFaults read_faults(const std::filesystem::path& path, const Json& results) {
  std::map<std::int64_t, RunFault> faults;
  RunFaults read;
  std::ifstream file(path);
  for (std::string text; std::getline(file, text);) {
    const Json line = Json::parse(text);
    const auto id = integer_in(line, "id");
    if (!id) continue;  // the header; the last line of a killed run
    const bool known = faults.contains(*id);
    if (!known && faults.size() == kRunFaultsMax) {
      if (text_in(line, "stage") == "planned") ++read.left_out;
      continue;
    }
    RunFault& fault = faults[*id];
    fault.id = *id;
    add_stage(line, fault);
  }
  add_service(results, faults);
  for (auto& [id, fault] : faults) read.list.push_back(std::move(fault));
  return read;
}

Json to_json(const RunFault& fault) {
  return {{"id", fault.id},
          {"kind", fault.kind},
          {"state", fault.state},
          {"nodes", fault.nodes},
          {"peers", fault.peers},
          {"begin", json_of(fault.begin)},
          {"end", json_of(fault.end)},
          {"plannedBy", fault.planned_by},
          {"reason", fault.reason},
          {"params", fault.params},
          {"evidence", fault.evidence},
          {"outageMs", json_of(fault.outage_ms)},
          {"recoveryMs", json_of(fault.recovery_ms)},
          {"recoveryEverywhereMs", json_of(fault.recovery_everywhere_ms)}};
}

}  // namespace capsize::harness
