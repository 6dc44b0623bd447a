#include "harness/store/beneath.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

namespace capsize::harness {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

/// "." and ".." are names that lead elsewhere; a name with a zero byte ends early for the kernel.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.size() <= NAME_MAX &&
         name.find('\0') == name.npos && name.find('/') == name.npos;
}

OwnedDescriptor open_child_directory(int parent, const std::string& name) {
  return OwnedDescriptor(::openat(parent, name.c_str(), kDirectoryFlags | O_NOFOLLOW));
}

std::int64_t nanoseconds_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

mode_t type_of(int directory, const dirent& entry) {
  if (entry.d_type == DT_REG) return S_IFREG;
  if (entry.d_type == DT_DIR) return S_IFDIR;
  struct stat found {};
  const bool unknown = entry.d_type == DT_UNKNOWN;  // some file systems do not say
  if (!unknown || ::fstatat(directory, entry.d_name, &found, AT_SYMLINK_NOFOLLOW) != 0) return 0;
  return found.st_mode & S_IFMT;
}

}  // namespace

std::string OpenFile::read(std::uint64_t offset, std::size_t bytes_max) const {
  std::string content(bytes_max, '\0');
  std::size_t filled = 0;
  while (filled < bytes_max) {
    const auto got = ::pread(descriptor.get(), content.data() + filled, bytes_max - filled,
                             static_cast<::off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

base::Result<OpenDirectory> OpenDirectory::open(const std::filesystem::path& path) {
  OwnedDescriptor descriptor(::open(path.c_str(), kDirectoryFlags));
  if (descriptor) return OpenDirectory(std::move(descriptor));
  return base::Error{
      fmt::format("{}: found {}, expected a directory", path.string(), std::strerror(errno))};
}

std::optional<std::pair<OwnedDescriptor, std::string>> OpenDirectory::parent_of(
    std::string_view path) const {
  OwnedDescriptor at(::fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 0));
  while (at) {
    const auto slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (!is_plain_name(name)) return std::nullopt;
    if (slash == path.npos) return std::pair(std::move(at), std::string(name));
    at = open_child_directory(at.get(), std::string(name));
    path.remove_prefix(slash + 1);
  }
  return std::nullopt;
}

std::optional<OpenFile> OpenDirectory::file(std::string_view path) const {
  const auto place = parent_of(path);
  if (!place) return std::nullopt;
  const auto& [parent, name] = *place;
  struct stat found {};
  // Before it is opened: opening a device may do something. After that again, for what was opened.
  if (::fstatat(parent.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISREG(found.st_mode)) {
    return std::nullopt;
  }
  OwnedDescriptor descriptor(::openat(parent.get(), name.c_str(),
                                      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!descriptor || ::fstat(descriptor.get(), &found) != 0 || !S_ISREG(found.st_mode)) {
    return std::nullopt;
  }
  return OpenFile{.descriptor = std::move(descriptor),
                  .bytes = static_cast<std::uint64_t>(found.st_size),
                  .modified_ns = nanoseconds_of(found.st_mtim),
                  .inode = found.st_ino};
}

std::optional<OpenDirectory> OpenDirectory::directory(std::string_view path) const {
  const auto place = parent_of(path);
  if (!place) return std::nullopt;
  auto descriptor = open_child_directory(place->first.get(), place->second);
  if (!descriptor) return std::nullopt;
  return OpenDirectory(std::move(descriptor));
}

std::vector<OpenDirectory::Entry> OpenDirectory::list(std::size_t entries_max) const {
  std::vector<Entry> entries;
  // A descriptor of its own: reading a directory moves its offset.
  const int own = ::openat(descriptor_.get(), ".", kDirectoryFlags);
  DIR* directory = own < 0 ? nullptr : ::fdopendir(own);
  if (directory == nullptr) {
    if (own >= 0) ::close(own);
    return entries;
  }
  while (entries.size() < entries_max) {
    const dirent* entry = ::readdir(directory);
    if (entry == nullptr) break;
    if (!is_plain_name(entry->d_name)) continue;
    const auto type = type_of(own, *entry);
    if (type == S_IFREG || type == S_IFDIR) entries.push_back({entry->d_name, type == S_IFDIR});
  }
  ::closedir(directory);
  return entries;
}

std::optional<std::string> OpenDirectory::link_target(const std::string& name) const {
  std::array<char, PATH_MAX> target{};
  if (!is_plain_name(name)) return std::nullopt;
  const auto bytes = ::readlinkat(descriptor_.get(), name.c_str(), target.data(), target.size());
  if (bytes < 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(bytes));
}

std::int64_t OpenDirectory::modified_ns() const {
  struct stat found {};
  return ::fstat(descriptor_.get(), &found) == 0 ? nanoseconds_of(found.st_mtim) : 0;
}

std::filesystem::path OpenDirectory::stable_path() const {
  return fmt::format("/proc/self/fd/{}/.", descriptor_.get());
}

}  // namespace capsize::harness
