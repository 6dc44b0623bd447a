#include "harness/page/node_lane.h"

#include <algorithm>
#include <fstream>

#include "checker/properties/trace.h"
#include "harness/page/page_text.h"

namespace capsize::harness {
namespace {

using base::Json;

// The last line of a killed node is a little older than the signal that ended it.
constexpr double kSignalDelayMs = 100;

bool says_state(std::string_view line) {
  for (const char* event : {"\"role\"", "\"term\"", "\"start\"", "\"commit\"", "\"install\""}) {
    if (line.find(std::string("\"event\":") + event) != line.npos) return true;
  }
  return false;
}

/// ", by 500ms, period 40ms".
std::string parameters_text(const RunFault& fault) {
  std::string text;
  const Json parameters = Json::parse(fault.params);
  for (const auto& [key, value] : parameters.items()) {
    text += ", " + key + " " + (value.is_string() ? value.text() : value.dump());
  }
  return page_text(text, kPageNameBytes);
}

class LaneBuilder {
 public:
  LaneBuilder(const std::string& node, const LaneContext& context) : context_(context) {
    lane_.name = node;
    commit_gap_ = context.end_ms / static_cast<double>(NodeLane::kCommitsMax);
  }

  void add(const checker::TraceEvent& event) {
    const double ms = static_cast<double>(event.time - context_.load_began_ns) / kNsPerMs;
    if (event.kind == checker::TraceKind::kStart) {
      if (seen_) die(death_before(ms), ms);
      up_since_ = ms;
    }
    set_role(ms, event);
    if (event.kind == checker::TraceKind::kCommit || event.kind == checker::TraceKind::kInstall) {
      add_commit(ms, event.index);
    }
    seen_ = true;
    latest_ = ms;
  }

  NodeLane finish() {
    if (seen_) {
      const bool dead = context_.crashed.contains(lane_.name);
      const double end = std::max(latest_, context_.end_ms);
      if (dead) {
        die(latest_, end);
      } else {
        end_role(end);
        add_up(end);
      }
    }
    add_clock_errors();
    return std::move(lane_);
  }

 private:
  void set_role(double ms, const checker::TraceEvent& event) {
    const std::string role(checker::name(event.role));
    if (in_role_ && lane_.roles.back().role == role && lane_.roles.back().term == event.term) {
      return;
    }
    end_role(ms);
    if (lane_.roles.size() == NodeLane::kIntervalsMax) {
      ++lane_.left_out;
      return;
    }
    lane_.roles.push_back({ms, ms, role, event.term});
    in_role_ = true;
  }
  void end_role(double ms) {
    if (in_role_) lane_.roles.back().end = ms;
    in_role_ = false;
  }
  /// The node has ended at `begin` and starts again at `end`.
  void die(double begin, double end) {
    end_role(begin);
    add_up(begin);
    add_state({begin, end, "dead"});
  }
  /// Up since its start, but for the times in which a fault paused it.
  void add_up(double end) {
    double since = up_since_;
    for (const RunFault& fault : context_.faults) {
      if (fault.kind != "pause" || !fault.took_effect() || !fault.is_about(lane_.name)) continue;
      const double begin = fault.begin.value_or(end);
      if (begin < since || begin >= end) continue;
      add_state({since, begin, "up"});
      since = std::min(end, fault.end.value_or(end));
      add_state({begin, since, "paused"});
    }
    add_state({since, end, "up"});
  }
  void add_state(NodeLane::StateInterval interval) {
    if (interval.end <= interval.begin) return;
    if (lane_.states.size() == NodeLane::kIntervalsMax) {
      ++lane_.left_out;
      return;
    }
    lane_.states.push_back(interval);
  }
  /// When the node ended that starts at `start`: with the fault that began last before, unless its
  /// trace shows it alive after that.
  [[nodiscard]] double death_before(double start) const {
    double death = latest_;
    for (const RunFault& fault : context_.faults) {
      if (!fault.took_effect() || !fault.begin || !fault.is_about(lane_.name)) continue;
      if (*fault.begin > latest_ - kSignalDelayMs && *fault.begin < start) {
        death = std::max(death, *fault.begin);
      }
    }
    return death;
  }
  void add_commit(double ms, std::uint64_t index) {
    // The last one of each part of the run, with its own time: at no time is the index too high.
    auto& commits = lane_.commits;
    const bool same_part = !commits.empty() && ms < commit_part_end_;
    if (same_part) {
      commits.back() = {ms, index};
      return;
    }
    if (commits.size() == 2 * NodeLane::kCommitsMax) return;
    commits.push_back({ms, index});
    commit_part_end_ = ms + commit_gap_;
  }
  void add_clock_errors() {
    for (const RunFault& fault : context_.faults) {
      if (!fault.kind.starts_with("clock-") || !fault.took_effect()) continue;
      if (!fault.begin || !fault.is_about(lane_.name)) continue;
      lane_.clock.push_back(
          {*fault.begin, fault.end.value_or(context_.end_ms), fault.kind + parameters_text(fault)});
    }
  }

  const LaneContext& context_;
  NodeLane lane_;
  bool seen_ = false;
  bool in_role_ = false;
  double latest_ = 0;    // time of the last event
  double up_since_ = 0;  // of this incarnation
  double commit_gap_ = 0;
  double commit_part_end_ = 0;
};

}  // namespace

const NodeLane::RoleInterval* NodeLane::role_at(double ms) const {
  const auto next = std::upper_bound(
      roles.begin(), roles.end(), ms,
      [](double time, const RoleInterval& interval) { return time < interval.begin; });
  if (next == roles.begin()) return nullptr;
  const auto& found = *std::prev(next);
  return ms <= found.end ? &found : nullptr;
}

NodeLane read_lane(const std::string& node, const std::filesystem::path& trace,
                   const LaneContext& context) {
  LaneBuilder lane(node, context);
  checker::TraceLineParser parser;
  checker::NodeNames names;
  std::ifstream file(trace);
  for (std::string line; std::getline(file, line);) {
    if (!says_state(line)) continue;
    if (const auto event = parser.parse(line, names)) lane.add(*event);
  }
  return lane.finish();
}

std::optional<NewestLeader> newest_leader_at(const std::vector<NodeLane>& lanes, double ms) {
  std::optional<NewestLeader> newest;
  for (const NodeLane& lane : lanes) {
    for (const auto& interval : lane.roles) {
      if (interval.begin > ms) break;
      if (interval.role != "leader") continue;
      if (!newest || interval.term > newest->term) newest = {lane.name, interval.term};
    }
  }
  return newest;
}

Json to_json(const NodeLane& lane) {
  Json roles = Json::array();
  for (const auto& [begin, end, role, term] : lane.roles) {
    roles.push_back({{"begin", begin}, {"end", end}, {"role", role}, {"term", term}});
  }
  Json states = Json::array();
  for (const auto& [begin, end, state] : lane.states) {
    states.push_back({{"begin", begin}, {"end", end}, {"state", state}});
  }
  Json commits = Json::array();
  for (const auto& [ms, index] : lane.commits) commits.push_back({{"ms", ms}, {"index", index}});
  Json clock = Json::array();
  for (const auto& [begin, end, text] : lane.clock) {
    clock.push_back({{"begin", begin}, {"end", end}, {"text", text}});
  }
  return {{"name", lane.name},  {"roles", roles}, {"states", states},
          {"commits", commits}, {"clock", clock}, {"leftOut", lane.left_out}};
}

}  // namespace capsize::harness
