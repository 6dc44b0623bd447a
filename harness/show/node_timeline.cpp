#include "harness/show/node_timeline.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/json.h"
#include "harness/evidence/lenient_json.h"

namespace capsize::harness {
namespace {

using checker::Role;
using checker::TraceKind;

constexpr std::size_t kStatesMax = 200'000;
constexpr std::size_t kEventsMax = 1'000;
constexpr std::size_t kStartsMax = 100'000;
constexpr std::size_t kLineBytesMax = 4096;

bool has(std::string_view line, std::string_view event) {
  return line.find(event) != line.npos;
}

/// The last lines before the window, which say what the node is when it begins.
struct Before {
  std::string any;
  std::string commit;
};

/// A name in the line that TraceEvent does not have: the candidate of a vote.
std::string name_in(std::string_view line, std::string_view key) {
  return lenient::text(base::Json::parse(line), key);
}

}  // namespace

NodeTimeline NodeTimeline::read(nemesis::Node node, const std::filesystem::path& trace,
                                const TraceWindow& window) {
  NodeTimeline timeline;
  timeline.name_ = nemesis::node_name(node);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(trace, ignored)) return timeline;
  std::ifstream file(trace);
  Before before;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.size() > kLineBytesMax) continue;
    const std::int64_t time = trace_time(line);
    if (has(line, "\"event\":\"start\"") && timeline.starts_.size() < kStartsMax) {
      timeline.starts_.push_back(time);
    }
    if (time > window.end || has(line, "\"event\":\"apply\"")) continue;
    if (time < window.begin) {
      if (has(line, "\"event\":\"commit\"")) before.commit = line;
      std::swap(before.any, line);
      continue;
    }
    if (!std::exchange(inside, true)) {
      timeline.add(before.commit, window);
      timeline.add(before.any, window);
    }
    timeline.add(line, window);
  }
  if (!inside) {
    timeline.add(before.commit, window);
    timeline.add(before.any, window);
  }
  return timeline;
}

void NodeTimeline::add(std::string_view line, const TraceWindow& window) {
  const auto event = parser_.parse(line, names_);
  if (!event) return;  // a killed node may have left a partial line
  State state{event->time, event->role, event->term, 0};
  if (!states_.empty()) state.commit = states_.back().commit;
  const bool commits = event->kind == TraceKind::kCommit || event->kind == TraceKind::kInstall;
  if (commits && event->has_index) state.commit = event->index;
  if (event->kind == TraceKind::kStart)
    state.commit = 0;  // it knows of no commit before its leader reports one
  const bool changes = states_.empty() || states_.back().role != state.role ||
                       states_.back().term != state.term || states_.back().commit != state.commit;
  if (contains(window, event->time)) add_event(*event, line);
  if (!changes) return;
  if (states_.size() >= kStatesMax) {
    cut_ = true;
    return;
  }
  // Events of one file keep their order, whatever their times.
  if (!states_.empty()) state.time = std::max(state.time, states_.back().time);
  states_.push_back(state);
}

void NodeTimeline::add_event(const checker::TraceEvent& event, std::string_view line) {
  std::string text;
  switch (event.kind) {
    case TraceKind::kStart:
      text = fmt::format("{} starts, incarnation {}", name_, event.incarnation);
      break;
    case TraceKind::kVote:
      text = fmt::format("{} votes for {}, term {}", name_, name_in(line, "vote"), event.term);
      break;
    case TraceKind::kRole:
      text = event.role == Role::kLeader
                 ? fmt::format("{} leads term {}", name_, event.term)
                 : fmt::format("{} is {}, term {}", name_, checker::name(event.role), event.term);
      break;
    case TraceKind::kTruncate:
      text = fmt::format("{} drops entries after {}", name_, event.index);
      break;
    case TraceKind::kInstall:
      text = fmt::format("{} installs a snapshot up to {}", name_, event.index);
      break;
    case TraceKind::kConfig:
      text = fmt::format("{} has the configuration of entry {}", name_, event.index);
      break;
    case TraceKind::kTransfer:
      text = fmt::format("{} transfers leadership to {}", name_, name_in(line, "to"));
      break;
    default:
      return;
  }
  if (events_.size() >= kEventsMax) {
    cut_ = true;
    return;
  }
  events_.push_back({event.time, std::move(text)});
}

std::optional<NodeTimeline::State> NodeTimeline::at(std::int64_t time) const {
  const auto next =
      std::upper_bound(states_.begin(), states_.end(), time,
                       [](std::int64_t moment, const State& state) { return moment < state.time; });
  if (next == states_.begin()) return std::nullopt;
  return *std::prev(next);
}

std::optional<std::int64_t> NodeTimeline::start_after(std::int64_t time) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), time);
  return next == starts_.end() ? std::nullopt : std::optional(*next);
}

}  // namespace capsize::harness
