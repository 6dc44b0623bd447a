// Log::open: finds the segments that are needed, replays them, and completes what a crash has
// interrupted.

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "node/bugs/seeded_bug.h"
#include "node/storage/log.h"
#include "node/storage/log_loss.h"
#include "node/storage/log_recovery.h"

namespace capsize::storage {
namespace {

/// How the snapshot that the log has marked contradicts the snapshot on disk, if it does.
std::optional<std::string> contradiction(const raft::LogPoint& mark,
                                         const raft::Snapshot& snapshot) {
  const std::uint64_t marked = mark.id.index.value();
  const std::uint64_t found = snapshot.last.id.index.value();
  if (marked > found) {
    return fmt::format("the log marks a snapshot up to entry {}, found a snapshot up to entry {}",
                       marked, found);
  }
  if (marked == found && mark != snapshot.last) return "the log marks a different snapshot";
  return std::nullopt;  // marked < found: a crash came before the mark of the newer snapshot
}

}  // namespace

/// The steps of Log::open; the first one that fails stores its reason in `failure_`.
class LogOpening : private FailingSteps {
 public:
  using FailingSteps::Failure;
  LogOpening(FileSystem& files, const std::string& directory, LogOptions options)
      : files_(files), directory_(directory), log_(new Log(files, directory, options)) {}

  bool run() {
    return read_stored_snapshot() && read_mark() && find_segments() && replay_segments() &&
           cut_torn_tail() && open_writer() && remove_obsolete();
  }
  Failure failure() && { return std::move(failure_); }
  Log::Opened opened() && {
    opened_.log = std::move(log_);
    opened_.snapshots = opened_.log->snapshots_;
    return std::move(opened_);
  }

 private:
  bool corrupt(const std::string& name, std::uint64_t offset, std::string found) {
    failure_ = CorruptLog{path(name), offset, std::move(found)};
    return false;
  }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/" + name; }

  bool read_stored_snapshot() {
    auto stored = read_snapshot(files_, directory_);
    if (auto* damaged = std::get_if<CorruptLog>(&stored)) failure_ = std::move(*damaged);
    if (auto* refused = std::get_if<IoFailure>(&stored)) failure_ = std::move(*refused);
    if (auto* snapshot = std::get_if<raft::Snapshot>(&stored)) snapshot_ = std::move(*snapshot);
    log_->snapshots_ = std::make_shared<SnapshotStore>(files_, directory_, snapshot_.last.id.index);
    return std::holds_alternative<std::monostate>(failure_);
  }

  bool read_mark() {
    auto mark = read_sync_mark(files_, directory_);
    if (auto* damaged = std::get_if<CorruptLog>(&mark)) failure_ = std::move(*damaged);
    if (auto* refused = std::get_if<IoFailure>(&mark)) failure_ = std::move(*refused);
    if (const auto* found = std::get_if<std::optional<SyncMark>>(&mark)) mark_ = *found;
    replay_ = LogReplay(mark_.value_or(SyncMark{}));
    return std::holds_alternative<std::monostate>(failure_);
  }

  bool begin_log() {
    if (snapshot_) return corrupt(segment_name(1), 0, "found a snapshot, but no log beside it");
    // The mark before the segment: after a crash in between, a version 3 log without a mark would
    // count as damaged.
    if (!mark_ && !worked(SyncMarkWriter::create(files_, directory_, {}))) return false;
    mark_ = mark_.value_or(SyncMark{});
    if (!worked(log_->begin_segment())) return false;
    numbers_ = {1};
    return true;
  }

  /// Searches from the newest segment back to one that begins within the snapshot. Earlier segments
  /// are obsolete, and a crash during their removal may have left gaps among them.
  bool find_segments() {
    auto numbers = list_segments(files_, directory_);
    if (!worked(numbers)) return false;
    numbers_ = std::move(numbers).value();
    if (mark_ && mark_->segment > (numbers_.empty() ? 0 : numbers_.back())) {
      return corrupt(segment_name(mark_->segment), 0,
                     fmt::format("found no such file, expected the newest segment: the log is "
                                 "synced up to offset {} in it, entry {}",
                                 mark_->offset, mark_->last.index.value()));
    }
    if (numbers_.empty() && !begin_log()) return false;
    for (first_ = numbers_.size() - 1;; --first_) {
      const std::string name = segment_name(numbers_[first_]);
      const auto bytes = files_.read(path(name), kSegmentHeaderBytes);
      if (!worked(bytes)) return false;
      const auto header = decode_segment_header(bytes.value().value_or(""));
      if (!header || header->number != numbers_[first_]) {
        return corrupt(name, 0,
                       "found no valid header, expected that of this segment, version 2 or 3");
      }
      if (header->last.index <= snapshot_.last.id.index) return true;
      if (first_ == 0) {
        return corrupt(name, 0,
                       fmt::format("found a log that begins after entry {}, and a snapshot only up "
                                   "to entry {}",
                                   header->last.index.value(), snapshot_.last.id.index.value()));
      }
      if (numbers_[first_ - 1] != numbers_[first_] - 1) {
        return corrupt(segment_name(numbers_[first_] - 1), 0, "a segment of the log is missing");
      }
    }
  }

  bool replay_segments() {
    log_->segments_.clear();
    for (std::size_t i = first_; i < numbers_.size(); ++i) {
      newest_ = segment_name(numbers_[i]);
      auto bytes = files_.read(path(newest_));
      if (!worked(bytes)) return false;
      segment_ = std::move(bytes.value()).value_or("");
      log_->segments_.push_back({numbers_[i], replay_.last().index});
      const bool last = i + 1 == numbers_.size();
      if (auto damaged = replay_.read(segment_, last, path(newest_))) {
        failure_ = std::move(*damaged);
        return false;
      }
    }
    if (!mark_ && replay_.version() != kUnmarkedSegmentVersion) {
      return corrupt(kSyncMarkFile, 0,
                     "found no such file, expected it beside a log of version 3: it records up to "
                     "where the log is synced");
    }
    // A crash while a loss is being accepted can leave a log that is cut above its mark and looks
    // intact, but lacks the highest term that the node has seen (step 4 in log_loss.h). Opened as
    // it is, the node could vote a second time in that term.
    if (mark_ && replay_.hard_state().term < mark_->term && !SEEDED_BUG("cut-log-at-bad-record")) {
      return corrupt(newest_, replay_.valid_bytes(),
                     fmt::format("found a log that ends in term {}, expected term {} or later, as "
                                 "recorded in the sync mark",
                                 replay_.hard_state().term.value(), mark_->term.value()));
    }
    if (auto wrong = contradiction(replay_.mark(), snapshot_)) {
      return corrupt(newest_, kSegmentHeaderBytes, std::move(*wrong));
    }
    return true;
  }

  /// Must happen before anything is appended: a later record after the torn bytes would make them
  /// look like damage in the middle of the log.
  bool cut_torn_tail() {
    opened_.bytes_cut = replay_.torn_bytes();
    if (opened_.bytes_cut == 0) return true;
    const auto tail =
        std::string_view(segment_).substr(replay_.valid_bytes(), replay_.torn_bytes());
    auto kept = keep_aside(files_, directory_, fmt::format("cut-{}", replay_.valid_bytes()), tail);
    if (!worked(kept)) return false;
    opened_.cut_file = std::move(kept).value();
    return worked(files_.truncate(path(newest_), replay_.valid_bytes()));
  }

  bool open_writer() {
    auto writer = SegmentWriter::open(files_, directory_, replay_.number(), replay_.valid_bytes());
    if (!worked(writer)) return false;
    log_->writer_ = std::move(writer).value();
    segment_ = {};
    log_->hard_state_ = replay_.hard_state();
    log_->previous_ = replay_.last_checksum();
    log_->outline_ = TermOutline(replay_.base());
    for (const raft::Entry& entry : replay_.entries()) log_->outline_.append(entry.id());
    log_->lost_ = mark_.value_or(SyncMark{}).lost;
    opened_.recovered = recovered();
    // Rewritten, so that both slots are valid. It may cover the whole log: SegmentWriter::open has
    // synced it.
    auto marks = SyncMarkWriter::create(files_, directory_, log_->mark_now());
    if (!worked(marks)) return false;
    log_->marks_ = std::move(marks).value();
    // A crash after the snapshot was saved and before its mark was written leaves a log without the
    // mark: write it now. A log that begins right after the snapshot needs none.
    const raft::EntryId end = snapshot_.last.id;
    if (end != replay_.mark().id && end != replay_.base()) log_->add_mark(snapshot_.last);
    log_->snapshot_ = end.index;
    if (!worked(log_->sync())) return false;
    // A version 2 log continues in a segment of version 3, for which a missing mark is detected.
    return replay_.version() == kSegmentVersion || worked(log_->rotate());
  }

  /// The log without the entries that the snapshot includes. The rest stays if it has the same
  /// history as the snapshot (TermOutline::install), otherwise it is dropped.
  raft::Recovered recovered() {
    raft::Recovered state{replay_.hard_state(), {}, snapshot_, log_->lost_};
    const raft::EntryId end = snapshot_.last.id;
    TermOutline outline = log_->outline_;
    outline.install(end);
    auto& entries = replay_.entries();
    if (outline.last() == end) entries.clear();
    if (end.index > replay_.base().index && !entries.empty()) {
      entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(
                                                           end.index - replay_.base().index));
    }
    state.entries = std::move(entries);
    return state;
  }

  bool remove_obsolete() {
    for (std::size_t i = 0; i < first_; ++i) {
      if (!worked(files_.remove(path(segment_name(numbers_[i]))))) return false;
    }
    return true;
  }

  FileSystem& files_;
  const std::string directory_;
  std::unique_ptr<Log> log_;
  Log::Opened opened_;
  raft::Snapshot snapshot_;
  std::optional<SyncMark> mark_;
  std::vector<std::uint64_t> numbers_;
  std::size_t first_ = 0;  // index in numbers_ of the first segment that is needed
  LogReplay replay_;
  std::string newest_, segment_;  // name and bytes of the segment read last
};

namespace {

std::variant<Log::Opened, CorruptLog, IoFailure> open_once(LogOpening opening) {
  if (opening.run()) return std::move(opening).opened();
  auto failure = std::move(opening).failure();
  if (auto* corrupt = std::get_if<CorruptLog>(&failure)) return std::move(*corrupt);
  return std::get<IoFailure>(std::move(failure));
}

}  // namespace

std::variant<Log::Opened, CorruptLog, IoFailure> Log::open(FileSystem& files,
                                                           const std::string& directory,
                                                           LogOptions options) {
  auto opened = open_once(LogOpening(files, directory, options));
  const auto* corrupt = std::get_if<CorruptLog>(&opened);
  if (corrupt == nullptr || !options.accept_lost) return opened;
  auto loss = cut_damaged_log(files, directory, *corrupt, *options.accept_lost);
  if (auto* damaged = std::get_if<CorruptLog>(&loss)) return std::move(*damaged);
  if (auto* refused = std::get_if<IoFailure>(&loss)) return std::move(*refused);
  auto again = open_once(LogOpening(files, directory, options));
  if (auto* log = std::get_if<Opened>(&again)) log->loss = std::get<std::string>(std::move(loss));
  return again;
}

}  // namespace capsize::storage
