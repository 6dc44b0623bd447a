#include "node/storage/log.h"

#include "node/storage/log_format.h"
#include "node/storage/log_recovery.h"
#include "node/storage/snapshot_store.h"

namespace capsize::storage {
namespace {

constexpr std::size_t kBufferKept = std::size_t{4} * 1024 * 1024;

/// Where the bytes of a torn tail go: a name that is not taken, so that a second crash in recovery
/// never replaces the evidence of the first.
base::Result<std::string> keep_aside(FileSystem& files, const std::string& directory,
                                     std::string_view tail, std::uint64_t offset) {
  for (int n = 1;; ++n) {
    const std::string name = "cut-" + std::to_string(offset) + "-" + std::to_string(n);
    const auto taken = files.read(directory + "/" + name);
    if (!taken) return taken.error();
    if (taken.value() && *taken.value() != tail) continue;
    if (const auto status = write_atomically(files, directory, name, tail); !status) {
      return status.error();
    }
    return directory + "/" + name;
  }
}

/// What is wrong with a log that begins behind `mark`, next to this snapshot.
std::optional<std::string> contradiction(const raft::LogPoint& mark,
                                         const raft::Snapshot& snapshot) {
  const std::uint64_t begin = mark.id.index.value();
  const std::uint64_t end = snapshot.last.id.index.value();
  if (begin > end) {
    return "a log that begins behind entry " + std::to_string(begin) +
           ", and a snapshot up to entry " + std::to_string(end);
  }
  if (begin == end && mark != snapshot.last) return "a log that begins behind another snapshot";
  return std::nullopt;
}

}  // namespace

std::string CorruptLog::message() const {
  return "corrupt log: " + file + " at offset " + std::to_string(offset) + ": " + found;
}

std::variant<Log::Opened, CorruptLog, IoFailure> Log::open(FileSystem& files,
                                                           const std::string& directory) {
  auto stored = read_snapshot(files, directory);
  if (auto* corrupt = std::get_if<CorruptLog>(&stored)) return std::move(*corrupt);
  if (auto* failure = std::get_if<IoFailure>(&stored)) return std::move(*failure);
  const std::string path = directory + "/" + kLogFile;
  auto content = files.read(path);
  if (!content) return IoFailure{content.error().message};
  if (!content.value()) {
    const auto status =
        write_atomically(files, directory, kLogFile, encode_file_header(FileHeader{}));
    if (!status) return IoFailure{status.error().message};
    content = std::optional(encode_file_header(FileHeader{}));
  }
  auto scanned = scan_log(*content.value(), path);
  if (auto* corrupt = std::get_if<CorruptLog>(&scanned)) return std::move(*corrupt);
  auto& scan = std::get<LogScan>(scanned);
  const auto& snapshot = std::get<raft::Snapshot>(stored);
  if (auto wrong = contradiction(scan.recovered.snapshot.last, snapshot)) {
    return CorruptLog{path, kFileHeaderBytes, std::move(*wrong)};
  }

  Opened opened;
  opened.bytes_cut = content.value()->size() - scan.valid_bytes;
  if (opened.bytes_cut > 0) {
    const auto tail = std::string_view(*content.value()).substr(scan.valid_bytes);
    auto kept = keep_aside(files, directory, tail, scan.valid_bytes);
    if (!kept) return IoFailure{kept.error().message};
    opened.cut_file = std::move(kept).value();
    if (const auto status = files.truncate(path, scan.valid_bytes); !status) {
      return IoFailure{status.error().message};
    }
  }
  // The snapshot may have reached the disk before the log was cut behind it.
  const bool cut_due = snapshot.last.id != scan.recovered.snapshot.last.id;
  if (snapshot) scan.recovered.install(snapshot);
  opened.log = std::unique_ptr<Log>(new Log(files, directory, std::move(scan.recovered)));
  opened.log->number_ = scan.number;
  opened.log->previous_ = scan.last_checksum;
  const auto status = cut_due ? opened.log->cut_again() : opened.log->open_file();
  if (!status) return IoFailure{status.error().message};
  opened.recovered = opened.log->content_;
  return opened;
}

base::Status Log::open_file() {
  auto file = files_.open_append(directory_ + "/" + kLogFile);
  if (!file) return file.error();
  file_ = std::move(file).value();
  // The last life may have been killed between its write and its sync: then what we just read is in
  // the page cache only.
  if (auto status = file_->sync(); !status) return status;
  return files_.sync_directory(directory_);
}

base::Status Log::cut_again() {
  // The last life may have been killed between the snapshot's rename and its directory's sync.
  if (auto status = files_.sync_directory(directory_); !status) return status;
  return rewrite();
}

base::Status Log::rewrite() {
  std::string bytes = encode_file_header({++number_, 0});
  previous_ = append_snapshot_mark(bytes, 0, content_.snapshot.last);
  previous_ = append_hard_state(bytes, previous_, content_.hard_state);
  for (const raft::Entry& entry : content_.entries) {
    previous_ = append_entry(bytes, previous_, entry);
  }
  if (auto status = write_atomically(files_, directory_, kLogFile, bytes); !status) return status;
  return open_file();
}

void Log::add(const raft::PersistBatch& batch) {
  CHECK(!failed_, "a log whose write or sync failed is never used again");
  if (batch.hard_state) {
    content_.hard_state = *batch.hard_state;
    if (!snapshot_added_) previous_ = append_hard_state(buffer_, previous_, *batch.hard_state);
  }
  if (batch.snapshot) {
    content_.install(batch.snapshot);
    snapshot_added_ = true;
  }
  for (const raft::Entry& entry : batch.entries) {
    content_.write(entry);
    if (!snapshot_added_) previous_ = append_entry(buffer_, previous_, entry);
  }
}

base::Status Log::sync() {
  CHECK(!failed_, "a log whose write or sync failed is never used again");
  if (buffer_.empty() && !snapshot_added_) return {};
  failed_ = true;  // until all of it went well
  if (!buffer_.empty()) {
    if (auto status = file_->append(buffer_); !status) return status;
    if (auto status = file_->sync(); !status) return status;
  }
  if (snapshot_added_) {
    if (auto status = write_snapshot(files_, directory_, content_.snapshot); !status) return status;
    if (auto status = rewrite(); !status) return status;
  }
  failed_ = snapshot_added_ = false;
  buffer_.clear();
  if (buffer_.capacity() > kBufferKept) buffer_.shrink_to_fit();
  return {};
}

}  // namespace capsize::storage
