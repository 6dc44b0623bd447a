#include "checker/history/byte_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "checker/history/unpack.h"

namespace capsize::checker {
namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(int number, bool owned) : number_(number), owned_(owned) {}
  ~FileSource() override {
    if (owned_) ::close(number_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(char* buffer, std::size_t size) override {
    ssize_t got = 0;
    do {
      got = ::read(number_, buffer, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) failure_ = SourceFailure{std::strerror(errno), "a file that can be read"};
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  std::optional<SourceFailure> failure() const override { return failure_; }

 private:
  int number_;
  bool owned_;
  std::optional<SourceFailure> failure_;
};

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}

  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t taken = std::min(size, text_.size());
    std::memcpy(buffer, text_.data(), taken);
    text_.remove_prefix(taken);
    return taken;
  }

 private:
  std::string_view text_;
};

}  // namespace

std::unique_ptr<ByteSource> open_source(const std::filesystem::path& path) {
  const bool standard_input = path == "-";
  const int number = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) return nullptr;
  return unpack(std::make_unique<FileSource>(number, !standard_input));
}

std::unique_ptr<ByteSource> text_source(std::string_view text) {
  return std::make_unique<TextSource>(text);
}

}  // namespace capsize::checker
