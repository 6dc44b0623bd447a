#include "harness/bench/raw_sync.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/cluster/clock.h"

namespace capsize::harness {

base::Result<std::vector<base::Duration>> measure_syncs(const std::filesystem::path& directory,
                                                        std::size_t bytes, std::size_t times) {
  const std::string path = (directory / "raw-sync").string();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const std::string block(bytes, 'x');
  std::vector<base::Duration> syncs;
  bool worked = file >= 0 && ::posix_fallocate(file, 0, static_cast<off_t>(bytes * times)) == 0 &&
                ::fsync(file) == 0;
  for (std::size_t i = 0; worked && i < times; ++i) {
    const auto begin = monotonic_now();
    worked = ::pwrite(file, block.data(), bytes, static_cast<off_t>(i * bytes)) ==
                 static_cast<ssize_t>(bytes) &&
             ::fdatasync(file) == 0;
    syncs.push_back(monotonic_now() - begin);
  }
  const int reason = errno;
  if (file >= 0) ::close(file);
  ::unlink(path.c_str());
  if (!worked) return base::Error{fmt::format("{}: {}", path, std::strerror(reason))};
  return syncs;
}

}  // namespace capsize::harness
