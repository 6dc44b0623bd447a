#include "harness/live/node_board.h"

#include <algorithm>

#include "harness/live/growing_lines.h"

namespace capsize::harness {
namespace {

// A trace line has about 200 bytes; a much longer one is none.
constexpr std::size_t kTraceLineBytesMax = 4096;

/// After both, the index of the event is committed.
bool says_commit(std::string_view line) {
  return line.find("\"event\":\"commit\"") != line.npos ||
         line.find("\"event\":\"install\"") != line.npos;
}

}  // namespace

void NodeBoard::add(std::string_view lines) {
  std::string_view last, before_last, commit;
  for_each_line(lines, [&](std::string_view line) {
    if (line.size() > kTraceLineBytesMax) return;
    before_last = last;
    last = line;
    if (says_commit(line)) commit = line;
  });
  const auto take = [this](std::string_view line, std::optional<checker::TraceEvent>& event) {
    if (line.empty()) return false;
    auto parsed = parser_.parse(line, names_);
    if (parsed) event = *parsed;
    return parsed.has_value();
  };
  // The last line of a process that was killed may be half a line, ended by its successor.
  if (!take(last, last_)) take(before_last, last_);
  take(commit, commit_);
  if (names_.size() > 16) names_ = {};  // a trace names one node; a hostile one any number
}

void NodeBoard::write(NodeNow& node, base::Instant now) const {
  if (!last_) return;
  node.role = checker::name(last_->role);
  node.term = last_->term;
  node.incarnation = last_->incarnation;
  // A restarted node does not know what is committed until a leader says so.
  const bool known = commit_ && commit_->incarnation == last_->incarnation;
  node.commit = known ? commit_->index : 0;
  const auto since = base::nanoseconds(now) - std::max<std::int64_t>(last_->time, 0);
  node.silent = base::Duration(std::max<std::int64_t>(since, 0));
}

}  // namespace capsize::harness
