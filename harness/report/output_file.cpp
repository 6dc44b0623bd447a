#include "harness/report/output_file.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

base::Error failed(const std::string& path, int reason) {
  return {fmt::format("{}: cannot be written: {}", path, std::strerror(reason))};
}

/// Returns errno, or 0.
int write_to(const std::string& path, const char* mode,
             const std::function<void(const Sink&)>& write) {
  std::FILE* const file = std::fopen(path.c_str(), mode);
  if (file == nullptr) return errno;
  int error = 0;
  write([&](std::string_view text) {
    if (error != 0) return;
    errno = 0;
    if (std::fwrite(text.data(), 1, text.size(), file) != text.size()) error = errno;
  });
  errno = 0;
  if (std::fclose(file) != 0 && error == 0) error = errno;
  return error;
}

/// Whether no temporary file can be created next to the target or replace it: the directory is not
/// writable, the file is a mount point, the name already has the maximum length.
bool bars_replacement(int error) {
  return error == EACCES || error == EPERM || error == EROFS || error == EBUSY ||
         error == ENAMETOOLONG || error == EEXIST;
}

}  // namespace

base::Status check_not_an_input(const std::string& output, std::span<const std::string> inputs) {
  struct stat out {};
  if (output == "-" || ::stat(output.c_str(), &out) != 0 || !S_ISREG(out.st_mode)) return {};
  for (const std::string& input : inputs) {
    struct stat in {};
    const bool read =
        input == "-" ? ::fstat(STDIN_FILENO, &in) == 0 : ::stat(input.c_str(), &in) == 0;
    if (read && in.st_dev == out.st_dev && in.st_ino == out.st_ino) {
      return base::Error{
          fmt::format("{}: is also the input ({}), expected another file", output, input)};
    }
  }
  return {};
}

base::Status write_output(const std::string& path, const std::function<void(const Sink&)>& write,
                          const std::function<bool()>& wanted) {
  struct stat there {};
  const bool exists = ::stat(path.c_str(), &there) == 0;
  if (exists && !S_ISREG(there.st_mode)) {
    const int error = write_to(path, "we", write);
    return error == 0 ? base::Status() : failed(path, error);
  }
  // Resolves links, so that a link stays a link.
  std::error_code ignored;
  const fs::path target = exists ? fs::canonical(path, ignored) : fs::path(path);
  const std::string temporary = fmt::format("{}.{}.new", target.string(), ::getpid());
  int error = write_to(temporary, "wxe", write);
  if (bars_replacement(error) && wanted) write([](std::string_view) {});  // for `wanted` only
  if (wanted && !wanted()) {
    ::unlink(temporary.c_str());
    return {};
  }
  if (error == 0 && exists) ::chmod(temporary.c_str(), there.st_mode & 07777U);
  if (error == 0 && std::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(temporary.c_str());
  if (bars_replacement(error)) error = write_to(path, "we", write);
  return error == 0 ? base::Status() : failed(path, error);
}

}  // namespace capsize::harness
