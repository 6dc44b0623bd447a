// The disk faults that the control endpoint can switch on, and the real files below them.
#include <gtest/gtest.h>

#include "node/storage/directory_lock.h"
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
  ASSERT_TRUE(file->append("c"));  // must not overtake
  EXPECT_EQ(below.content("d/f"), "a");
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(below.content("d/f"), "abc");
}

TEST(DiskFaults_, FailSync_FailsAndHeldBytesAreNotThere) {
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

TEST(PosixFiles, Log_WrittenAndReopened_IsTheSame) {
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
  ASSERT_LT(end, whole->size()) << "room is reserved";
  ASSERT_TRUE(files.truncate(data + "/log-00000001", end - 1));
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
}

TEST(DirectoryLock_, HeldByAnother_IsRefused) {
  const TemporaryDirectory directory;
  auto first = DirectoryLock::acquire(directory.path());
  ASSERT_TRUE(first);
  EXPECT_FALSE(DirectoryLock::acquire(directory.path()));
  first.reset();
  EXPECT_TRUE(DirectoryLock::acquire(directory.path()));
}

}  // namespace
}  // namespace capsize::storage
