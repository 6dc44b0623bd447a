// The snapshot file against damage, and next to a log that does not fit it.
#include "node/storage/snapshot_store.h"

#include <gtest/gtest.h>

#include "node/storage/log.h"
#include "node/storage/log_format.h"
#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"

namespace capsize::storage {
namespace {

const std::string kDirectory = "d";
const std::string kPath = "d/snapshot";
const std::string kLogPath = "d/log-00000001";

void write_batches(MemoryFileSystem& files) {
  auto opened = Log::open(files, kDirectory);
  for (const raft::PersistBatch& item : snapshot_batches()) {
    std::get<Log::Opened>(opened).log->add(item);
    ASSERT_TRUE(std::get<Log::Opened>(opened).log->sync());
  }
}

TEST(SnapshotStore, Reopen_FindsSnapshotAndTheLogBehindIt) {
  MemoryFileSystem files;
  write_batches(files);
  const auto opened = Log::open(files, kDirectory);
  EXPECT_EQ(show(std::get<Log::Opened>(opened).recovered),
            states_after_each_record(snapshot_batches()).back());
}

TEST(SnapshotStore, ManySnapshots_KeepTheLogShort) {
  MemoryFileSystem files;
  auto opened = Log::open(files, kDirectory);
  for (std::uint64_t i = 1; i <= 200; ++i) {
    auto item = batch(i, std::nullopt, {entry(1, i, std::string(100, 'x'))});
    std::get<Log::Opened>(opened).log->add(item);
    if (i % 10 == 0) {
      std::get<Log::Opened>(opened).log->add(with_snapshot(batch(1000, {}, {}), 1, i));
    }
    ASSERT_TRUE(std::get<Log::Opened>(opened).log->sync());
  }
  EXPECT_LT(files.content(kLogPath).size(), 200U);
  EXPECT_EQ(files.all().size(), 2U);
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
      const auto opened = Log::open(files, kDirectory);
      const auto* corrupt = std::get_if<CorruptLog>(&opened);
      ASSERT_NE(corrupt, nullptr) << i;
      EXPECT_EQ(corrupt->file, kPath);
      EXPECT_EQ(corrupt->offset, i < kSnapshotHeaderBytes ? 0U : kSnapshotHeaderBytes) << i;
    }
  }
  files.content(kPath) = good + "x";
  EXPECT_TRUE(std::holds_alternative<CorruptLog>(Log::open(files, kDirectory)));
}

TEST(SnapshotStore, MissingBesideACutLog_IsRefused) {
  MemoryFileSystem files;
  write_batches(files);
  MemoryFileSystem without;
  (void)Log::open(without, kDirectory);
  without.content(kLogPath) = files.content(kLogPath);
  const auto opened = Log::open(without, kDirectory);
  ASSERT_TRUE(std::holds_alternative<CorruptLog>(opened));
  EXPECT_EQ(std::get<CorruptLog>(opened).found,
            "a log that begins behind entry 9, and a snapshot up to entry 0");
}

TEST(SnapshotStore, MarkInTheMiddleOfALog_IsRefused) {
  MemoryFileSystem files;
  (void)Log::open(files, kDirectory);
  std::string& bytes = files.content(kLogPath);
  const std::uint32_t first = append_entry(bytes, 0, entry(1, 1, "a"));
  const std::size_t offset = bytes.size();
  append_snapshot_mark(bytes, first, {});
  const auto opened = Log::open(files, kDirectory);
  ASSERT_TRUE(std::holds_alternative<CorruptLog>(opened));
  EXPECT_EQ(std::get<CorruptLog>(opened).offset, offset);
}

}  // namespace
}  // namespace capsize::storage
