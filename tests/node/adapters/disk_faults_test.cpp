// The disk faults of the control endpoint, and the real file system.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "node/storage/data_directory.h"
#include "node/storage/faulty_file_system.h"
#include "node/storage/log.h"
#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::storage {
namespace {

TEST(DiskFaults_, HoldUnsynced_KeepsBytesInTheProcessUntilSync) {
  MemoryFileSystem below;
  DiskFaults faults;
  FaultyFileSystem files(below, faults);
  const auto file = std::move(files.create("d/f")).value();
  ASSERT_TRUE(file->append("a"));
  EXPECT_EQ(below.content("d/f"), "a");
  faults.hold_unsynced = true;
  ASSERT_TRUE(file->append("b"));
  faults.hold_unsynced = false;
  ASSERT_TRUE(file->append("c"));  // must stay behind the held bytes
  EXPECT_EQ(below.content("d/f"), "a");
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(below.content("d/f"), "abc");
}

TEST(DiskFaults_, FailSync_FailsAndHeldBytesAreNotWritten) {
  MemoryFileSystem below;
  DiskFaults faults;
  FaultyFileSystem files(below, faults);
  const auto file = std::move(files.create("d/f")).value();
  faults.hold_unsynced = true;
  faults.fail_sync = true;
  ASSERT_TRUE(file->append("b"));
  EXPECT_FALSE(file->sync());
  EXPECT_EQ(below.content("d/f"), "");
}

struct FaultyFile_ : ::testing::Test {
  MemoryFileSystem below;
  DiskFaults faults;
  FaultyFileSystem files{below, faults};
  std::unique_ptr<WritableFile> file = std::move(files.create("d/f")).value();
};

TEST_F(FaultyFile_, PlannedNthCall_FailsOnceWithPathAndReason) {
  faults.plan(PlannedFailure{DiskCall::kAppend, DiskError::kNoSpace, 2});
  EXPECT_TRUE(file->append("a"));
  EXPECT_TRUE(file->sync()) << "another call";
  const auto status = file->append("b");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message,
            "append d/f: No space left on device, injected by a disk fault");
  EXPECT_TRUE(file->append("c"));
  EXPECT_EQ(below.content("d/f"), "ac");
}

TEST_F(FaultyFile_, ShortAppend_WritesHalf) {
  faults.plan(PlannedFailure{DiskCall::kAppend, DiskError::kShort});
  EXPECT_FALSE(file->append("abcd"));
  EXPECT_EQ(below.content("d/f"), "ab");
}

TEST_F(FaultyFile_, EveryModifyingCall_CanFail) {
  const auto fails = [this](DiskCall call, const auto& attempt) {
    faults.plan(PlannedFailure{call});
    EXPECT_FALSE(attempt()) << name(call);
    EXPECT_TRUE(attempt()) << name(call);
  };
  fails(DiskCall::kReserve, [&] { return file->reserve(9).ok(); });
  fails(DiskCall::kSync, [&] { return file->sync().ok(); });
  fails(DiskCall::kCreate, [&] { return files.create("d/g").ok(); });
  fails(DiskCall::kOpen, [&] { return files.open_append("d/g", 0).ok(); });
  fails(DiskCall::kTruncate, [&] { return files.truncate("d/g", 0).ok(); });
  fails(DiskCall::kSyncDirectory, [&] { return files.sync_directory("d").ok(); });
  faults.plan(PlannedFailure{DiskCall::kRename});
  EXPECT_FALSE(files.rename("d/g", "d/h"));
  EXPECT_TRUE(files.rename("d/g", "d/h"));
  faults.plan(PlannedFailure{DiskCall::kRemove});
  EXPECT_FALSE(files.remove("d/h"));
  EXPECT_TRUE(files.remove("d/h"));
}

TEST_F(FaultyFile_, LyingSync_LeavesHeldBytesInTheProcess) {
  faults.hold_unsynced = true;
  faults.lying_syncs_left = 1;
  ASSERT_TRUE(file->append("a"));
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(below.content("d/f"), "");
  EXPECT_EQ(faults.counts().bytes_held, 1U);
  EXPECT_EQ(faults.counts().syncs_lied, 1U);
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(below.content("d/f"), "a");
  EXPECT_EQ(faults.counts().bytes_held, 0U);
}

TEST_F(FaultyFile_, Release_WritesAndSyncsHeldBytes) {
  faults.hold_unsynced = true;
  ASSERT_TRUE(file->append("a"));
  ASSERT_TRUE(faults.release());
  below.crash(0);
  EXPECT_EQ(below.all().count("d/f"), 0U) << "the directory was not synced";
  EXPECT_EQ(faults.counts().bytes_held, 0U);
}

TEST_F(FaultyFile_, ClosedFile_LosesNothing) {
  faults.hold_unsynced = true;
  ASSERT_TRUE(file->append("a"));
  file.reset();
  EXPECT_EQ(below.content("d/f"), "a");
  EXPECT_EQ(faults.counts().bytes_held, 0U);
}

TEST_F(FaultyFile_, Crash_WritesAShareOfTheHeldBytesAndReportsIt) {
  faults.hold_unsynced = true;
  ASSERT_TRUE(file->append("abcde"));
  const CrashedBytes bytes = faults.crash(0.5);
  EXPECT_EQ(bytes.held, 5U);
  EXPECT_EQ(bytes.written, 2U);
  file.reset();
  EXPECT_EQ(below.content("d/f"), "ab")
      << "nothing more is written, whatever the process still does";
}

TEST_F(FaultyFile_, Crash_TearsInsideARecordBeforeANonZeroByte) {
  faults.hold_unsynced = true;
  // Two records of 16 bytes: half of the bytes would be exactly the first record with its padding.
  ASSERT_TRUE(file->append(std::string("HEAD\0\0\0\0text\0\0\0\0HEAD\0\0\0\0text\0\0\0\0", 32)));
  EXPECT_EQ(faults.crash(0.5).written, 11U);
  EXPECT_EQ(below.content("d/f"), std::string("HEAD\0\0\0\0tex", 11));
}

TEST_F(FaultyFile_, CrashThatKeepsAll_TearsNothing) {
  faults.hold_unsynced = true;
  ASSERT_TRUE(file->append(std::string("HEAD\0\0\0\0", 8)));
  EXPECT_EQ(faults.crash(1).written, 8U);
}

TEST(DiskFaults_, TornLog_IsCutWhateverItsRecords) {
  for (const double keep : {0.1, 0.3, 0.5, 0.7, 0.9}) {
    MemoryFileSystem below;
    DiskFaults faults;
    FaultyFileSystem files(below, faults);
    auto opened = std::get<Log::Opened>(Log::open(files, "d"));
    faults.hold_unsynced = true;
    faults.lying_syncs_left = 1'000;
    for (const auto& item : sample_batches()) opened.log->add(item);
    ASSERT_TRUE(opened.log->sync());
    const CrashedBytes bytes = faults.crash(keep);
    ASSERT_LT(bytes.written, bytes.held);
    const auto again = std::get<Log::Opened>(Log::open(below, "d"));
    EXPECT_GT(again.bytes_cut, 0U) << "keep " << keep;
  }
}

/// If a lying sync loses bytes, it loses the sync mark with them: the cluster sees lost writes, and
/// not a node that refuses to start. Without lying syncs a crash loses neither.
TEST(DiskFaults_, HeldMark_IsLostWithTheBytesOfALyingSync) {
  for (const bool lying : {true, false}) {
    MemoryFileSystem below;
    DiskFaults faults;
    FaultyFileSystem files(below, faults);
    auto opened = std::get<Log::Opened>(Log::open(files, "d"));
    faults.hold_unsynced = true;
    if (lying) faults.lying_syncs_left = 1'000;
    for (const auto& item : sample_batches()) {
      opened.log->add(item);
      ASSERT_TRUE(opened.log->sync());
    }
    ASSERT_TRUE(opened.log->settle()) << "idle";
    (void)faults.crash(0);
    const auto again = std::get<Log::Opened>(Log::open(below, "d"));
    EXPECT_EQ(show(again.recovered),
              lying ? "0/0" : states_after_each_record(sample_batches()).back());
  }
}

TEST(DiskFaults_, SyncOfTheMark_DoesNotCountAsSyncOfTheLog) {
  MemoryFileSystem below;
  DiskFaults faults;
  FaultyFileSystem files(below, faults);
  auto opened = std::get<Log::Opened>(Log::open(files, "d"));
  for (const auto& item : sample_batches()) opened.log->add(item);
  ASSERT_TRUE(opened.log->sync());
  faults.lying_syncs_left = 1;
  faults.fail_sync = true;
  ASSERT_TRUE(opened.log->settle());
  EXPECT_EQ(faults.counts().syncs_lied, 0U);
}

TEST_F(FaultyFile_, StalledSync_ReturnsWhenTheStallEnds) {
  faults.stall(true);
  EXPECT_TRUE(faults.may_block());
  std::atomic<bool> synced = false;
  std::thread writer([&] {
    EXPECT_TRUE(file->sync());
    synced = true;
  });
  while (faults.counts().syncs_stalled == 0) std::this_thread::yield();
  EXPECT_FALSE(synced);
  faults.stall(false);
  writer.join();
  EXPECT_TRUE(synced);
}

TEST_F(FaultyFile_, EndWaits_EndsStallsAndDelays) {
  faults.stall(true);
  faults.sync_delay_ns = 3'600'000'000'000;
  std::thread writer([&] { EXPECT_TRUE(file->sync()); });
  while (faults.counts().syncs_delayed == 0) std::this_thread::yield();
  faults.end_waits();
  writer.join();
  EXPECT_TRUE(file->sync()) << "later syncs do not wait";
}

TEST(PosixFiles, Log_WrittenAndReopened_IsEqual) {
  const TemporaryDirectory directory;
  PosixFileSystem files;
  const std::string data = directory.path() + "/a/b";
  ASSERT_TRUE(files.make_directory(data));
  ASSERT_TRUE(files.make_directory(data));
  {
    auto opened = std::get<Log::Opened>(Log::open(files, data));
    for (const auto& item : sample_batches()) opened.log->add(item);
    ASSERT_TRUE(opened.log->sync());
  }
  const auto whole = std::move(files.read(data + "/log-00000001")).value();
  const std::size_t end = whole->find_last_not_of('\0') + 1;
  ASSERT_LT(end, whole->size()) << "space is reserved";
  ASSERT_TRUE(files.truncate(data + "/log-00000001", end - 1));
  ASSERT_TRUE(write_atomically(files, data, "synced", old_marks()));
  const auto again = std::get<Log::Opened>(Log::open(files, data));
  const auto states = states_after_each_record(sample_batches());
  EXPECT_EQ(show(again.recovered), states[states.size() - 2]);
  EXPECT_EQ(files.read(again.cut_file).value()->size(), again.bytes_cut);
}

TEST(PosixFiles, Errors_NameThePathAndTheReason) {
  PosixFileSystem files;
  const auto file = files.open_append("/nonexistent/f", 0);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message, "open /nonexistent/f: No such file or directory");
  EXPECT_FALSE(files.read("/nonexistent/f").value());
  EXPECT_FALSE(files.make_directory("/dev/null/x"));
  const auto long_name = files.make_directory("/tmp/" + std::string(300, 'x'));
  ASSERT_FALSE(long_name);
  EXPECT_NE(long_name.error().message.find("File name too long"), std::string::npos);
  EXPECT_FALSE(files.make_directory(std::string(5000, '/') + std::string(5000, 'x')));
}

TEST(DirectoryLock_, HeldByAnotherProcess_IsRefused) {
  const TemporaryDirectory directory;
  auto first = DirectoryLock::acquire(directory.path());
  ASSERT_TRUE(first);
  EXPECT_FALSE(DirectoryLock::acquire(directory.path()));
  first.reset();
  EXPECT_TRUE(DirectoryLock::acquire(directory.path()));
}

}  // namespace
}  // namespace capsize::storage
