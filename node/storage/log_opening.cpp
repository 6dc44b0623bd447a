// Log::open: which segments are needed, what they come to, and what a crash has left to be done.

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "node/storage/log.h"
#include "node/storage/log_loss.h"
#include "node/storage/log_recovery.h"

namespace capsize::storage {
namespace {

/// What is wrong with what a log says of its snapshots, next to the one that is there.
std::optional<std::string> contradiction(const raft::LogPoint& mark,
                                         const raft::Snapshot& snapshot) {
  const std::uint64_t marked = mark.id.index.value();
  const std::uint64_t found = snapshot.last.id.index.value();
  if (marked > found) {
    return fmt::format("a log with a snapshot up to entry {}, and a snapshot up to entry {}",
                       marked, found);
  }
  if (marked == found && mark != snapshot.last) return "a log that is marked with another snapshot";
  return std::nullopt;
}

}  // namespace

/// The steps of Log::open; the first one that fails leaves its reason in `failure`.
class LogOpening : private FailingSteps {
 public:
  using FailingSteps::Failure;
  LogOpening(FileSystem& files, const std::string& directory, LogOptions options)
      : files_(files), directory_(directory), log_(new Log(files, directory, options)) {}

  bool run() {
    return read_stored_snapshot() && read_mark() && find_segments() && replay_segments() &&
           cut_torn_tail() && open_writer() && remove_superfluous();
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
    if (snapshot_) return corrupt(segment_name(1), 0, "no log beside a snapshot");
    // First the mark: a log of this version without one is damage.
    if (!mark_ && !worked(SyncMarkWriter::create(files_, directory_, {}))) return false;
    mark_ = mark_.value_or(SyncMark{});
    if (!worked(log_->begin_segment())) return false;
    numbers_ = {1};
    return true;
  }

  /// From the newest back to one that begins within the snapshot: what lies before it is not needed
  /// any more, and may have gaps if a crash came between the removals.
  bool find_segments() {
    auto numbers = list_segments(files_, directory_);
    if (!worked(numbers)) return false;
    numbers_ = std::move(numbers).value();
    if (mark_ && mark_->segment > (numbers_.empty() ? 0 : numbers_.back())) {
      return corrupt(segment_name(mark_->segment), 0,
                     fmt::format("found no such file, expected the newest segment: the log was "
                                 "synced up to its offset {} and entry {}",
                                 mark_->offset, mark_->last.index.value()));
    }
    if (numbers_.empty() && !begin_log()) return false;
    for (first_ = numbers_.size() - 1;; --first_) {
      const std::string name = segment_name(numbers_[first_]);
      const auto bytes = files_.read(path(name), kSegmentHeaderBytes);
      if (!worked(bytes)) return false;
      const auto header = decode_segment_header(bytes.value().value_or(""));
      if (!header || header->number != numbers_[first_]) {
        return corrupt(name, 0, "not the header of this log segment of version 2 or 3");
      }
      if (header->last.index <= snapshot_.last.id.index) return true;
      if (first_ == 0) {
        return corrupt(name, 0,
                       fmt::format("a log that begins behind entry {}, and a snapshot up to "
                                   "entry {}",
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
                     "found no such file, expected it beside a log of version 3: it says up to "
                     "where the log was synced");
    }
    // A crash while a loss is accepted can leave a log that is cut above its mark and looks whole,
    // without the term that its node has seen (step 4 in log_loss.h).
    if (mark_ && replay_.hard_state().term < mark_->term) {
      return corrupt(newest_, replay_.valid_bytes(),
                     fmt::format("found a log that ends in term {}, expected term {} or later, "
                                 "which the mark names",
                                 replay_.hard_state().term.value(), mark_->term.value()));
    }
    if (auto wrong = contradiction(replay_.mark(), snapshot_)) {
      return corrupt(newest_, kSegmentHeaderBytes, std::move(*wrong));
    }
    return true;
  }

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
    // Anew, so that both slots are right: all of it is on disk, open() has synced it.
    auto marks = SyncMarkWriter::create(files_, directory_, log_->mark_now());
    if (!worked(marks)) return false;
    log_->marks_ = std::move(marks).value();
    // The snapshot may have reached the disk, and the process ended, before its mark did. (A log
    // that begins right behind it needs none.)
    const raft::EntryId end = snapshot_.last.id;
    if (end != replay_.mark().id && end != replay_.base()) log_->add_mark(snapshot_.last);
    log_->snapshot_ = end.index;
    if (!worked(log_->sync())) return false;
    // From here on a missing mark is noticed.
    return replay_.version() == kSegmentVersion || worked(log_->rotate());
  }

  /// What lies within the snapshot is gone from the log; the rest stays if it has the same history.
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

  bool remove_superfluous() {
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
  std::size_t first_ = 0;  // of numbers_: the first that is needed
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
