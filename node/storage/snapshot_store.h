// The snapshot of a data directory, in the file `snapshot`; there is at most one. Little endian:
//
//     0  8  magic "CAPSZSNP"
//     8  4  version, 2
//    12  4  CRC32C of the content
//    16  8  term of the last entry it includes
//    24  8  index of that entry
//    32  8  chain hash at that entry (raft/chain_hash.h)
//    40  8  bytes of content
//    48  4  bytes of the configuration at the start of the content (raft/configuration.h)
//    52  4  CRC32C of bytes 0..51
//    56  …  content: the configuration, then the state (opaque here), up to the end of the file
//
// A snapshot is written to a temporary file, synced and renamed over the old one, and the directory
// is synced: after a crash at any point the name refers to the complete old or the complete new
// snapshot. No old one has to be removed. At most a temporary file is left, which is never read and
// which the next snapshot replaces. The log is compacted only after all of that (log.h).
//
// Two threads save snapshots: the log thread saves another node's, in the order of its batches, and
// the snapshot thread saves the node's own (snapshot_thread.h). Each uses its own temporary file,
// and a snapshot that has become older than the one on disk is discarded instead of renamed.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <variant>

#include "node/raft/snapshot.h"
#include "node/storage/file_system.h"
#include "node/storage/log_errors.h"

namespace capsize::storage {

inline constexpr const char* kSnapshotFile = "snapshot";
inline constexpr std::size_t kSnapshotHeaderBytes = 56;

/// A Snapshot without content if there is none. A damaged one is CorruptLog: the log up to it has
/// been removed, so nothing can replace it.
[[nodiscard]] std::variant<raft::Snapshot, CorruptLog, IoFailure> read_snapshot(
    FileSystem& files, const std::string& directory);

class SnapshotStore {
 public:
  enum class Origin { kOwn, kReceived };
  /// `newest`: the last index of the snapshot on disk.
  SnapshotStore(FileSystem& files, std::string directory, raft::Index newest)
      : files_(files), directory_(std::move(directory)), newest_(newest) {}

  /// If this returns without an error, this snapshot or a newer one is durable. At most one thread
  /// at a time per origin.
  [[nodiscard]] base::Status save(const raft::Snapshot& snapshot, Origin origin);

 private:
  FileSystem& files_;
  const std::string directory_;
  std::mutex mutex_;  // makes comparing with newest_ and renaming one step
  raft::Index newest_;
};

/// Pure and total, for read_snapshot and the fuzzer. `path` is used in errors only.
[[nodiscard]] std::variant<raft::Snapshot, CorruptLog> decode_snapshot(std::string_view bytes,
                                                                       const std::string& path);

}  // namespace capsize::storage
