#include "nemesis/plan/recorded_faults.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/format_version.h"
#include "base/mismatch.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/model/message_filter.h"

namespace capsize::nemesis {
namespace {

using base::Json;

constexpr base::Duration kTimeMax = std::chrono::hours(240);

/// Thrown and caught in this file only.
struct FormatError {
  std::string what;
};

/// The lines of one fault.
struct FaultLines {
  Json begin;
  Json end;
};

const Json& field(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) throw FormatError{std::string("found no ") + name};
  return *found;
}

template <class T>
T parsed(base::Result<T> result, const char* name) {
  if (!result) throw FormatError{std::string(name) + ": " + result.error().message};
  return std::move(result).value();
}

base::Duration nanoseconds(const Json& object, const char* name) {
  const Json& number = field(object, name);
  const auto time = number.is_integer() ? number.get<std::int64_t>() : std::int64_t{-1};
  if (time < 0 || time > kTimeMax.count()) {
    throw FormatError{std::string(name) + ": " +
                      base::mismatch(number.dump(), "nanoseconds, up to ten days")};
  }
  return base::Duration(time);
}

std::optional<Anchor> anchor(const Json& object, const char* name) {
  if (!object.contains(name)) return std::nullopt;
  return parsed(parse_anchor(object[name]), name);
}

Target nodes_of(const Json& names, const Json& begin) {
  Target target = parsed(parse_target(names), "target");
  if (target.select != Select::kNamed) throw FormatError{"target: expected node names"};
  if (const auto leader = begin.find("leader"); leader != begin.end() && leader->is_string()) {
    target.recorded_leader = node_of(leader->text());
    if (!target.recorded_leader)
      throw FormatError{"leader: found " + leader->dump() + ", expected a node"};
  }
  return target;
}

FaultSpec spec_of(const Json& line) {
  FaultSpec spec;
  spec.kind = field(line, "kind").get<std::string>();
  const FaultKind* kind = FaultKinds::instance().find(spec.kind);
  if (kind == nullptr) {
    throw FormatError{"kind: found " + spec.kind +
                      ", expected one of: " + FaultKinds::instance().names()};
  }
  spec.params = line.value("params", Json::object());
  if (const auto valid = check(kind->parameters(), spec.params); !valid) {
    throw FormatError{"params: " + valid.error().message};
  }
  const Json& target = field(line, "target");
  spec.target = nodes_of(field(target, "nodes"), line);
  if (target.contains("peers")) spec.peers = nodes_of(target["peers"], line);
  spec.only = line.value("only", Json::object());
  if (const auto valid = check_only(spec.only); !valid)
    throw FormatError{"only: " + valid.error().message};
  spec.label = line.value("label", "");
  spec.planned_by = line.value("planned-by", "");
  spec.beyond_minority = true;
  return spec;
}

PlannedFault fault_of(const FaultLines& lines) {
  const Json& line = lines.begin;
  const Json& times = field(line, "anchor");
  PlannedFault fault;
  fault.spec = spec_of(line);
  fault.when = anchor(times, "when");
  fault.until = anchor(times, "until");
  const Json script = line.value("phase-of-script", Json::object());
  fault.script = script.value("script", std::uint64_t{0});
  fault.phase = script.value("number", std::uint64_t{1});
  fault.phase_when = anchor(script, "when");
  const base::Duration begun = nanoseconds(line, "time");
  // The first phase starts with the run, so the logged time is exact: it includes the wait for
  // eligible nodes, which a replay may not need. Later phases start when earlier ones have ended,
  // so there only the planned delay means anything.
  const bool starts_with_run = !fault.when && !fault.phase_when && fault.phase == 1;
  fault.at = starts_with_run ? begun : nanoseconds(times, "after");
  const bool ended = !lines.end.is_null() && !fault.until;
  fault.hold = ended ? nanoseconds(lines.end, "time") - begun : nanoseconds(times, "hold");
  if (fault.hold < base::Duration::zero()) throw FormatError{"time: found an end before the begin"};
  if (fault.when) fault.patience = std::chrono::seconds(10);
  return fault;
}

RecordedFaults group_by_script(const std::map<std::uint64_t, FaultLines>& by_id) {
  RecordedFaults recorded;
  std::map<std::uint64_t, std::map<std::uint64_t, Phase>> scripts;
  for (const auto& [id, lines] : by_id) {
    PlannedFault fault = fault_of(lines);
    recorded.spares =
        std::max(recorded.spares, FaultKinds::instance().find(fault.spec.kind)->spares());
    Phase& phase = scripts[fault.script][fault.phase];
    phase.when = fault.phase_when;
    phase.faults.push_back(std::move(fault));
    ++recorded.faults;
  }
  for (auto& [script_number, phases] : scripts) {
    auto& script = recorded.scripts.emplace_back();
    for (auto& [number, phase] : phases) script.push_back(std::move(phase));
  }
  return recorded;
}

class ReplayScript final : public Script {
 public:
  explicit ReplayScript(std::vector<Phase> phases) : phases_(std::move(phases)) {}
  std::optional<Phase> next(const Situation&, base::Prng&) override {
    if (next_ == phases_.size()) return std::nullopt;
    return phases_[next_++];
  }

 private:
  std::vector<Phase> phases_;
  std::size_t next_ = 0;
};

}  // namespace

base::Result<RecordedFaults> read_recorded_faults(std::istream& lines, const std::string& origin) {
  std::map<std::uint64_t, FaultLines> by_id;
  std::size_t number = 0;
  try {
    for (std::string text; std::getline(lines, text);) {
      ++number;
      const Json line = Json::parse(text);
      if (line.is_invalid() && lines.eof()) break;  // the run was killed while it wrote
      if (!line.is_object()) throw FormatError{"expected one JSON object a line"};
      if (number == 1 && line.contains(kFaultsFormat)) {
        const auto known = base::check_format_version(line, kFaultsFormat, kFaultsVersion);
        if (!known) throw FormatError{std::string(kFaultsFormat) + ": " + known.error().message};
        continue;
      }
      const auto id = field(line, "id").get<std::uint64_t>();
      // Earlier releases called the stage "phase".
      const auto& stage = field(line, line.contains("stage") ? "stage" : "phase");
      if (stage == "begin" && field(line, "state") != "skipped") by_id[id].begin = line;
      if (stage == "end" && by_id.contains(id)) by_id[id].end = line;
      if (by_id.size() > kRecordedMax) throw FormatError{"found more than 100000 faults"};
    }
    return group_by_script(by_id);
  } catch (const FormatError& error) {
    return base::Error{origin + ":" + std::to_string(number) + ": " + error.what};
  } catch (const base::JsonTypeError& wrong_type) {
    return base::Error{origin + ":" + std::to_string(number) + ": " + wrong_type.what()};
  }
}

std::vector<std::unique_ptr<Script>> make_scripts(const RecordedFaults& recorded) {
  std::vector<std::unique_ptr<Script>> scripts;
  for (const auto& phases : recorded.scripts)
    scripts.push_back(std::make_unique<ReplayScript>(phases));
  return scripts;
}

}  // namespace capsize::nemesis
