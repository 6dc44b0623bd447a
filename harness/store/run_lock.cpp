#include "harness/store/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace capsize::harness {
namespace {

int open_directory(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& run_directory)
    : descriptor_(open_directory(run_directory)) {
  // Waits, because is_running() of another process may hold the lock for a moment.
  if (descriptor_ >= 0) ::flock(descriptor_, LOCK_SH);
}

RunLock::~RunLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool is_running(const std::filesystem::path& run_directory) {
  const int descriptor = open_directory(run_directory);
  if (descriptor < 0) return false;
  const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return locked;
}

}  // namespace capsize::harness
