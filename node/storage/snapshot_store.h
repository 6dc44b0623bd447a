// The one snapshot of a data directory, in the file `snapshot`. Little endian:
//
//     0  8  magic "CAPSZSNP"
//     8  4  version, 2
//    12  4  CRC32C of the content
//    16  8  term of the last entry it includes
//    24  8  index of that entry
//    32  8  chain hash at that entry (raft/chain_hash.h)
//    40  8  bytes of content
//    48  4  bytes of the configuration, with which the content begins (raft/configuration.h)
//    52  4  CRC32C of bytes 0..51
//    56  …  content: the configuration, then the state, opaque here; nothing follows it
//
// It is written aside, synced, renamed over the old one, and the directory is synced: at a crash at
// any point the name stands for the old snapshot or the new one, whole. So there is no old one to
// remove afterwards; what may be left behind is the file aside, which nobody reads and the next one
// replaces. The log is cut only when all of that is done (log.h).
//
// Two threads save: the log thread another node's snapshot, in the order of its batches, and the
// snapshot thread the node's own (snapshot_thread.h). Each writes aside under a name of its own,
// and the rename is refused to one that has become older than what is there.
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

/// A Snapshot without content if there is none. A damaged one is CorruptLog: the log before it is
/// gone, so nothing else could stand for it.
[[nodiscard]] std::variant<raft::Snapshot, CorruptLog, IoFailure> read_snapshot(
    FileSystem& files, const std::string& directory);

class SnapshotStore {
 public:
  enum class Origin { kOwn, kReceived };
  /// `newest`: the last entry of the snapshot that is there.
  SnapshotStore(FileSystem& files, std::string directory, raft::Index newest)
      : files_(files), directory_(std::move(directory)), newest_(newest) {}

  /// When this returns without an error this snapshot, or a newer one, survives the machine. One
  /// thread for each origin.
  [[nodiscard]] base::Status save(const raft::Snapshot& snapshot, Origin origin);

 private:
  FileSystem& files_;
  const std::string directory_;
  std::mutex mutex_;  // around the rename, and so around what the name stands for
  raft::Index newest_;
};

/// Pure and total, for read_snapshot and the fuzzer. `path` is only named in errors.
[[nodiscard]] std::variant<raft::Snapshot, CorruptLog> decode_snapshot(std::string_view bytes,
                                                                       const std::string& path);

}  // namespace capsize::storage
