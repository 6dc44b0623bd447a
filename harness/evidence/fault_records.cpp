#include "harness/evidence/fault_records.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>

#include "base/format_version.h"
#include "base/json.h"
#include "base/lenient_fields.h"
#include "harness/evidence/lenient_json.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::int64_t kTimeMax = std::chrono::nanoseconds(std::chrono::hours(24 * 366)).count();
constexpr std::size_t kFaultLineBytesMax = std::size_t{1} << 20;

struct FaultLines {
  nemesis::FaultRecord record;
  std::vector<nemesis::Node> peers;
  bool begun = false;
  bool ended = false;
};

/// Nanoseconds, or an id: at least 0.
std::optional<std::int64_t> whole(const Json& line, std::string_view key) {
  const auto number = lenient::integer(line, key);
  return number && *number >= 0 && *number <= kTimeMax ? number : std::nullopt;
}

std::vector<nemesis::Node> named_nodes(const Json& line, std::string_view key) {
  std::vector<nemesis::Node> nodes;
  for (const Json& name : base::field(base::field(line, "target"), key)) {
    if (!name.is_string()) continue;
    if (const auto node = nemesis::node_of(name.text())) nodes.push_back(*node);
  }
  return nodes;
}

nemesis::FaultState recorded_state(const std::string& name) {
  using nemesis::FaultState;
  for (const auto state : {FaultState::kInstalled, FaultState::kSkipped}) {
    if (nemesis::name(state) == name) return state;
  }
  return FaultState::kIndeterminate;
}

std::shared_ptr<const nemesis::PlannedFault> fault_in(const Json& line, std::uint64_t id) {
  auto fault = std::make_shared<nemesis::PlannedFault>();
  fault->id = id;
  fault->spec.kind = lenient::text(line, "kind");
  fault->spec.planned_by = lenient::text(line, "planned-by");
  fault->spec.label = lenient::text(line, "label");
  fault->spec.params = lenient::cleaned(base::field(line, "params"));
  return fault;
}

/// When the load began, if this line says when the proxy carried it out, too.
std::optional<base::Instant> start_by(const Json& line) {
  const auto time = whole(line, "time");
  const auto installed = whole(base::field(line, "evidence"), "installed");
  if (!installed || !time) return std::nullopt;
  // The proxy did it between the decision, at `time`, and the effect.
  const std::int64_t decided = *installed - whole(line, "effect-ns").value_or(0) / 2;
  return base::Instant(base::Duration(decided - *time));
}

class FaultReader {
 public:
  void add(const Json& line) {
    const auto id = whole(line, "id");
    const auto time = whole(line, "time");
    const std::string stage = lenient::text(line, line.contains("stage") ? "stage" : "phase");
    if (!id || !time || stage.empty()) return skip();
    if (stage == "planned") return;
    const auto key = static_cast<std::uint64_t>(*id);
    if (!by_id_.contains(key) && by_id_.size() >= kFaultRecordsMax) return skip();
    FaultLines& of = by_id_[key];
    if (!of.record.fault) of.record.fault = fault_in(line, key);
    take(line, stage == "end", base::Duration(*time), of);
    if (stage == "begin" && !start_) start_ = start_by(line);
  }
  void skip() { ++skipped_; }

  RecordedFaultList finish() && {
    RecordedFaultList list{.faults = {}, .peers = {}, .has_ended = {}, .start = start_};
    list.lines_skipped = skipped_;
    for (auto& [id, lines] : by_id_) {
      list.faults.push_back(std::move(lines.record));
      list.peers.push_back(std::move(lines.peers));
      list.has_ended.push_back(lines.ended);
    }
    return list;
  }

 private:
  static void take(const Json& line, bool end, base::Duration time, FaultLines& of) {
    of.record.state = recorded_state(lenient::text(line, "state"));
    if (const auto reason = lenient::text(line, "reason"); !reason.empty())
      of.record.reason = reason;
    if (auto nodes = named_nodes(line, "nodes"); !nodes.empty()) of.record.nodes = std::move(nodes);
    if (auto peers = named_nodes(line, "peers"); !peers.empty()) of.peers = std::move(peers);
    Json evidence = lenient::cleaned(base::field(line, "evidence"));
    if (evidence.is_object()) {
      of.record.evidence = end ? std::move(evidence) : Json({{"begin", std::move(evidence)}});
    }
    if (!of.begun && !end) of.record.begin = time;
    of.begun = true;
    of.ended = end || of.record.state == nemesis::FaultState::kSkipped;
    of.record.end = std::max(time, of.record.begin);
  }

  std::map<std::uint64_t, FaultLines> by_id_;
  std::optional<base::Instant> start_;
  std::size_t skipped_ = 0;
};

}  // namespace

base::Result<RecordedFaultList> read_fault_records(const std::filesystem::path& path) {
  std::error_code error;
  std::ifstream file;
  if (std::filesystem::is_regular_file(path, error)) file.open(path, std::ios::binary);
  if (!file.is_open()) return base::Error{path.string() + ": found no readable file"};
  FaultReader reader;
  std::string text;
  for (std::size_t number = 1; std::getline(file, text); ++number) {
    const Json line = text.size() > kFaultLineBytesMax ? Json() : Json::parse(text);
    if (!line.is_object()) {
      reader.skip();
    } else if (line.contains(nemesis::kFaultsFormat)) {
      const auto known =
          base::check_format_version(line, nemesis::kFaultsFormat, nemesis::kFaultsVersion);
      if (known) continue;
      return base::Error{fmt::format("{}:{}: {}: {}", path.string(), number, nemesis::kFaultsFormat,
                                     known.error().message)};
    } else {
      reader.add(line);
    }
  }
  return std::move(reader).finish();
}

}  // namespace capsize::harness
