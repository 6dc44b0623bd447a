#include "node/storage/data_directory.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>

#include <charconv>

#include "base/crc32c.h"

namespace capsize::storage {

std::optional<DirectoryLock> DirectoryLock::acquire(const std::string& directory) {
  Descriptor file(::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return DirectoryLock(std::move(file));
}

namespace {

constexpr const char* kFile = "incarnation";

/// "3 e3069283\n": the number and its CRC32C, readable by people.
std::string render(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return fmt::format("{} {:08x}\n", digits, base::crc32c(digits));
}

}  // namespace

std::variant<std::uint64_t, CorruptLog, IoFailure> next_incarnation(FileSystem& files,
                                                                    const std::string& directory) {
  const auto content = files.read(directory + "/" + kFile);
  if (!content) return IoFailure{content.error().message};
  std::uint64_t last = 0;
  if (content.value()) {
    const std::string& text = *content.value();
    std::from_chars(text.data(), text.data() + text.size(), last);
    if (text != render(last)) {
      return CorruptLog{directory + "/" + kFile, 0, "not an incarnation number"};
    }
  } else {
    // The number is on disk before the first segment is, so a log without it has lost the file.
    const auto segments = list_segments(files, directory);
    if (!segments) return IoFailure{segments.error().message};
    if (!segments.value().empty()) {
      return CorruptLog{directory + "/" + kFile, 0,
                        "found no such file, expected it beside a log: if a number is used twice, "
                        "the node accepts replies to an earlier incarnation"};
    }
  }
  // Written before it is used: if the node crashed between first use and write, its next start
  // would use the number again.
  const std::uint64_t next = last + 1;
  if (auto status = write_atomically(files, directory, kFile, render(next)); !status) {
    return IoFailure{status.error().message};
  }
  return next;
}

}  // namespace capsize::storage
