#include "harness/run/disk_reserve.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace capsize::harness {

DiskReserve::DiskReserve(std::filesystem::path path) : path_(std::move(path)) {
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const int error = file < 0 ? errno : ::posix_fallocate(file, 0, static_cast<off_t>(kBytes));
  if (file >= 0) ::close(file);
  if (error == 0) return;
  failure_ = {kind_of_errno(error),
              fmt::format("{}: no space of {} KiB for a run: {}", path_.string(), kBytes / 1024,
                          std::strerror(error))};
  release();
}

void DiskReserve::release() {
  if (path_.empty()) return;
  ::unlink(path_.c_str());
  path_.clear();
}

}  // namespace capsize::harness
