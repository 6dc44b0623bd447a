#include "checker/streaming/growing_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "checker/history/byte_source.h"

namespace capsize::checker {
namespace {

constexpr int kWaitMs = 50;

// The followed file.
struct Followed {
  int number = -1;  // -1: stopped before it existed
  bool is_owned = false;
  bool is_file = false;  // otherwise a pipe or similar
  bool waits_for_writer = false;
};

class GrowingSource final : public ByteSource {
 public:
  GrowingSource(const Followed& followed, const std::atomic<bool>& stop, OnWaiting on_waiting)
      : followed_(followed), stop_(stop), on_waiting_(std::move(on_waiting)) {}
  ~GrowingSource() override {
    if (followed_.is_owned && followed_.number >= 0) ::close(followed_.number);
  }
  GrowingSource(const GrowingSource&) = delete;
  GrowingSource& operator=(const GrowingSource&) = delete;

  std::size_t read(char* buffer, std::size_t size) override {
    bool closed = false;
    while (!stop_) {
      pollfd input{followed_.number, POLLIN, 0};
      if (!followed_.is_file && ::poll(&input, 1, kWaitMs) <= 0) {
        announce_wait("has brought nothing yet");
        continue;
      }
      const ssize_t got = ::read(followed_.number, buffer, size);
      begun_ = begun_ || got > 0 || !followed_.is_file;
      if (got > 0) return static_cast<std::size_t>(got);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got < 0) failure_ = SourceFailure{std::strerror(errno), "a file that can be read"};
      if (got < 0 || !followed_.is_file || closed) return 0;
      // Reads once more after the last writer has closed the file, because it may have written just
      // before.
      const bool waits = announce_wait("is empty");
      closed = !waits && has_no_writer();
      if (!closed) ::poll(nullptr, 0, kWaitMs);
    }
    return 0;
  }
  std::optional<SourceFailure> failure() const override { return failure_; }

 private:
  // True, and said once, if nothing has come so far.
  bool announce_wait(std::string_view why) {
    if (begun_ || !followed_.waits_for_writer) return false;
    if (on_waiting_) on_waiting_(why);
    on_waiting_ = nullptr;
    return true;
  }

  bool has_no_writer() const {
    if (::fcntl(followed_.number, F_SETLEASE, F_RDLCK) != 0) return false;
    ::fcntl(followed_.number, F_SETLEASE, F_UNLCK);
    return true;
  }

  Followed followed_;
  const std::atomic<bool>& stop_;
  OnWaiting on_waiting_;  // until it was called
  bool begun_ = false;    // a writer was there
  std::optional<SourceFailure> failure_;
};

// Opens without waiting for the writer of a pipe. Returns -1 if it was stopped or failed.
int open_when_there(const std::filesystem::path& path, const std::atomic<bool>& stop,
                    OnWaiting& on_waiting) {
  while (!stop) {
    const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (number >= 0 || (errno != ENOENT && errno != EINTR)) return number;
    if (on_waiting) on_waiting("does not exist yet");
    on_waiting = nullptr;
    ::poll(nullptr, 0, kWaitMs);
  }
  return -1;
}

}  // namespace

std::unique_ptr<ByteSource> open_growing_source(const std::filesystem::path& path,
                                                const std::atomic<bool>& stop,
                                                const OnWaiting& on_waiting) {
  OnWaiting once = on_waiting;
  Followed followed{.number = STDIN_FILENO};
  if (path != "-") followed = {open_when_there(path, stop, once), true, false, true};
  if (followed.number < 0 && !stop) return nullptr;
  struct stat status {};
  followed.is_file = ::fstat(followed.number, &status) == 0 && S_ISREG(status.st_mode);
  // A writer that comes back while the lease is held makes the kernel send this.
  if (followed.is_file) std::signal(SIGIO, SIG_IGN);
  return unpack(std::make_unique<GrowingSource>(followed, stop, std::move(once)));
}

}  // namespace capsize::checker
