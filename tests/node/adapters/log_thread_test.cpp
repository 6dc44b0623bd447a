// The log thread with real threads: receipts follow their syncs, in order, and batches are grouped.
#include "node/storage/log_thread.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <condition_variable>
#include <mutex>

#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"

namespace capsize::storage {
namespace {

constexpr int kWaitMsMax = 30'000;

/// A disk whose syncs wait at a gate, and that counts its calls.
class GatedFiles : public MemoryFileSystem {
 public:
  [[nodiscard]] base::Result<std::unique_ptr<WritableFile>> open_append(
      const std::string& path, std::uint64_t end) override {
    auto file = MemoryFileSystem::open_append(path, end);
    if (!file) return file.error();
    return std::unique_ptr<WritableFile>(std::make_unique<File>(*this, std::move(file).value()));
  }
  void close_gate() { set_gate(false); }
  void open_gate() { set_gate(true); }
  void wait_until_a_sync_waits() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_; });
  }
  std::uint64_t writes() {
    const std::lock_guard lock(mutex_);
    return writes_;
  }

 private:
  class File : public WritableFile {
   public:
    File(GatedFiles& gate, std::unique_ptr<WritableFile> below)
        : gate_(gate), below_(std::move(below)) {}
    base::Status append(std::string_view bytes) override {
      {
        const std::lock_guard lock(gate_.mutex_);
        ++gate_.writes_;
      }
      return below_->append(bytes);
    }
    base::Status reserve(std::uint64_t size) override { return below_->reserve(size); }
    base::Status sync() override {
      gate_.pass();
      return below_->sync();
    }

   private:
    GatedFiles& gate_;
    std::unique_ptr<WritableFile> below_;
  };
  void pass() {
    std::unique_lock lock(mutex_);
    waiting_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    waiting_ = false;
  }
  void set_gate(bool open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true, waiting_ = false;
  std::uint64_t writes_ = 0;
};

std::unique_ptr<Log> open_log(FileSystem& files) {
  return std::move(std::get<Log::Opened>(Log::open(files, "d")).log);
}

void must_not_fail(const base::Error& error) {
  ADD_FAILURE() << error.message;
}

bool wait_readable(int fd) {
  pollfd item{fd, POLLIN, 0};
  return ::poll(&item, 1, kWaitMsMax) == 1;
}

raft::SyncToken wait_for_receipt(LogThread& thread, std::uint64_t token) {
  while (wait_readable(thread.event_fd())) {
    const auto receipt = thread.take_receipt();
    if (receipt && receipt->token() >= raft::SyncToken(token)) return receipt->token();
  }
  ADD_FAILURE() << "no receipt for " << token;
  return {};
}

TEST(LogThread_, Batches_GetReceiptsAndAreOnDisk) {
  MemoryFileSystem files;
  {
    LogThread thread(open_log(files), must_not_fail);
    for (const auto& item : sample_batches()) thread.submit(item);
    EXPECT_EQ(wait_for_receipt(thread, 4), raft::SyncToken(4));
    EXPECT_FALSE(thread.take_receipt()) << "a receipt is taken once";
    EXPECT_EQ(thread.bytes_waiting(), 0U);
  }
  files.crash(0);
  const auto opened = std::get<Log::Opened>(Log::open(files, "d"));
  EXPECT_EQ(show(opened.recovered), states_after_each_record(sample_batches()).back());
}

TEST(LogThread_, CleanStop_SyncsTheMark) {
  MemoryFileSystem files;
  {
    LogThread thread(open_log(files), must_not_fail);
    for (const auto& item : sample_batches()) thread.submit(item);
    EXPECT_EQ(wait_for_receipt(thread, 4), raft::SyncToken(4));
  }
  const std::string marks = files.content("d/synced");
  files.crash(0);
  EXPECT_EQ(files.content("d/synced"), marks);
  EXPECT_EQ(decode_sync_marks(marks)->last.index, raft::Index{4});
}

/// Counts the syncs of the sync mark.
class CountingFiles : public MemoryFileSystem {
 public:
  [[nodiscard]] base::Result<std::unique_ptr<FixedFile>> open_fixed(
      const std::string& path) override {
    auto file = MemoryFileSystem::open_fixed(path);
    if (!file) return file.error();
    return std::unique_ptr<FixedFile>(std::make_unique<File>(*this, std::move(file).value()));
  }
  std::uint64_t mark_syncs() {
    const std::lock_guard lock(mutex_);
    return mark_syncs_;
  }
  bool wait_for_mark_sync() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(kWaitMsMax),
                             [this] { return mark_syncs_ > 0; });
  }

 private:
  class File : public FixedFile {
   public:
    File(CountingFiles& files, std::unique_ptr<FixedFile> below)
        : files_(files), below_(std::move(below)) {}
    base::Status overwrite(std::uint64_t offset, std::string_view bytes) override {
      return below_->overwrite(offset, bytes);
    }
    base::Status sync() override {
      const std::lock_guard lock(files_.mutex_);
      ++files_.mark_syncs_;
      files_.changed_.notify_all();
      return below_->sync();
    }

   private:
    CountingFiles& files_;
    std::unique_ptr<FixedFile> below_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t mark_syncs_ = 0;
};

TEST(LogThread_, IdleLog_SyncsItsMark_ButNoBatchDoes) {
  CountingFiles files;
  LogThread thread(open_log(files), must_not_fail);
  for (std::uint64_t i = 1; i <= 50; ++i) {
    raft::PersistBatch item = batch(i, std::nullopt, {entry(1, i, "x")});
    ASSERT_TRUE(thread.write_inline(item));
  }
  EXPECT_EQ(files.mark_syncs(), 0U) << "none of 50 syncs of the log syncs the mark";
  EXPECT_TRUE(files.wait_for_mark_sync());
}

TEST(LogThread_, WhileOneSyncRuns_LaterBatchesAreCollectedIntoOneWrite) {
  GatedFiles files;
  auto log = open_log(files);
  LogThread thread(std::move(log), must_not_fail);
  files.close_gate();
  thread.submit(batch(1, std::nullopt, {entry(1, 1, "first")}));
  files.wait_until_a_sync_waits();
  for (std::uint64_t i = 2; i <= 100; ++i) {
    thread.submit(batch(i, std::nullopt, {entry(1, i, "more")}));
  }
  EXPECT_FALSE(thread.take_receipt()) << "a receipt before its sync";
  EXPECT_GT(thread.bytes_waiting(), 0U);
  files.open_gate();
  EXPECT_EQ(wait_for_receipt(thread, 100), raft::SyncToken(100));
  EXPECT_EQ(files.writes(), 2U);
  EXPECT_EQ(thread.syncs(), 2U);
}

TEST(LogThread_, EmptyBatch_GetsItsReceiptWithoutASync) {
  MemoryFileSystem files;
  LogThread thread(open_log(files), must_not_fail);
  thread.submit(batch(1, std::nullopt, {}));
  EXPECT_EQ(wait_for_receipt(thread, 1), raft::SyncToken(1));
  EXPECT_EQ(thread.syncs(), 0U);
}

TEST(LogThread_, WriteInline_ReturnsTheReceiptAndIsOnDisk) {
  MemoryFileSystem files;
  {
    LogThread thread(open_log(files), must_not_fail);
    auto batches = sample_batches();
    for (auto& item : batches) {
      const raft::SyncToken token = item.token;
      const auto receipt = thread.write_inline(item);
      ASSERT_TRUE(receipt);
      EXPECT_EQ(receipt->token(), token);
    }
    EXPECT_FALSE(thread.take_receipt()) << "a receipt is returned once";
    EXPECT_EQ(thread.bytes_waiting(), 0U);
    EXPECT_GT(thread.sync_times().latest_ns, 0U);
  }
  files.crash(0);
  const auto opened = std::get<Log::Opened>(Log::open(files, "d"));
  EXPECT_EQ(show(opened.recovered), states_after_each_record(sample_batches()).back());
}

TEST(LogThread_, WriteInline_WhileTheThreadIsBusy_LeavesTheBatchToTheCaller) {
  GatedFiles files;
  LogThread thread(open_log(files), must_not_fail);
  files.close_gate();
  thread.submit(batch(1, std::nullopt, {entry(1, 1, "first")}));
  files.wait_until_a_sync_waits();
  auto second = batch(2, std::nullopt, {entry(1, 2, "second")});
  EXPECT_FALSE(thread.write_inline(second));
  ASSERT_EQ(second.entries.size(), 1U);
  files.open_gate();
  EXPECT_EQ(wait_for_receipt(thread, 1), raft::SyncToken(1));
  const auto receipt = thread.write_inline(second);
  ASSERT_TRUE(receipt) << "the thread is idle once its receipt was issued";
  thread.submit(batch(3, std::nullopt, {entry(1, 3, "third")}));
  EXPECT_EQ(wait_for_receipt(thread, 3), raft::SyncToken(3)) << "the thread continues after it";
}

TEST(LogThread_, WriteInline_AfterAnUntakenReceipt_DiscardsTheOlderOne) {
  MemoryFileSystem files;
  LogThread thread(open_log(files), must_not_fail);
  thread.submit(batch(1, std::nullopt, {entry(1, 1, "first")}));
  ASSERT_TRUE(wait_readable(thread.event_fd()));
  auto second = batch(2, std::nullopt, {entry(1, 2, "second")});
  ASSERT_TRUE(thread.write_inline(second));
  EXPECT_FALSE(thread.take_receipt()) << "an older receipt would contradict the newer one";
}

TEST(LogThread_, WriteInline_ThatFails_IsReportedAndNothingMoreIsWritten) {
  MemoryFileSystem files;
  auto log = open_log(files);
  files.fail_from(3, false);  // reserve and write succeed, the sync fails
  std::string failure;
  LogThread thread(std::move(log), [&](const base::Error& error) { failure = error.message; });
  auto first = batch(1, hard_state(1, 1), {});
  EXPECT_FALSE(thread.write_inline(first));
  EXPECT_NE(failure, "");
  thread.submit(batch(2, hard_state(2, 1), {}));
  auto third = batch(3, hard_state(3, 1), {});
  EXPECT_FALSE(thread.write_inline(third));
  EXPECT_FALSE(thread.take_receipt());
}

TEST(LogThread_, FailedSync_IsReportedAndGivesNoReceipt) {
  MemoryFileSystem files;
  auto log = open_log(files);
  files.fail_from(3, false);  // reserve and write succeed, the sync fails
  std::string failure;
  {
    LogThread thread(std::move(log), [&](const base::Error& error) { failure = error.message; });
    thread.submit(batch(1, hard_state(1, 1), {}));
    thread.submit(batch(2, hard_state(2, 1), {}));
    // The destructor joins the thread, so `failure` can be read afterwards.
  }
  EXPECT_EQ(failure, "fdatasync d/log-00000001: injected failure");
}

TEST(LogThread_, Destructor_WritesSubmittedBatches) {
  MemoryFileSystem files;
  {
    LogThread thread(open_log(files), must_not_fail);
    for (std::uint64_t i = 1; i <= 1000; ++i) {
      thread.submit(batch(i, std::nullopt, {entry(1, i, "x")}));
    }
  }
  files.crash(0);
  EXPECT_EQ(std::get<Log::Opened>(Log::open(files, "d")).recovered.entries.size(), 1000U);
}

}  // namespace
}  // namespace capsize::storage
