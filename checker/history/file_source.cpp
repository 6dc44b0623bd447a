#include "checker/history/file_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace capsize::checker {
namespace {

class FileDescriptor {
 public:
  FileDescriptor(int number, bool owned) : number_(number), owned_(owned) {}
  ~FileDescriptor() {
    if (owned_) ::close(number_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  [[nodiscard]] std::ptrdiff_t read(char* buffer, std::size_t size) const {
    ssize_t got = 0;
    do {
      got = ::read(number_, buffer, size);
    } while (got < 0 && errno == EINTR);
    return got;
  }

 private:
  int number_;
  bool owned_;
};

}  // namespace

std::optional<LineReader::Source> open_source(const std::filesystem::path& path) {
  const bool standard_input = path == "-";
  const int number = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) return std::nullopt;
  // Shared, because a std::function has to be copyable.
  const auto file = std::make_shared<FileDescriptor>(number, !standard_input);
  return [file](char* buffer, std::size_t size) { return file->read(buffer, size); };
}

}  // namespace capsize::checker
