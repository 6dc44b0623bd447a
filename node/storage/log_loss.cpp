#include "node/storage/log_loss.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "node/storage/log_recovery.h"
#include "node/storage/segment.h"
#include "node/storage/snapshot_store.h"
#include "node/storage/sync_mark.h"

namespace capsize::storage {
namespace {

constexpr std::uint64_t kEntryRecordBytesMin = 40;  // header, entry with an empty payload, padding

/// The steps of cut_damaged_log; the first one that fails stores its reason in `failure_`.
class LogCutting : private FailingSteps {
 public:
  using FailingSteps::Failure;
  LogCutting(FileSystem& files, const std::string& directory, const CorruptLog& damage,
             raft::NodeId self)
      : files_(files), directory_(directory), damage_(damage), self_(self) {}

  bool run() {
    return read_mark() && read_segments() && replay() && bound_loss() && write_loss() &&
           write_mark() && cut() && write_hard_state() && write_mark();
  }
  [[nodiscard]] const std::string& loss() const { return loss_; }
  Failure failure() && { return std::move(failure_); }

 private:
  struct Segment {
    std::uint64_t number;
    std::string bytes;
  };

  bool hopeless(std::string_view why) {
    failure_ =
        CorruptLog{damage_.file, damage_.offset,
                   fmt::format("{} (--accept-lost-log does not help: {}; restore a copy of the "
                               "directory, or replace the node by one with a new number)",
                               damage_.found, why)};
    return false;
  }
  [[nodiscard]] std::string path(std::uint64_t number) const {
    return directory_ + "/" + segment_name(number);
  }

  bool read_mark() {
    const auto mark = read_sync_mark(files_, directory_);
    if (const auto* found = std::get_if<std::optional<SyncMark>>(&mark); found && *found) {
      mark_ = **found;
      return true;
    }
    return hopeless("without a valid sync mark the loss cannot be bounded");
  }

  bool read_segments() {
    const auto numbers = list_segments(files_, directory_);
    if (!worked(numbers)) return false;
    for (const std::uint64_t number : numbers.value()) {
      auto bytes = files_.read(path(number));
      if (!worked(bytes)) return false;
      segments_.push_back({number, std::move(bytes).value().value_or("")});
    }
    const auto snapshot = read_snapshot(files_, directory_);
    if (!std::holds_alternative<raft::Snapshot>(snapshot)) {
      return hopeless("the snapshot is damaged, and the log no longer holds its entries");
    }
    // Replay starts at the latest segment that begins within the snapshot: earlier ones are not
    // needed, and after later ones entries between the snapshot and the segment would be missing.
    const raft::Index end = std::get<raft::Snapshot>(snapshot).last.id.index;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      const auto header = decode_segment_header(segments_[i].bytes);
      if (header && header->number == segments_[i].number && header->last.index <= end) first_ = i;
    }
    return first_ ? true : hopeless("no valid segment begins where the snapshot ends");
  }

  /// Replays the intact prefix of the log, without regard to the mark.
  bool replay() {
    for (last_ = *first_; last_ < segments_.size(); ++last_) {
      const Segment& segment = segments_[last_];
      // Only the newest segment can have a torn tail: the others were synced before it was created.
      const bool newest = last_ + 1 == segments_.size();
      const auto damaged = replay_.read(segment.bytes, newest, path(segment.number));
      if (!damaged) {
        end_ = replay_.valid_bytes();
        continue;
      }
      if (damaged->offset > 0) {
        end_ = damaged->offset;
      } else {
        --last_;  // its header is bad or out of sequence; the segment before it is intact
      }
      return true;
    }
    --last_;
    return true;
  }

  /// An upper bound of the lost entries and of the highest term. It must not be too low: the node
  /// may vote again once it has all entries up to the bound, and a missing one could be committed.
  /// Three sources, of which the highest counts: the mark, the records that can still be read after
  /// the cut, and the number of records that fit into the bytes that cannot be read.
  bool bound_loss() {
    hard_state_ = replay_.hard_state();
    bound_ = {mark_.segment, mark_.offset, mark_.checksum, mark_.last, mark_.term, mark_.lost};
    bound_.term = std::max(bound_.term, hard_state_.term);
    raft::Index lost = std::max({bound_.lost, bound_.last.index, replay_.last().index});
    lost = std::max(lost, bound_.last.index + unread_bytes() / kEntryRecordBytesMin);
    lost = std::max(lost, replay_.last().index + unread_bytes() / kEntryRecordBytesMin);
    for (std::size_t i = last_; i < segments_.size(); ++i) {
      const std::string_view bytes = segments_[i].bytes;
      if (const auto header = decode_segment_header(bytes)) {
        bound_.term = std::max(bound_.term, header->hard_state.term);
        lost = std::max(lost, header->last.index);
      }
      const std::size_t from = i == last_ ? end_ : kSegmentHeaderBytes;
      for (auto at = find_valid_record(bytes, from - 8); at; at = find_valid_record(bytes, *at)) {
        raise_bounds(*read_record(bytes.substr(*at)), lost);
      }
    }
    bound_.lost = std::max(lost, raft::Index{1});  // 0 means no loss, but a vote may be lost alone
    return true;
  }

  /// The bytes above the mark in the segment that is cut, rounded up to a whole record. The mark
  /// already bounds what is below it.
  [[nodiscard]] std::uint64_t unread_bytes() const {
    const Segment& segment = segments_[last_];
    if (segment.number < mark_.segment) return 0;
    const std::uint64_t used = segment.bytes.find_last_not_of('\0') + 1;
    const std::uint64_t from =
        segment.number == mark_.segment ? std::max(end_, mark_.offset) : end_;
    return used > from ? used - from + kEntryRecordBytesMin - 1 : 0;
  }

  void raise_bounds(const Record& record, raft::Index& lost) {
    if (record.type == RecordType::kHardState) {
      const auto hard_state = decode_hard_state(record.payload);
      if (hard_state) bound_.term = std::max(bound_.term, hard_state->term);
    } else if (record.type == RecordType::kEntry) {
      const auto entry = decode_entry(record.payload);
      if (!entry) return;
      bound_.term = std::max(bound_.term, entry->term);
      lost = std::max(lost, entry->index);
    }
  }

  bool write_loss() {
    loss_ = fmt::format("{}; the log now ends with entry {} at offset {} of {}; lost: {}",
                        damage_.message(), replay_.last().index.value(), end_,
                        segment_name(segments_[last_].number),
                        affected(replay_.last().index, bound_.lost, bound_.term));
    const auto kept = keep_aside(files_, directory_, "loss", loss_ + "\n");
    if (worked(kept)) loss_ += "; recorded in " + kept.value();
    return kept.ok();
  }

  bool write_mark() { return worked(SyncMarkWriter::create(files_, directory_, bound_)); }

  bool cut() {
    for (std::size_t i = last_ + 1; i < segments_.size(); ++i) {
      const std::string name = segment_name(segments_[i].number);
      const auto kept = keep_aside(files_, directory_, "cut-" + name, segments_[i].bytes);
      if (!worked(kept) || !worked(files_.remove(directory_ + "/" + name))) return false;
    }
    const Segment& segment = segments_[last_];
    if (segment.bytes.size() <= end_) return true;
    auto tail = std::string_view(segment.bytes).substr(end_);
    tail = tail.substr(0, tail.find_last_not_of('\0') + 1);  // without the reserved space
    const auto kept = keep_aside(files_, directory_, fmt::format("cut-{}", end_), tail);
    return worked(kept) && worked(files_.truncate(path(segment.number), end_));
  }

  bool write_hard_state() {
    // The node may have voted in bound_.term and lost the record. A vote for itself is the safe
    // assumption: it refuses all candidates of that term, and it does not campaign with it.
    const bool forgotten = bound_.term > hard_state_.term || hard_state_.vote == raft::kNoNode;
    if (forgotten) hard_state_ = {bound_.term, self_};
    std::string record;
    const std::uint64_t number = segments_[last_].number;
    bound_.checksum = append_hard_state(record, replay_.last_checksum(), hard_state_);
    auto writer = SegmentWriter::open(files_, directory_, number, end_);
    if (!worked(writer)) return false;
    if (!worked(writer.value().append(record, end_ + record.size()))) return false;
    bound_.segment = number;
    bound_.offset = end_ + record.size();
    bound_.last = replay_.last();
    return true;
  }

  FileSystem& files_;
  const std::string directory_;
  const CorruptLog damage_;
  const raft::NodeId self_;
  SyncMark mark_, bound_;
  std::vector<Segment> segments_;
  std::optional<std::size_t> first_;
  LogReplay replay_;
  std::size_t last_ = 0;   // index in segments_ of the segment that is cut
  std::uint64_t end_ = 0;  // offset of the cut in that segment
  raft::HardState hard_state_;
  std::string loss_;
};

}  // namespace

std::variant<std::string, CorruptLog, IoFailure> cut_damaged_log(FileSystem& files,
                                                                 const std::string& directory,
                                                                 const CorruptLog& damage,
                                                                 raft::NodeId self) {
  LogCutting cutting(files, directory, damage, self);
  if (cutting.run()) return cutting.loss();
  auto failure = std::move(cutting).failure();
  if (auto* corrupt = std::get_if<CorruptLog>(&failure)) return std::move(*corrupt);
  return std::get<IoFailure>(std::move(failure));
}

base::Result<std::string> keep_aside(FileSystem& files, const std::string& directory,
                                     const std::string& prefix, std::string_view bytes) {
  for (int n = 1;; ++n) {
    const std::string name = fmt::format("{}-{}", prefix, n);
    const auto taken = files.read(directory + "/" + name);
    if (!taken) return taken.error();
    if (taken.value() && *taken.value() != bytes) continue;
    if (const auto status = write_atomically(files, directory, name, bytes); !status) {
      return status.error();
    }
    return directory + "/" + name;
  }
}

}  // namespace capsize::storage
