#include "node/storage/log.h"

#include "node/storage/log_format.h"
#include "node/storage/log_recovery.h"

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

}  // namespace

std::string CorruptLog::message() const {
  return "corrupt log: " + file + " at offset " + std::to_string(offset) + ": " + found;
}

std::variant<Log::Opened, CorruptLog, IoFailure> Log::open(FileSystem& files,
                                                           const std::string& directory) {
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

  Opened opened;
  opened.recovered = std::move(scan.recovered);
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
  auto file = files.open_append(path);
  if (!file) return IoFailure{file.error().message};
  // The last life may have been killed between its write and its sync: then what we just read is in
  // the page cache only.
  if (const auto status = file.value()->sync(); !status) return IoFailure{status.error().message};
  if (const auto status = files.sync_directory(directory); !status) {
    return IoFailure{status.error().message};
  }
  opened.log = std::unique_ptr<Log>(new Log(std::move(file).value(), scan.last_checksum));
  return opened;
}

void Log::add(const raft::PersistBatch& batch) {
  CHECK(!failed_, "a log whose write or sync failed is never used again");
  if (batch.hard_state) previous_ = append_hard_state(buffer_, previous_, *batch.hard_state);
  for (const raft::Entry& entry : batch.entries) {
    previous_ = append_entry(buffer_, previous_, entry);
  }
}

base::Status Log::sync() {
  CHECK(!failed_, "a log whose write or sync failed is never used again");
  if (buffer_.empty()) return {};
  failed_ = true;  // until both went well
  if (auto status = file_->append(buffer_); !status) return status;
  if (auto status = file_->sync(); !status) return status;
  failed_ = false;
  buffer_.clear();
  if (buffer_.capacity() > kBufferKept) buffer_.shrink_to_fit();
  return {};
}

}  // namespace capsize::storage
