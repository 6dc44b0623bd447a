// What the watch reports about a disk that hangs, and about one that does not.
#include "harness/run/disk_watch.h"

#include <gtest/gtest.h>

#include <atomic>

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant kBegin{1h};

// A disk whose syncs take a given time, on a clock that only the test advances.
struct SlowDisk {
  std::mutex mutex;
  std::condition_variable moved;
  base::Instant now = kBegin;
  bool held = false;
  std::uint64_t begun = 0;
  std::uint64_t ended = 0;

  base::Status sync() {
    std::unique_lock lock(mutex);
    ++begun;
    moved.notify_all();
    moved.wait(lock, [this] { return !held; });
    ++ended;
    moved.notify_all();
    return {};
  }
  void pass(base::Duration time) {
    const std::lock_guard lock(mutex);
    now += time;
  }
  void hold(bool hold) {
    const std::lock_guard lock(mutex);
    held = hold;
    moved.notify_all();
  }
  void wait_for_one_held() {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(moved.wait_for(lock, 30s, [&] { return begun > ended; }));
  }
  void wait_for_end() {
    std::unique_lock lock(mutex);
    const auto seen = ended;
    // Wait for the second sync: the first has been recorded by then.
    ASSERT_TRUE(moved.wait_for(lock, 30s, [&] { return ended > seen + 1; }));
  }
  DiskWatch watch() {
    return {[this] { return sync(); }, 1ms,
            [this] {
              const std::lock_guard lock(mutex);
              return now;
            }};
  }
};

TEST(DiskWatch_, Hang_CountsWhileItLastsAndAfterwards) {
  SlowDisk disk;
  const DiskWatch watch = disk.watch();
  disk.hold(true);
  disk.wait_for_one_held();
  EXPECT_EQ(watch.hung_since(kBegin), 0s);
  disk.pass(7s);
  EXPECT_EQ(watch.hung_since(kBegin), 7s);
  EXPECT_EQ(watch.hung_since(kBegin + 4s), 3s) << "only what came after";
  EXPECT_EQ(watch.hung_between(kBegin + 1s, kBegin + 3s), 2s);
  disk.hold(false);
  disk.wait_for_end();
  EXPECT_EQ(watch.hung_since(kBegin), 7s);
  EXPECT_EQ(watch.hung_since(kBegin + 7s), 0s);
}

TEST(DiskWatch_, SlowSync_IsNoHang) {
  SlowDisk disk;
  const DiskWatch watch = disk.watch();
  disk.hold(true);
  disk.wait_for_one_held();
  disk.pass(DiskWatch::kHang - 1ns);
  EXPECT_EQ(watch.hung_since(kBegin), 0s);
  disk.hold(false);
  disk.wait_for_end();
  EXPECT_EQ(watch.hung_since(kBegin), 0s);
}

TEST(DiskWatch_, File_IsSyncedAndRemovedWithTheWatch) {
  const auto path =
      std::filesystem::temp_directory_path() / ("capsize-disk-watch-" + std::to_string(::getpid()));
  {
    std::atomic<int> syncs = 0;
    const DiskWatch watch(
        [&syncs, sync = sync_of_file(path)] {
          auto status = sync();
          EXPECT_TRUE(status.ok());
          syncs += status.ok() ? 1 : 0;
          return status;
        },
        1ms);
    while (syncs < 2) std::this_thread::yield();
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(sync_of_file("/nonexistent/f")().ok());
}

}  // namespace
}  // namespace capsize::harness
