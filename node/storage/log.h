// The write-ahead log: hard state and entries in one chain of records, one write and one sync for
// everything that is handed over together (log_format.h has the bytes).
//
// What happens at a crash
//   while the first file is made   it is written aside, synced, renamed: either it is there, whole,
//                                  or the node starts as a new one (it has promised nothing yet)
//   in append()                    the tail is torn. No receipt was given for it, so it may be
//   lost;
//                                  recovery keeps the cut bytes beside the log
//   after append()                 everything is there
//   in recovery                    it is done again: cutting the same tail is idempotent
//   while a snapshot is written    the old snapshot and the whole log are there (snapshot_store.h)
//   before the log is cut          the new snapshot and the whole log: recovery drops what the
//                                  snapshot includes, and cuts the log again
//   while the log is cut           it is written anew, aside, synced and renamed: the old log or
//                                  the new one is there, whole, and the snapshot fits both
//
// A bad record is cut only if nothing valid follows it anywhere in the file. Otherwise it is damage
// (bit rot, a foreign write), and cutting would silently drop what was promised: recovery refuses
// with file and offset. A power loss may leave a later page of one torn write without an earlier
// one; that is refused too, on the safe side.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "node/raft/raft.h"
#include "node/storage/file_system.h"
#include "node/storage/log_errors.h"

namespace capsize::storage {

class Log {
 public:
  struct Opened {
    std::unique_ptr<Log> log;
    raft::Recovered recovered;
    std::uint64_t bytes_cut = 0;
    std::string cut_file;  // where they are kept; empty when nothing was cut
  };
  /// Recovers what is in `directory`, or begins a log there. What it returns is synced: also bytes
  /// that a killed process had written and never synced are on disk before anyone acts on them.
  [[nodiscard]] static std::variant<Opened, CorruptLog, IoFailure> open(
      FileSystem& files, const std::string& directory);

  /// Adds one batch to what the next sync() writes. Touches no file.
  void add(const raft::PersistBatch& batch);
  /// One write, one sync. Does nothing when nothing was added. If a snapshot was, then in this
  /// order: what came before it, the snapshot, the log anew without what the snapshot includes.
  /// After an error the log must not be used again (CHECK).
  [[nodiscard]] base::Status sync();

  [[nodiscard]] std::uint64_t bytes_waiting() const { return buffer_.size(); }

 private:
  Log(FileSystem& files, std::string directory, raft::Recovered content)
      : files_(files), directory_(std::move(directory)), content_(std::move(content)) {}

  /// The file anew, from content_ alone. It is on disk, name and all, when this returns.
  [[nodiscard]] base::Status rewrite();
  [[nodiscard]] base::Status open_file();
  [[nodiscard]] base::Status cut_again();

  FileSystem& files_;
  const std::string directory_;
  raft::Recovered content_;  // what the log holds with all that was added; payloads are shared
  std::unique_ptr<WritableFile> file_;
  std::uint64_t number_ = 1;     // of the file
  std::uint32_t previous_ = 0;   // checksum of the last record added
  std::string buffer_;           // records to append
  bool snapshot_added_ = false;  // since then records go into content_ only: the log is rewritten
  bool failed_ = false;
};

/// The name of the first file of a log.
inline constexpr const char* kLogFile = "log-00000001";

}  // namespace capsize::storage
