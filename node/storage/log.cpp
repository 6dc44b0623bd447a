#include "node/storage/log.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/storage/log_format.h"

namespace capsize::storage {
namespace {

constexpr std::size_t kBufferKept = std::size_t{4} * 1024 * 1024;

bool before(raft::Index index, const raft::EntryId& begin) {
  return index < begin.index;
}

}  // namespace

std::optional<raft::Term> TermOutline::term(raft::Index index) const {
  if (index < begins_.front().index || index > last_.index) return std::nullopt;
  return std::prev(std::upper_bound(begins_.begin(), begins_.end(), index, before))->term;
}

void TermOutline::append(raft::EntryId entry) {
  CHECK(entry.index > begins_.front().index && entry.index <= last_.index.next(),
        "a log on disk has no gaps");
  while (begins_.size() > 1 && begins_.back().index >= entry.index) begins_.pop_back();
  if (begins_.back().term != entry.term) begins_.push_back(entry);
  last_ = entry;
}

void TermOutline::install(raft::EntryId end) {
  if (term(end.index) != end.term) {
    *this = TermOutline(end);
    return;
  }
  const auto next = std::upper_bound(begins_.begin(), begins_.end(), end.index, before);
  begins_.erase(begins_.begin(), next);
  begins_.insert(begins_.begin(), end);
}

std::string CorruptLog::message() const {
  return "corrupt log: " + file + " at offset " + std::to_string(offset) + ": " + found;
}

// The order of the parts of a batch matters, since a torn write keeps a prefix of them. The hard
// state comes first: an entry of term 5 on disk without the node's move to term 5 would let it vote
// in term 4 again. The snapshot comes before the entries, since it replaces the log they extend.
void Log::add(const raft::PersistBatch& batch) {
  CHECK(!failed_, "a log whose write or sync failed is never used again");
  if (batch.hard_state) {
    hard_state_ = *batch.hard_state;
    previous_ = append_hard_state(records(), previous_, hard_state_);
  }
  if (batch.snapshot) {
    parts_.push_back({batch.snapshot, {}});
    add_mark(batch.snapshot.last);
  }
  for (const raft::Entry& entry : batch.entries) {
    outline_.append(entry.id());
    previous_ = append_entry(records(), previous_, entry);
  }
}

void Log::mark(const raft::LogPoint& snapshot) {
  CHECK(!failed_, "a log whose write or sync failed is never used again");
  // A newer snapshot of the leader may have been installed while this one was being written.
  if (snapshot.id.index > snapshot_) add_mark(snapshot);
}

void Log::add_mark(const raft::LogPoint& snapshot) {
  const bool may_go_back = SEEDED_BUG("snapshot-goes-back");
  CHECK(snapshot.id.index >= snapshot_ || may_go_back, "a snapshot never goes back");
  snapshot_ = snapshot.id.index;
  marked_ = true;
  outline_.install(snapshot.id);
  previous_ = append_snapshot_mark(records(), previous_, {snapshot, outline_.last()});
}

base::Status Log::sync() {
  CHECK(!failed_, "a log whose write or sync failed is never used again");
  if (parts_.size() == 1 && records().empty()) return {};
  failed_ = true;  // cleared once every step has succeeded
  for (const Part& part : parts_) {
    if (auto status = write(part); !status) return status;
  }
  // Only after the records are synced: a mark that is ahead of the log makes recovery refuse a torn
  // tail as damage. And before the receipt: recovery may cut what is above the mark, so no entry
  // above it may have been acknowledged when only the process dies.
  if (writer_->size() >= options_.segment_bytes) {
    if (auto status = rotate(); !status) return status;
  } else if (auto status = marks_->write(mark_now()); !status) {
    return status;
  }
  // Last, when the snapshot mark is durable: without it the segments would be needed after a crash.
  if (marked_) {
    if (auto status = remove_segments(); !status) return status;
  }
  failed_ = marked_ = false;
  parts_.resize(1);
  records().clear();
  if (records().capacity() > kBufferKept) records().shrink_to_fit();
  return {};
}

base::Status Log::write(const Part& part) {
  // The snapshot before its mark: a mark without its snapshot is a log that has lost its beginning.
  if (SEEDED_BUG("purge-before-durable")) {
    // Obsolete segments go as well, before the snapshot is there.
    if (auto status = writer_->append(part.records, options_.segment_bytes); !status) return status;
    if (auto status = remove_segments(); !status || !part.snapshot) return status;
    return snapshots_->save(part.snapshot, SnapshotStore::Origin::kReceived);
  }
  if (part.snapshot) {
    const auto status = snapshots_->save(part.snapshot, SnapshotStore::Origin::kReceived);
    if (!status) return status;
  }
  if (part.records.empty()) return {};
  return writer_->append(part.records, options_.segment_bytes);
}

base::Status Log::begin_segment() {
  const std::uint64_t number = segments_.empty() ? 1 : segments_.back().number + 1;
  auto created =
      SegmentWriter::create(files_, directory_, {number, hard_state_, previous_, outline_.last()});
  if (!created) return created.error();
  writer_ = std::move(created).value();
  segments_.push_back({number, outline_.last().index});
  return {};
}

base::Status Log::rotate() {
  // Synced here, so that after a power loss the mark never names a segment that remove_segments()
  // has removed: such a mark would protect nothing.
  if (auto status = begin_segment(); !status) return status;
  if (auto status = marks_->write(mark_now()); !status) return status;
  return marks_->sync();
}

SyncMark Log::mark_now() const {
  return {segments_.back().number, writer_->size(),  previous_,
          outline_.last(),         hard_state_.term, lost_};
}

base::Status Log::settle() {
  CHECK(!failed_, "a log whose write or sync failed is never used again");
  return marks_->sync();
}

base::Status Log::restore_vote() {
  CHECK(!failed_, "a log whose write or sync failed is never used again");
  // A snapshot mark may still be unwritten; the sync mark may only cover what is synced.
  if (auto status = sync(); !status) return status;
  lost_ = {};
  auto marks = SyncMarkWriter::create(files_, directory_, mark_now());
  if (!marks) return marks.error();
  marks_ = std::move(marks).value();
  return {};
}

base::Status Log::remove_segments() {
  // A segment is obsolete if the next one begins within the snapshot: all of its entries are then
  // in the snapshot, and the next header carries hard state and chain. From the oldest on, so that
  // a crash leaves no gap among the segments that are needed.
  while (segments_.size() > 1 && segments_[1].begin <= snapshot_) {
    const std::string path = directory_ + "/" + segment_name(segments_.front().number);
    if (auto status = files_.remove(path); !status) return status;
    segments_.pop_front();
  }
  return {};
}

}  // namespace capsize::storage
