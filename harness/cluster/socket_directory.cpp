#include "harness/cluster/socket_directory.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kNameBytesMax = 24;
constexpr std::size_t kPathBytesMax = sizeof(sockaddr_un::sun_path) - 1;

/// Nothing in it that separates endpoints on a command line (`n1:n2=IN,OUT`), or that ZeroMQ takes
/// for something else.
bool is_plain(const std::string& path) {
  return std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::strchr("/._-+", c) != nullptr;
  });
}

base::Error failed(const fs::path& path) {
  return {fmt::format("{}: cannot be made: {}", path.string(), std::strerror(errno))};
}

base::Status write_private_file(const fs::path& path, const std::string& content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return failed(path);
  const bool written =
      ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  const bool closed = ::close(file) == 0;
  return written && closed ? base::Status() : failed(path);
}

}  // namespace

std::uint64_t random_id() {
  std::uint64_t id = 0;
  CHECK(::getrandom(&id, sizeof id, 0) == sizeof id, "the kernel gives random bytes");
  return id;
}

base::Result<SocketDirectory> SocketDirectory::create(const fs::path& home) {
  SocketDirectory made(home / "sockets", fmt::format("{:016x}{:016x}", random_id(), random_id()));
  if (::mkdir(made.path_.c_str(), 0700) != 0) {
    auto error = failed(made.path_);
    made.path_.clear();  // not this object's to remove
    return error;
  }
  if (auto written = write_private_file(made.secret_file(), made.secret_ + "\n"); !written) {
    return written.error();
  }
  const std::string directory = fs::absolute(made.path_).string() + "/";
  if (directory.size() + kNameBytesMax <= kPathBytesMax && is_plain(directory)) {
    made.prefix_ = "ipc://" + directory;
    return made;
  }
  // Without O_CLOEXEC: the children inherit it, under the same number.
  made.descriptor_ = ::open(made.path_.c_str(), O_PATH | O_DIRECTORY);
  if (made.descriptor_ < 0) return failed(made.path_);
  made.prefix_ = fmt::format("ipc:///proc/self/fd/{}/", made.descriptor_);
  return made;
}

SocketDirectory::~SocketDirectory() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (path_.empty()) return;
  std::error_code ignored;  // the run directory may be gone by now
  fs::remove_all(path_, ignored);
}

SocketDirectory::SocketDirectory(SocketDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      secret_(std::move(other.secret_)),
      prefix_(std::move(other.prefix_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

SocketDirectory& SocketDirectory::operator=(SocketDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(secret_, other.secret_);
  std::swap(prefix_, other.prefix_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

std::string SocketDirectory::endpoint(std::string_view name) const {
  CHECK(name.size() <= kNameBytesMax, "a socket's name has at most 24 bytes");
  return prefix_ + std::string(name);
}

}  // namespace capsize::harness
