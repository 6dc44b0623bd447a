// The snapshot file under damage, and beside a log that contradicts it.
#include "node/storage/snapshot_store.h"

#include <gtest/gtest.h>

#include "node/storage/log.h"
#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"

namespace capsize::storage {
namespace {

const std::string kDirectory = "d";
const std::string kPath = "d/snapshot";
const std::string kLogPath = "d/log-00000001";

constexpr LogOptions kOneSegment{4096};

void write_batches(MemoryFileSystem& files) {
  auto opened = Log::open(files, kDirectory, kOneSegment);
  for (const raft::PersistBatch& item : snapshot_batches()) {
    std::get<Log::Opened>(opened).log->add(item);
    ASSERT_TRUE(std::get<Log::Opened>(opened).log->sync());
  }
}

TEST(SnapshotStore, Reopen_RecoversTheSnapshotAndTheLogAfterIt) {
  MemoryFileSystem files;
  write_batches(files);
  const auto opened = Log::open(files, kDirectory, kOneSegment);
  EXPECT_EQ(show(std::get<Log::Opened>(opened).recovered),
            states_after_each_record(snapshot_batches()).back());
}

TEST(SnapshotStore, DamagedAnywhere_IsRefusedWithFileAndOffset) {
  MemoryFileSystem files;
  write_batches(files);
  const std::string good = files.content(kPath);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    for (const std::string& bad : {damaged, good.substr(0, i)}) {
      files.content(kPath) = bad;
      const auto opened = Log::open(files, kDirectory, kOneSegment);
      const auto* corrupt = std::get_if<CorruptLog>(&opened);
      ASSERT_NE(corrupt, nullptr) << i;
      EXPECT_EQ(corrupt->file, kPath);
      EXPECT_EQ(corrupt->offset, i < kSnapshotHeaderBytes ? 0U : kSnapshotHeaderBytes) << i;
    }
  }
  files.content(kPath) = good + "x";
  EXPECT_TRUE(std::holds_alternative<CorruptLog>(Log::open(files, kDirectory, kOneSegment)));
}

/// Replaces the current content.
base::Status save(FileSystem& files, std::uint64_t term, std::uint64_t index) {
  return SnapshotStore(files, kDirectory, raft::Index{0})
      .save(with_snapshot({}, term, index).snapshot, SnapshotStore::Origin::kOwn);
}

/// The error of opening a directory with this snapshot file and this log.
std::string found(const std::string& snapshot, const std::string& log) {
  MemoryFileSystem files;
  write_batches(files);
  if (snapshot.empty()) {
    EXPECT_TRUE(files.remove(kPath));
  } else {
    files.content(kPath) = snapshot;
  }
  if (log.empty()) {
    EXPECT_TRUE(files.remove(kLogPath));
  } else {
    files.content(kLogPath) = log;
  }
  const auto opened = Log::open(files, kDirectory, kOneSegment);
  const auto* corrupt = std::get_if<CorruptLog>(&opened);
  return corrupt == nullptr ? "nothing" : corrupt->found;
}

TEST(SnapshotStore, OlderOrMissingBesideAMarkedLog_IsRefused) {
  MemoryFileSystem files;
  write_batches(files);
  const std::string log = files.content(kLogPath);
  EXPECT_EQ(found("", log),
            "the log marks a snapshot up to entry 9, found a snapshot up to entry 0");
  ASSERT_TRUE(save(files, 2, 4));
  EXPECT_EQ(found(files.content(kPath), log),
            "the log marks a snapshot up to entry 9, found a snapshot up to entry 4");
  ASSERT_TRUE(save(files, 3, 9));
  EXPECT_EQ(found(files.content(kPath), log), "the log marks a different snapshot");
}

TEST(SnapshotStore, SavedAfterANewerOne_ChangesNothing) {
  MemoryFileSystem files;
  auto opened = std::get<Log::Opened>(Log::open(files, kDirectory, kOneSegment));
  using Origin = SnapshotStore::Origin;
  ASSERT_TRUE(opened.snapshots->save(with_snapshot({}, 2, 7).snapshot, Origin::kReceived));
  const std::string newer = files.content(kPath);
  ASSERT_TRUE(opened.snapshots->save(with_snapshot({}, 2, 5).snapshot, Origin::kOwn));
  EXPECT_EQ(files.content(kPath), newer);
  EXPECT_FALSE(files.all().contains(kPath + ".own")) << "no temporary file is left";
  opened.log->mark(with_snapshot({}, 2, 7).snapshot.last);
  opened.log->mark(with_snapshot({}, 2, 5).snapshot.last);  // superseded: has no effect
  ASSERT_TRUE(opened.log->sync());
  EXPECT_EQ(show(std::get<Log::Opened>(Log::open(files, kDirectory, kOneSegment)).recovered),
            show({{}, {}, with_snapshot({}, 2, 7).snapshot}));
}

TEST(SnapshotStore, WithoutALog_IsRefused) {
  MemoryFileSystem files;
  write_batches(files);
  EXPECT_EQ(
      found(files.content(kPath), ""),
      "found no such file, expected the newest segment: the log is synced up to offset 744 in "
      "it, entry 10");
  ASSERT_TRUE(files.remove(kLogPath));
  ASSERT_TRUE(files.remove("d/synced"));
  const auto opened = Log::open(files, kDirectory, kOneSegment);
  ASSERT_TRUE(std::holds_alternative<CorruptLog>(opened));
  EXPECT_EQ(std::get<CorruptLog>(opened).found, "found a snapshot, but no log beside it");
}

}  // namespace
}  // namespace capsize::storage
