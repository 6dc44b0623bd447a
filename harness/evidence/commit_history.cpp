#include "harness/evidence/commit_history.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace capsize::harness {
namespace {

constexpr std::size_t kEventsMax = 1'000'000;

}  // namespace

std::int64_t trace_time(std::string_view line) {
  constexpr std::string_view kKey = "\"time\":";
  const auto key = line.find(kKey);
  std::int64_t time = 0;
  if (key == line.npos) return time;
  const auto digits = line.substr(key + kKey.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), time);
  return time;
}

CommitHistory::CommitHistory(std::vector<TraceWindow> windows) {
  std::sort(windows.begin(), windows.end(),
            [](const auto& a, const auto& b) { return a.begin < b.begin; });
  for (const TraceWindow& window : windows) {
    if (!windows_.empty() && window.begin <= windows_.back().end) {
      windows_.back().end = std::max(windows_.back().end, window.end);
    } else {
      windows_.push_back(window);
    }
  }
}

bool CommitHistory::wants(std::string_view line) const {
  if (line.find("\"event\":\"append\"") == line.npos &&
      line.find("\"event\":\"commit\"") == line.npos) {
    return false;
  }
  const std::int64_t time = trace_time(line);
  const auto after = std::upper_bound(
      windows_.begin(), windows_.end(), time,
      [](std::int64_t moment, const TraceWindow& window) { return moment < window.begin; });
  return after != windows_.begin() && contains(*std::prev(after), time);
}

void CommitHistory::add(const checker::TraceEvent& event) {
  traced_ = true;
  const bool append = event.kind == checker::TraceKind::kAppendEntries;
  if (append && event.role != checker::Role::kLeader) return;
  if (!append && event.kind != checker::TraceKind::kCommit) return;
  if (appended_.size() + committed_.size() >= kEventsMax) {
    complete_ = false;
    return;
  }
  (append ? appended_ : committed_)
      .push_back({event.time, event.node, event.entry_term, event.first, event.index});
}

CommitHistory::Acknowledged CommitHistory::acknowledged(TraceWindow write) const {
  if (!traced_ || !complete_) return Acknowledged::kUnknown;
  // A node in another term may have committed another entry at that index. It counts as committed
  // all the same if its term is no older: after a leader change the successor commits the entries
  // of its predecessor, and a false proof would be worse than a missing one.
  const auto is_committed = [&](const Entries& entries) {
    return std::any_of(committed_.begin(), committed_.end(), [&](const Entries& commit) {
      return contains(write, commit.time) && commit.index >= entries.first &&
             (commit.node == entries.node || commit.term >= entries.term);
    });
  };
  bool appended = false;
  for (const Entries& entries : appended_) {
    if (!contains(write, entries.time)) continue;
    appended = true;
    if (is_committed(entries)) return Acknowledged::kAfterCommit;
  }
  return appended ? Acknowledged::kBeforeCommit : Acknowledged::kWithoutEntry;
}

}  // namespace capsize::harness
