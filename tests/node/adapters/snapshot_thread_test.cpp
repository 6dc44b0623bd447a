// The snapshot thread with a real thread: a returned snapshot is on disk.
#include "node/storage/snapshot_thread.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <future>

#include "node/storage/log.h"
#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"

namespace capsize::storage {
namespace {

constexpr int kWaitMsMax = 30'000;

raft::Snapshot sample() {
  raft::Snapshot snapshot = with_snapshot({}, 1, 3).snapshot;
  snapshot.state = nullptr;
  return snapshot;
}

std::optional<raft::Snapshot> wait_for(SnapshotThread& thread) {
  pollfd item{thread.event_fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&item, 1, kWaitMsMax), 1);
  return thread.take_saved();
}

void must_not_fail(const base::Error& error) {
  ADD_FAILURE() << error.message;
}

TEST(SnapshotThread_, Saved_IsReturnedWithItsContentAndIsOnDisk) {
  MemoryFileSystem files;
  auto opened = std::get<Log::Opened>(Log::open(files, "d"));
  SnapshotThread thread(opened.snapshots, must_not_fail);
  std::promise<void> gate;
  thread.save(sample(), [&] {
    gate.get_future().wait();
    return std::string("content");
  });
  EXPECT_FALSE(thread.take_saved()) << "not before it is encoded and saved";
  gate.set_value();
  const auto saved = wait_for(thread);
  ASSERT_TRUE(saved);
  EXPECT_EQ(*saved->state, "content");
  EXPECT_FALSE(thread.take_saved()) << "returned once";
  files.crash(0);
  const auto stored = read_snapshot(files, "d");
  EXPECT_EQ(*std::get<raft::Snapshot>(stored).state, "content");
}

TEST(SnapshotThread_, FailedRename_IsReportedAndNothingIsReturned) {
  MemoryFileSystem files;
  auto opened = std::get<Log::Opened>(Log::open(files, "d"));
  std::string failure;
  {
    SnapshotThread thread(opened.snapshots,
                          [&](const base::Error& error) { failure = error.message; });
    files.fail_from(6, false);  // create, three writes and a sync succeed
    thread.save(sample(), [] { return std::string("content"); });
    // The destructor joins the thread, so `failure` can be read afterwards.
  }
  EXPECT_EQ(failure, "rename d/snapshot.own: injected failure");
}

}  // namespace
}  // namespace capsize::storage
