#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "node/storage/descriptor.h"
#include "node/storage/file_system.h"

namespace capsize::storage {
namespace {

base::Error failure(std::string_view call, const std::string& path) {
  return {std::string(call) + " " + path + ": " + std::strerror(errno)};
}

base::Status sync_path(const std::string& path, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file) return failure("open", path);
  if (::fsync(file.get()) != 0) return failure("fsync", path);
  return {};
}

/// Advances `at` past the bytes written, also after an error.
base::Status write_all(const Descriptor& file, const std::string& path, std::string_view bytes,
                       std::uint64_t& at) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;  // nothing was written
    if (written < 0) return failure("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    at += static_cast<std::uint64_t>(written);
  }
  return {};
}

base::Status sync_file(const Descriptor& file, const std::string& path) {
  if (::fdatasync(file.get()) != 0) return failure("fdatasync", path);
  return {};
}

class PosixFixedFile : public FixedFile {
 public:
  PosixFixedFile(Descriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  base::Status overwrite(std::uint64_t offset, std::string_view bytes) override {
    return write_all(file_, path_, bytes, offset);
  }
  base::Status sync() override { return sync_file(file_, path_); }

 private:
  Descriptor file_;
  std::string path_;
};

class PosixFile : public WritableFile {
 public:
  PosixFile(Descriptor file, std::string path, std::uint64_t end)
      : file_(std::move(file)), path_(std::move(path)), end_(end) {}

  base::Status append(std::string_view bytes) override {
    return write_all(file_, path_, bytes, end_);
  }
  base::Status reserve(std::uint64_t size) override {
    if (size <= end_) return {};
    while (::fallocate(file_.get(), 0, static_cast<off_t>(end_), static_cast<off_t>(size - end_)) !=
           0) {
      // Reserving only makes syncs faster: without it each sync also records the file's length.
      if (errno == EOPNOTSUPP) return {};
      if (errno != EINTR) return failure("fallocate", path_);
    }
    return {};
  }
  base::Status sync() override { return sync_file(file_, path_); }

 private:
  Descriptor file_;
  std::string path_;
  std::uint64_t end_;
};

base::Result<std::unique_ptr<WritableFile>> open_writable(const std::string& path, int flags,
                                                          std::uint64_t end) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644));
  if (!file) return failure("open", path);
  return std::unique_ptr<WritableFile>(std::make_unique<PosixFile>(std::move(file), path, end));
}

}  // namespace

base::Result<std::unique_ptr<WritableFile>> PosixFileSystem::create(const std::string& path) {
  return open_writable(path, O_CREAT | O_TRUNC, 0);
}

base::Result<std::unique_ptr<WritableFile>> PosixFileSystem::open_append(const std::string& path,
                                                                         std::uint64_t end) {
  return open_writable(path, 0, end);
}

base::Result<std::unique_ptr<FixedFile>> PosixFileSystem::open_fixed(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return failure("open", path);
  return std::unique_ptr<FixedFile>(std::make_unique<PosixFixedFile>(std::move(file), path));
}

base::Result<std::optional<std::string>> PosixFileSystem::read(const std::string& path,
                                                               std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::optional<std::string>();
  if (!file) return failure("open", path);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return failure("fstat", path);
  std::string bytes(std::min(static_cast<std::size_t>(info.st_size), bytes_max), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("read", path);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return std::optional(std::move(bytes));
}

base::Result<std::vector<std::string>> PosixFileSystem::list(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return base::Error{"list " + path + ": " + error.message()};
  return names;
}

base::Status PosixFileSystem::truncate(const std::string& path, std::uint64_t size) {
  if (::truncate(path.c_str(), static_cast<off_t>(size)) != 0) return failure("truncate", path);
  return sync_path(path, O_WRONLY);
}

base::Status PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failure("rename", from);
  return {};
}

base::Status PosixFileSystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failure("unlink", path);
  return {};
}

base::Status PosixFileSystem::sync_directory(const std::string& path) {
  return sync_path(path, O_RDONLY | O_DIRECTORY);
}

// Syncs the parent of each directory that it creates: otherwise a power loss could remove the data
// directory together with files in it that were synced.
base::Status PosixFileSystem::make_directory(const std::string& path) {
  std::error_code error;
  const std::filesystem::path wanted = std::filesystem::absolute(path, error).lexically_normal();
  if (error) return base::Error{path + ": " + error.message()};
  std::filesystem::path made;
  for (const auto& part : wanted) {
    made /= part;
    if (::mkdir(made.c_str(), 0755) == 0) {
      if (const auto status = sync_directory(made.parent_path()); !status) return status;
    } else if (const int reason = errno; reason != EEXIST && reason != EISDIR &&
                                         !std::filesystem::is_directory(made, error)) {
      errno = reason;
      return failure("mkdir", made);
    }
  }
  if (!std::filesystem::is_directory(wanted, error)) return base::Error{path + ": not a directory"};
  return {};
}

base::Status write_atomically(FileSystem& files, const std::string& directory,
                              const std::string& name, std::string_view bytes) {
  const std::string target = directory + "/" + name;
  const std::string temporary = target + ".new";
  {
    auto file = files.create(temporary);
    if (!file) return file.error();
    if (const auto status = file.value()->append(bytes); !status) return status;
    if (const auto status = file.value()->sync(); !status) return status;
  }
  // Synced before the rename: a file system may persist a rename before the data, and a crash would
  // leave an empty file under the final name.
  if (const auto status = files.rename(temporary, target); !status) return status;
  return files.sync_directory(directory);
}

}  // namespace capsize::storage
