#include "checker/follow/growing_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "checker/history/byte_source.h"

namespace capsize::checker {
namespace {

constexpr int kWaitMs = 50;

class GrowingSource final : public ByteSource {
 public:
  GrowingSource(int number, bool owned, bool is_file, const std::atomic<bool>& stop)
      : number_(number), owned_(owned), is_file_(is_file), stop_(stop) {}
  ~GrowingSource() override {
    if (owned_) ::close(number_);
  }
  GrowingSource(const GrowingSource&) = delete;
  GrowingSource& operator=(const GrowingSource&) = delete;

  std::size_t read(char* buffer, std::size_t size) override {
    bool closed = false;
    while (!stop_) {
      pollfd input{number_, POLLIN, 0};
      if (!is_file_ && ::poll(&input, 1, kWaitMs) <= 0) continue;
      const ssize_t got = ::read(number_, buffer, size);
      if (got > 0) return static_cast<std::size_t>(got);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) failure_ = SourceFailure{std::strerror(errno), "a file that can be read"};
      if (got < 0 || !is_file_ || closed) return 0;
      // Once more after the last writer has gone: it may have written just before.
      closed = nobody_writes();
      if (!closed) ::poll(nullptr, 0, kWaitMs);
    }
    return 0;
  }
  std::optional<SourceFailure> failure() const override { return failure_; }

 private:
  bool nobody_writes() const {
    if (::fcntl(number_, F_SETLEASE, F_RDLCK) != 0) return false;
    ::fcntl(number_, F_SETLEASE, F_UNLCK);
    return true;
  }

  int number_;
  bool owned_;
  bool is_file_;
  const std::atomic<bool>& stop_;
  std::optional<SourceFailure> failure_;
};

}  // namespace

std::unique_ptr<ByteSource> open_growing_source(const std::filesystem::path& path,
                                                const std::atomic<bool>& stop) {
  const bool standard_input = path == "-";
  const int number = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) return nullptr;
  struct stat status {};
  const bool is_file = ::fstat(number, &status) == 0 && S_ISREG(status.st_mode);
  // A writer that comes back while the lease is held makes the kernel send this.
  if (is_file) std::signal(SIGIO, SIG_IGN);
  return unpack(std::make_unique<GrowingSource>(number, !standard_input, is_file, stop));
}

}  // namespace capsize::checker
