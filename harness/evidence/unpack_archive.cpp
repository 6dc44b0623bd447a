#include "harness/evidence/unpack_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "base/mismatch.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using Reader = std::unique_ptr<struct archive, decltype(&archive_read_free)>;

base::Error unreadable(struct archive* archive) {
  const char* reason = archive_error_string(archive);
  return {fmt::format("the archive cannot be read: {}", reason != nullptr ? reason : "unknown")};
}

/// Whether every component of the name is one that leads down.
bool leads_down(const fs::path& name) {
  if (name.empty() || name.is_absolute()) return false;
  for (const auto& part : name) {
    if (part.empty() || part == "." || part == "..") return false;
    for (const char c : part.native()) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
    }
  }
  return true;
}

/// Unpacks entries one after the other. As nothing but files and directories is ever created, no
/// link can lead a later entry out of the directory.
class Unpacker {
 public:
  Unpacker(struct archive* archive, const fs::path& directory, const UnpackLimits& limits)
      : archive_(archive), directory_(directory), limits_(limits) {}

  base::Status entry(struct archive_entry* entry) {
    if (++entries_ > limits_.entries) {
      return base::Error{fmt::format("found more than {} entries in an archive", limits_.entries)};
    }
    const char* text = archive_entry_pathname(entry);
    std::string name = text != nullptr ? text : "";
    while (name.ends_with('/')) name.pop_back();
    if (!leads_down(name)) {
      return base::Error{"name in an archive: " +
                         base::mismatch(name, "a name below its directory")};
    }
    // A hard link says that it is a regular file.
    const bool linked = archive_entry_hardlink(entry) != nullptr;
    if (archive_entry_filetype(entry) == AE_IFDIR && !linked) return folder(directory_ / name);
    if (archive_entry_filetype(entry) != AE_IFREG || linked) {
      return base::Error{
          fmt::format("archive: {}: found a link or a device, expected a file", name)};
    }
    if (auto made = folder((directory_ / name).parent_path()); !made) return made;
    return file(directory_ / name);
  }

 private:
  static base::Status folder(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (!error) return {};
    return base::Error{fmt::format("{}: cannot be created: {}", path.string(), error.message())};
  }

  base::Status file(const fs::path& path) {
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) return failed(path);
    base::Status written = content(path, descriptor);
    if (::close(descriptor) != 0 && written) written = failed(path);
    return written;
  }

  base::Status content(const fs::path& path, int descriptor) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    la_int64_t end = 0;
    while (true) {
      const int got = archive_read_data_block(archive_, &block, &size, &offset);
      if (got == ARCHIVE_EOF) return {};
      if (got != ARCHIVE_OK) return unreadable(archive_);
      // What is between two blocks of a sparse file has a length, too.
      const la_int64_t block_end = offset + static_cast<la_int64_t>(size);
      if (offset < end || static_cast<std::uint64_t>(block_end - end) > limits_.bytes - bytes_) {
        return base::Error{fmt::format("found more than {} bytes in an archive", limits_.bytes)};
      }
      bytes_ += static_cast<std::uint64_t>(block_end - end);
      end = block_end;
      for (std::size_t done = 0; done < size;) {
        const ssize_t wrote = ::pwrite(descriptor, static_cast<const char*>(block) + done,
                                       size - done, offset + static_cast<off_t>(done));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return failed(path);
        done += static_cast<std::size_t>(wrote);
      }
    }
  }

  static base::Error failed(const fs::path& path) {
    return {fmt::format("{}: cannot be written: {}", path.string(), std::strerror(errno))};
  }

  struct archive* archive_;
  const fs::path& directory_;
  const UnpackLimits& limits_;
  std::uint64_t entries_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

base::Status unpack_archive(std::string_view archive, const fs::path& directory,
                            const UnpackLimits& limits) {
  const Reader reader(archive_read_new(), &archive_read_free);
  archive_read_support_format_tar(reader.get());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_zstd(reader.get());
  if (archive_read_open_memory(reader.get(), archive.data(), archive.size()) != ARCHIVE_OK) {
    return unreadable(reader.get());
  }
  Unpacker unpacker(reader.get(), directory, limits);
  while (true) {
    struct archive_entry* entry = nullptr;
    const int got = archive_read_next_header(reader.get(), &entry);
    if (got == ARCHIVE_EOF) return {};
    if (got != ARCHIVE_OK) return unreadable(reader.get());
    if (auto unpacked = unpacker.entry(entry); !unpacked) return unpacked;
  }
}

}  // namespace capsize::harness
