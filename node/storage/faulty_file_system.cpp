#include "node/storage/faulty_file_system.h"

#include <cerrno>
#include <ctime>

namespace capsize::storage {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

/// The fault itself: a slow disk blocks whoever syncs.
void block_for(std::int64_t nanoseconds) {
  timespec left{nanoseconds / kNanosecondsPerSecond, nanoseconds % kNanosecondsPerSecond};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

class FaultyFile : public WritableFile {
 public:
  FaultyFile(std::unique_ptr<WritableFile> below, DiskFaults& faults)
      : below_(std::move(below)), faults_(faults) {}

  base::Status append(std::string_view bytes) override {
    // Held bytes go first, also when the fault was switched off meanwhile.
    if (faults_.hold_unsynced || !held_.empty()) {
      held_ += bytes;
      return {};
    }
    return below_->append(bytes);
  }
  base::Status reserve(std::uint64_t size) override { return below_->reserve(size); }
  base::Status sync() override {
    if (const std::int64_t delay = faults_.sync_delay_ns; delay > 0) block_for(delay);
    if (faults_.fail_sync) return base::Error{"fdatasync: failed, as the disk fault asks"};
    if (!held_.empty()) {
      if (auto status = below_->append(held_); !status) return status;
      held_.clear();
    }
    return below_->sync();
  }

 private:
  std::unique_ptr<WritableFile> below_;
  DiskFaults& faults_;
  std::string held_;
};

base::Result<std::unique_ptr<WritableFile>> wrap(base::Result<std::unique_ptr<WritableFile>> file,
                                                 DiskFaults& faults) {
  if (!file) return file.error();
  return std::unique_ptr<WritableFile>(
      std::make_unique<FaultyFile>(std::move(file).value(), faults));
}

}  // namespace

base::Result<std::unique_ptr<WritableFile>> FaultyFileSystem::create(const std::string& path) {
  return wrap(below_.create(path), faults_);
}

base::Result<std::unique_ptr<WritableFile>> FaultyFileSystem::open_append(const std::string& path,
                                                                          std::uint64_t end) {
  return wrap(below_.open_append(path, end), faults_);
}

}  // namespace capsize::storage
