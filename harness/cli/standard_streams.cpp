#include "harness/cli/standard_streams.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace capsize::harness {
namespace {

int first_error = 0;  // of writing to standard output

/// The cookie is the descriptor's number. Always claims to have written everything: after a short
/// count fmt would throw.
ssize_t write_or_remember(void* cookie, const char* bytes, std::size_t size) {
  const int number = static_cast<int>(reinterpret_cast<std::intptr_t>(cookie));
  for (std::size_t done = 0; done < size;) {
    const ssize_t wrote = ::write(number, bytes + done, size - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0 && errno == EAGAIN) {
      // Another process that shares the pipe or terminal has made it non-blocking.
      pollfd output{number, POLLOUT, 0};
      (void)::poll(&output, 1, -1);
      continue;
    }
    if (wrote < 0) {
      if (number == STDOUT_FILENO) note_output_error(errno);
      break;
    }
    done += static_cast<std::size_t>(wrote);
  }
  return static_cast<ssize_t>(size);
}

std::FILE* safe_stream(int number, int buffering) {
  const cookie_io_functions_t functions{.write = write_or_remember};
  auto* const cookie = reinterpret_cast<void*>(static_cast<std::intptr_t>(number));
  std::FILE* const stream = ::fopencookie(cookie, "w", functions);
  if (stream != nullptr) std::setvbuf(stream, nullptr, buffering, BUFSIZ);
  return stream;
}

void open_what_is_closed() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0) continue;
    // open() returns the lowest free number, which is this one.
    const int flags = number == STDIN_FILENO ? O_RDONLY : O_WRONLY;
    (void)::open("/dev/null", flags);
  }
}

}  // namespace

void make_standard_streams_safe() {
  open_what_is_closed();
  std::signal(SIGXFSZ, SIG_IGN);
  const int buffering = ::isatty(STDOUT_FILENO) != 0 ? _IOLBF : _IOFBF;
  // In glibc the standard streams are variables.
  if (auto* const out = safe_stream(STDOUT_FILENO, buffering)) stdout = out;
  if (auto* const err = safe_stream(STDERR_FILENO, _IOLBF)) stderr = err;
}

void survive_closed_readers() {
  std::signal(SIGPIPE, SIG_IGN);
}

int output_error() {
  return first_error;
}

void note_output_error(int error) {
  if (first_error == 0) first_error = error;
}

int code_after_output(int code, int failure) {
  std::fflush(stdout);
  const bool lost = first_error != 0 && first_error != EPIPE;
  if (lost) {
    fmt::print(stderr, "capsize: standard output cannot be written: {}\n",
               std::strerror(first_error));
  }
  std::fflush(stderr);
  return lost && code == 0 ? failure : code;
}

}  // namespace capsize::harness
