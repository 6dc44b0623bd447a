#include "harness/cli/isolated.h"

#include <fmt/core.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "harness/cli/standard_streams.h"

namespace capsize::harness {
namespace {

constexpr int kNoVerdict = -1;

// What the child reports before a crash. Atomic, so that the compiler writes it immediately.
struct Shared {
  std::atomic<int> announced{kNoVerdict};
  std::atomic<int> output_error{0};  // of its standard output
};
static_assert(std::atomic<int>::is_always_lock_free);

Shared* map_shared() {
  void* const place =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return place == MAP_FAILED ? nullptr : new (place) Shared;
}

bool write_all(int file, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = ::write(file, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

std::string read_all(int file) {
  std::string bytes;
  char buffer[1 << 16];
  ::lseek(file, 0, SEEK_SET);
  for (;;) {
    const ssize_t got = ::read(file, buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
}

[[noreturn]] void run_child(pid_t parent, int results, Shared& shared,
                            const std::function<std::string(const Announce&)>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(EXIT_FAILURE);  // the parent died before the prctl
  const std::string result =
      work([&](checker::Verdict verdict) { shared.announced = static_cast<int>(verdict); });
  std::fflush(nullptr);
  shared.output_error = output_error();
  // Skips destructors: the parent's resources are not the child's to release, and freeing a
  // gigabyte piece by piece takes time.
  ::_exit(write_all(results, result) ? EXIT_SUCCESS : EXIT_FAILURE);
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// A user who kills the child means the whole command.
void raise_signal_of_child(int signal) {
  if (signal != SIGINT && signal != SIGTERM && signal != SIGHUP && signal != SIGQUIT) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

IsolatedEnd run_isolated(const std::function<std::string(const Announce&)>& work) {
  IsolatedEnd end;
  const auto run_here = [&] {
    end.result = work([&](checker::Verdict verdict) { end.announced = verdict; });
    return end;
  };
  Shared* const shared = map_shared();
  const int results = ::memfd_create("capsize-check", MFD_CLOEXEC);
  std::fflush(nullptr);  // otherwise parent and child would both write the buffers
  const pid_t parent = ::getpid();
  const pid_t child = shared == nullptr || results < 0 ? -1 : ::fork();
  if (child == 0) run_child(parent, results, *shared, work);
  if (child > 0) {
    const int status = wait_for(child);
    if (shared->announced != kNoVerdict) {
      end.announced = static_cast<checker::Verdict>(shared->announced.load());
    }
    note_output_error(shared->output_error);
    if (WIFSIGNALED(status)) {
      end.cause = fmt::format("signal {}", WTERMSIG(status));
      raise_signal_of_child(WTERMSIG(status));
    } else if (WEXITSTATUS(status) != EXIT_SUCCESS) {
      end.cause = fmt::format("exit code {}", WEXITSTATUS(status));
    } else {
      end.result = read_all(results);
    }
  }
  if (shared != nullptr) ::munmap(shared, sizeof(Shared));
  if (results >= 0) ::close(results);
  return child > 0 ? end : run_here();
}

}  // namespace capsize::harness
