#include "checker/properties/node_log.h"

#include <algorithm>

namespace capsize::checker {

std::vector<NodeLog::Point>::const_iterator NodeLog::at_or_above(std::uint64_t index) const {
  return std::partition_point(points_.begin(), points_.end(),
                              [index](const Point& point) { return point.index < index; });
}

void NodeLog::truncate(std::uint64_t last_kept) {
  while (!points_.empty() && points_.back().index > last_kept) {
    Point cut = points_.back();
    points_.pop_back();
    if (cut.first > last_kept) continue;
    // The lower part of the batch remains; the hash at its new end is unknown.
    cut.index = last_kept;
    cut.has_hash = false;
    points_.push_back(cut);
  }
  last_index_ = std::min(last_index_, last_kept);
}

// After a restart the log is what the disk kept: less than before, the same, or more, if the kill
// truncated the trace.
void NodeLog::recover(const TraceEvent& event) {
  truncate(event.index);
  const auto known = hash_at(event.index);
  if (known && event.has_hash && *known != event.hash) points_.clear();
  if (event.index > 0 && (points_.empty() || points_.back().index < event.index)) {
    points_.push_back({event.index, event.index, event.entry_term, event.hash, event.has_hash});
  }
  last_index_ = event.index;
}

void NodeLog::follow(const TraceEvent& event) {
  if (!event.has_index) return;
  switch (event.kind) {
    case TraceKind::kStart:
      recover(event);
      break;
    case TraceKind::kTruncate:
      truncate(event.index);
      break;
    case TraceKind::kAppendEntries:
      if (event.first > 0) truncate(event.first - 1);
      points_.push_back({event.first, event.index, event.entry_term, event.hash, event.has_hash});
      last_index_ = event.index;
      break;
    case TraceKind::kInstall:
      // A snapshot replaces the log up to its last entry. Later entries remain if the log contained
      // that entry.
      if (hash_at(event.index) && event.has_hash && *hash_at(event.index) == event.hash) break;
      points_.assign(1, {event.index, event.index, event.entry_term, event.hash, event.has_hash});
      last_index_ = event.index;
      break;
    default:
      break;
  }
}

std::optional<std::uint64_t> NodeLog::hash_at(std::uint64_t index) const {
  const auto point = at_or_above(index);
  if (point == points_.end() || point->index != index || !point->has_hash) return std::nullopt;
  return point->hash;
}

std::uint64_t NodeLog::term_at(std::uint64_t index) const {
  const auto point = at_or_above(index);
  if (point == points_.end() || point->first > index) return 0;
  return point->entry_term;
}

}  // namespace capsize::checker
