#include "nemesis/plan/recorded.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/format_version.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/model/message_filter.h"
#include "node/wire/header.h"

namespace capsize::nemesis {
namespace {

using base::Json;

constexpr base::Duration kTimeMax = std::chrono::hours(240);

/// Thrown and caught in this file only.
struct Misread {
  std::string what;
};

/// Of one fault what its lines said.
struct Lines {
  Json begin;
  Json end;
};

const Json& field(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) throw Misread{std::string("found no ") + name};
  return *found;
}

template <class T>
T parsed(base::Result<T> result, const char* name) {
  if (!result) throw Misread{std::string(name) + ": " + result.error().message};
  return std::move(result).value();
}

base::Duration nanoseconds(const Json& object, const char* name) {
  const Json& number = field(object, name);
  const auto time = number.is_integer() ? number.get<std::int64_t>() : std::int64_t{-1};
  if (time < 0 || time > kTimeMax.count()) {
    throw Misread{std::string(name) + ": found " + number.dump().substr(0, 64) +
                  ", expected nanoseconds, up to ten days"};
  }
  return base::Duration(time);
}

std::optional<Anchor> anchor(const Json& object, const char* name) {
  if (!object.contains(name)) return std::nullopt;
  return parsed(parse_anchor(object[name]), name);
}

Target nodes_of(const Json& names, const Json& begin) {
  Target target = parsed(parse_target(names), "target");
  if (target.select != Select::kNamed) throw Misread{"target: expected the names of nodes"};
  if (const auto leader = begin.find("leader"); leader != begin.end() && leader->is_string()) {
    const auto number = wire::parse_node_name(leader->text());
    if (!number) throw Misread{"leader: found " + leader->dump() + ", expected a node"};
    target.led = *number - 1;
  }
  return target;
}

FaultSpec spec_of(const Json& line) {
  FaultSpec spec;
  spec.kind = field(line, "kind").get<std::string>();
  const FaultKind* kind = FaultKinds::instance().find(spec.kind);
  if (kind == nullptr) {
    throw Misread{"kind: found " + spec.kind +
                  ", expected one of: " + FaultKinds::instance().names()};
  }
  spec.params = line.value("params", Json::object());
  if (const auto fine = check(kind->parameters(), spec.params); !fine) {
    throw Misread{"params: " + fine.error().message};
  }
  const Json& target = field(line, "target");
  spec.target = nodes_of(field(target, "nodes"), line);
  if (target.contains("peers")) spec.peers = nodes_of(target["peers"], line);
  spec.only = line.value("only", Json::object());
  if (const auto fine = check_only(spec.only); !fine)
    throw Misread{"only: " + fine.error().message};
  spec.label = line.value("label", "");
  spec.planned_by = line.value("planned-by", "");
  spec.beyond_minority = true;
  return spec;
}

PlannedFault fault_of(const Lines& lines) {
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
  // The first phase begins with the load, so its times are known better than as planned.
  const bool timed = !fault.when && !fault.phase_when && fault.phase == 1;
  fault.at = timed ? begun : nanoseconds(times, "after");
  const bool ended = !lines.end.is_null() && !fault.until;
  fault.hold = ended ? nanoseconds(lines.end, "time") - begun : nanoseconds(times, "hold");
  if (fault.hold < base::Duration::zero()) throw Misread{"time: it ended before it began"};
  if (fault.when) fault.patience = std::chrono::seconds(10);
  return fault;
}

Recorded arrange(const std::map<std::uint64_t, Lines>& by_id) {
  Recorded recorded;
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

class Replay final : public Script {
 public:
  explicit Replay(std::vector<Phase> phases) : phases_(std::move(phases)) {}
  std::optional<Phase> next(const Situation&, base::Prng&) override {
    if (next_ == phases_.size()) return std::nullopt;
    return phases_[next_++];
  }

 private:
  std::vector<Phase> phases_;
  std::size_t next_ = 0;
};

}  // namespace

base::Result<Recorded> read_recorded(std::istream& lines, const std::string& origin) {
  std::map<std::uint64_t, Lines> by_id;
  std::size_t number = 0;
  try {
    for (std::string text; std::getline(lines, text);) {
      ++number;
      const Json line = Json::parse(text);
      if (line.is_invalid() && lines.eof()) break;  // cut off
      if (!line.is_object()) throw Misread{"expected one JSON object a line"};
      if (number == 1 && line.contains(kFaultsFormat)) {
        const auto known = base::check_format_version(line, kFaultsFormat, kFaultsVersion);
        if (!known) throw Misread{std::string(kFaultsFormat) + ": " + known.error().message};
        continue;
      }
      const auto id = field(line, "id").get<std::uint64_t>();
      // Earlier releases called the stage "phase".
      const auto& stage = field(line, line.contains("stage") ? "stage" : "phase");
      if (stage == "begin" && field(line, "state") != "skipped") by_id[id].begin = line;
      if (stage == "end" && by_id.contains(id)) by_id[id].end = line;
      if (by_id.size() > kRecordedMax) throw Misread{"more than 100000 faults"};
    }
    return arrange(by_id);
  } catch (const Misread& misread) {
    return base::Error{origin + ":" + std::to_string(number) + ": " + misread.what};
  } catch (const base::JsonTypeError& wrong) {
    return base::Error{origin + ":" + std::to_string(number) + ": " + wrong.what()};
  }
}

std::vector<std::unique_ptr<Script>> play(const Recorded& recorded) {
  std::vector<std::unique_ptr<Script>> scripts;
  for (const auto& phases : recorded.scripts) scripts.push_back(std::make_unique<Replay>(phases));
  return scripts;
}

}  // namespace capsize::nemesis
