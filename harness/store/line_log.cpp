#include "harness/store/line_log.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

namespace capsize::harness {
namespace {

constexpr auto kLockStep = std::chrono::milliseconds(20);

base::Error failed(const std::filesystem::path& path, const char* what) {
  return {fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno))};
}

bool lock(int descriptor, std::chrono::milliseconds bound) {
  const auto until = std::chrono::steady_clock::now() + bound;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(kLockStep);
  }
  return true;
}

/// The length of the file up to its last line feed.
off_t complete_length(int descriptor, off_t size) {
  std::array<char, 4096> block{};
  for (off_t end = size; end > 0;) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(block.size()));
    const ssize_t got =
        ::pread(descriptor, block.data(), static_cast<std::size_t>(end - begin), begin);
    if (got != end - begin) return size;  // unreadable: left as it is, and reported by the reader
    for (off_t i = got; i > 0; --i) {
      if (block[static_cast<std::size_t>(i - 1)] == '\n') return begin + i;
    }
    end = begin;
  }
  return 0;
}

}  // namespace

base::Result<LineLog> LineLog::open(const std::filesystem::path& path, std::string_view busy,
                                    std::chrono::milliseconds lock_bound) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return base::Error{path.parent_path().string() + ": cannot be created: " + error.message()};
  }
  const int descriptor =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed(path, "cannot be opened");
  LineLog log(path, descriptor);
  if (!lock(descriptor, lock_bound)) {
    return base::Error{fmt::format("{}: {}", path.string(), busy)};
  }
  struct stat file {};
  if (::fstat(descriptor, &file) != 0) return failed(path, "cannot be read");
  const off_t complete = complete_length(descriptor, file.st_size);
  if (complete < file.st_size && ::ftruncate(descriptor, complete) != 0) {
    return failed(path, "its incomplete last line cannot be cut off");
  }
  log.was_empty_ = complete == 0;
  return log;
}

LineLog::LineLog(LineLog&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      was_empty_(other.was_empty_) {}

LineLog::~LineLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Status LineLog::clear() {
  if (::ftruncate(descriptor_, 0) != 0) return failed(path_, "cannot be cut off");
  return {};
}

base::Status LineLog::append(std::string_view lines) {
  for (std::size_t done = 0; done < lines.size();) {
    const ssize_t wrote = ::write(descriptor_, lines.data() + done, lines.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failed(path_, "cannot be written");
    done += static_cast<std::size_t>(wrote);
  }
  if (::fdatasync(descriptor_) != 0) return failed(path_, "cannot be synced");
  return {};
}

}  // namespace capsize::harness
