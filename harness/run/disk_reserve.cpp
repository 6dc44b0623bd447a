#include "harness/run/disk_reserve.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace capsize::harness {

DiskReserve::DiskReserve(const std::filesystem::path& path)
    : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  // Without a name the kernel frees the space at the end of the process, even after SIGKILL.
  if (file_ >= 0) ::unlink(path.c_str());
  const int error = file_ < 0 ? errno : ::posix_fallocate(file_, 0, static_cast<off_t>(kBytes));
  if (error == 0) return;
  release();
  failure_ = {kind_of_errno(error),
              fmt::format("{}: no space of {} KiB for the results: {}", path.string(),
                          kBytes / 1024, std::strerror(error))};
}

void DiskReserve::release() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

}  // namespace capsize::harness
