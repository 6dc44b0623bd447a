#include "harness/show/cluster_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "harness/report/terminal.h"
#include "harness/show/cluster_events.h"
#include "harness/show/node_timeline.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::size_t kLinesMax = 120;
constexpr std::size_t kTimeColumns = 11;
constexpr std::size_t kEventColumnsMax = 60;

/// How much a column of a node says. The first that fits the width is used.
struct Density {
  bool term = true;
  bool commit = true;
  std::size_t gap = 2;
  std::size_t event_columns_min = 34;
  const char* legend = ", term and commit index";
};
constexpr std::array<Density, 4> kDensities = {
    {{},
     {.commit = false, .legend = ", term"},
     {.commit = false, .gap = 1, .event_columns_min = 24, .legend = ", term"},
     {.term = false, .commit = false, .gap = 1, .event_columns_min = 24, .legend = ""}}};

/// A time in which a node was down or stopped, by the evidence of a fault.
struct Absence {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  char letter = 'x';  // z: stopped
};

/// What the evidence at the begin of a fault says about a node: 'x' it ended, 'z' it is stopped, 0
/// nothing.
char letter_of(const Json& evidence, const std::string& node) {
  const Json* begin = evidence.find("begin");
  if (begin == evidence.end()) return 0;
  const Json* process = begin->find(node);
  if (process == begin->end()) return 0;
  if (process->contains("signal") || process->contains("exit-code")) return 'x';
  const Json* state = process->find("state");
  return state != process->end() && *state == Json("T") ? 'z' : '\0';
}

std::vector<Absence> absences_of(const RecordedOutcome& run, nemesis::Node node,
                                 const NodeTimeline& timeline) {
  std::vector<Absence> absences;
  const std::int64_t start = base::nanoseconds(run.outcome.start);
  for (const auto& fault : run.outcome.faults) {
    const char letter = letter_of(fault.evidence, nemesis::node_name(node));
    if (letter == 0 || fault.state == nemesis::FaultState::kSkipped) continue;
    const std::int64_t begin = start + fault.begin.count();
    const std::int64_t end =
        letter == 'z'
            ? start + fault.end.count()
            : timeline.start_after(begin).value_or(std::numeric_limits<std::int64_t>::max());
    absences.push_back({begin, end, letter});
  }
  return absences;
}

char letter_of(checker::Role role) {
  switch (role) {
    case checker::Role::kLeader:
      return 'L';
    case checker::Role::kCandidate:
    case checker::Role::kPrecandidate:
      return 'C';
    case checker::Role::kFollower:
      break;
  }
  return 'F';
}

/// What the column of a node has on a line.
struct Cell {
  char letter = '-';  // '-': its trace has said nothing yet
  std::uint64_t term = 0;
  std::uint64_t commit = 0;
  friend bool operator==(const Cell&, const Cell&) = default;
};

std::string text_of(const Cell& cell, const Density& density) {
  std::string text(1, cell.letter);
  if (cell.letter == '-') return text;
  if (density.term) text += std::to_string(cell.term);
  if (density.commit && cell.letter != 'x') text += " " + std::to_string(cell.commit);
  return text;
}

Colour colour_of(const Cell& cell) {
  switch (cell.letter) {
    case 'L':
      return Colour::kGreen;
    case 'x':
      return Colour::kRed;
    case 'z':
    case 'C':
      return Colour::kYellow;
    default:
      return Colour::kNone;
  }
}

Colour colour_of(ClusterEvent::Kind kind) {
  if (kind == ClusterEvent::Kind::kFault) return Colour::kMagenta;
  return kind == ClusterEvent::Kind::kOperation ? Colour::kBold : Colour::kNone;
}

struct Line {
  ClusterEvent event;
  std::vector<Cell> cells;
};

class Table {
 public:
  Table(const RecordedOutcome& run, const ShownTime& time, const ShowOptions& options)
      : run_(run), options_(options), start_(base::nanoseconds(run.outcome.start)), time_(time) {
    const TraceWindow window{start_ + time.begin.count(), start_ + time.end.count()};
    const std::size_t size = cluster_size(run);
    for (nemesis::Node node = 0; node < size; ++node) {
      const auto trace = run.outcome.directory / "nodes" / nemesis::node_name(node) / "trace.jsonl";
      nodes_.push_back(NodeTimeline::read(node, trace, window));
      absences_.push_back(absences_of(run, node, nodes_.back()));
      if (nodes_.back().empty()) untraced_ += " " + nemesis::node_name(node);
    }
  }

  std::string text() {
    auto found = cluster_events(run_, nodes_, time_, options_.messages);
    const std::size_t left_out = choose(found.events);
    for (auto& event : found.events) {
      auto cells = cells_at(event.time);
      lines_.push_back({std::move(event), std::move(cells)});
    }
    layout();
    std::string text = fmt::format(
        "\n  the cluster from {:.3f} ms to {:.3f} ms; of each node its role (L leader, C "
        "candidate,\n"
        "  F follower, x dead, z stopped){}\n",
        ms(time_.begin.count()), ms(time_.end.count()), density_.legend);
    text += heading();
    for (const Line& line : lines_) text += line_text(line);
    if (lines_.empty()) text += "    nothing happened in this time\n";
    if (left_out > 0) text += fmt::format("    {} more lines are left out\n", left_out);
    if (!untraced_.empty()) text += "    no trace of" + untraced_ + "\n";
    for (const auto& note : found.notes) text += "    " + note + "\n";
    return text;
  }

 private:
  static double ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

  /// Keeps the events closest to the focus, and those of operations and faults. Returns how many
  /// are left out.
  std::size_t choose(std::vector<ClusterEvent>& events) const {
    if (events.size() <= kLinesMax) return 0;
    const std::int64_t focus = start_ + time_.focus.count();
    const auto rank = [&](const ClusterEvent& event) {
      const bool context =
          event.kind == ClusterEvent::Kind::kOperation || event.kind == ClusterEvent::Kind::kFault;
      return std::pair(!context, event.time > focus ? event.time - focus : focus - event.time);
    };
    std::stable_sort(events.begin(), events.end(),
                     [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    const std::size_t left_out = events.size() - kLinesMax;
    events.resize(kLinesMax);
    std::stable_sort(events.begin(), events.end(),
                     [](const auto& a, const auto& b) { return a.time < b.time; });
    return left_out;
  }

  std::vector<Cell> cells_at(std::int64_t time) const {
    std::vector<Cell> cells;
    for (nemesis::Node node = 0; node < nodes_.size(); ++node) {
      Cell cell;
      if (const auto state = nodes_[node].at(time)) {
        cell = {letter_of(state->role), state->term, state->commit};
      }
      for (const Absence& absence : absences_[node]) {
        if (absence.begin <= time && time < absence.end) cell.letter = absence.letter;
      }
      cells.push_back(cell);
    }
    return cells;
  }

  void layout() {
    for (const Density& density : kDensities) {
      if (fits(density)) return;
    }
  }
  bool fits(const Density& density) {
    density_ = density;
    std::size_t sum = kTimeColumns + 2;
    widths_.assign(nodes_.size(), 2);
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      widths_[node] = std::max(widths_[node], nemesis::node_name(node).size());
      for (const Line& line : lines_) {
        widths_[node] = std::max(widths_[node], text_of(line.cells[node], density).size());
      }
      sum += widths_[node] + density.gap;
    }
    const std::size_t rest = options_.columns > sum ? options_.columns - sum : 0;
    event_columns_ = std::clamp(rest, density.event_columns_min, kEventColumnsMax);
    return rest >= density.event_columns_min;
  }

  std::string heading() const {
    std::string line = fmt::format("{:>{}}  {:<{}}", "ms", kTimeColumns, "", event_columns_);
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      line += std::string(density_.gap, ' ');
      line += fmt::format("{:<{}}", nemesis::node_name(node), widths_[node]);
    }
    return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }

  std::string line_text(const Line& line) const {
    std::string text = fmt::format("{:>{}.3f}  ", ms(line.event.time - start_), kTimeColumns);
    const std::string event = fitted(line.event.text, event_columns_);
    text += painted(event, colour_of(line.event.kind), options_.colours);
    text.append(event_columns_ - event.size(), ' ');
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      const std::string cell = text_of(line.cells[node], density_);
      text += std::string(density_.gap, ' ') +
              painted(cell, colour_of(line.cells[node]), options_.colours);
      if (node + 1 < nodes_.size()) text.append(widths_[node] - cell.size(), ' ');
    }
    return text + "\n";
  }

  const RecordedOutcome& run_;
  const ShowOptions& options_;
  const std::int64_t start_;
  const ShownTime time_;
  std::vector<NodeTimeline> nodes_;
  std::vector<std::vector<Absence>> absences_;  // of each node
  std::string untraced_;
  std::vector<Line> lines_;
  std::vector<std::size_t> widths_;  // of each node's column
  std::size_t event_columns_ = kEventColumnsMax;
  Density density_;
};

}  // namespace

std::string cluster_table(const RecordedOutcome& run, const ShownTime& time,
                          const ShowOptions& options) {
  return Table(run, time, options).text();
}

}  // namespace capsize::harness
