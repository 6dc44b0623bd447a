#include "node/simulator/workers.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <memory>
#include <optional>

#include "base/check.h"

namespace capsize::simulator {
namespace {

constexpr int kPollMs = 250;

static_assert(sizeof(SeedSummary) <= PIPE_BUF, "a summary is written atomically");

/// One forked process and the pipe for its summaries.
class Worker {
 public:
  Worker(std::uint64_t next, std::uint64_t stride) : next_(next), stride_(stride) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    if (pipe_ >= 0) ::close(pipe_);
  }

  [[nodiscard]] bool done(std::uint64_t last) const { return process_ <= 0 && next_ > last; }
  [[nodiscard]] bool running() const { return process_ > 0; }
  [[nodiscard]] int pipe() const { return pipe_; }
  [[nodiscard]] std::uint64_t next() const { return next_; }

  base::Status start(std::uint64_t last,
                     const std::function<SeedSummary(std::uint64_t)>& simulate) {
    int ends[2];
    if (::pipe(ends) != 0) return base::Error{std::string("pipe: ") + std::strerror(errno)};
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ < 0) {
      ::close(ends[0]);
      ::close(ends[1]);
      return base::Error{std::string("fork: ") + std::strerror(errno)};
    }
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(1);
      work(ends[1], last, simulate);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
    return {};
  }

  /// Waits for one summary; nullopt if the process has ended.
  std::optional<SeedSummary> receive() {
    SeedSummary summary;
    ssize_t got;
    do {
      got = ::read(pipe_, &summary, sizeof summary);
    } while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(sizeof summary)) return std::nullopt;
    skip();
    return summary;
  }
  /// Waits for the process to end; returns its wait status. Call it after receive() returned
  /// nullopt.
  int reap() {
    int status = 0;
    CHECK(::waitpid(process_, &status, 0) == process_, "a worker can be waited for");
    ::close(pipe_);
    pipe_ = -1;
    process_ = 0;
    return status;
  }
  void skip() { next_ += stride_; }

 private:
  [[noreturn]] void work(int to, std::uint64_t last,
                         const std::function<SeedSummary(std::uint64_t)>& simulate) const {
    for (std::uint64_t seed = next_; seed <= last; seed += stride_) {
      const SeedSummary summary = simulate(seed);
      if (::write(to, &summary, sizeof summary) != static_cast<ssize_t>(sizeof summary)) break;
    }
    ::_exit(0);
  }

  std::uint64_t next_;  // the seed of the next summary
  std::uint64_t stride_;
  pid_t process_ = 0;
  int pipe_ = -1;
};

void read_from(Worker& worker, std::uint64_t last, WorkerEvents& events) {
  if (const auto summary = worker.receive()) {
    events.finished(*summary);
    return;
  }
  const std::uint64_t seed = worker.next();
  const int status = worker.reap();
  if (seed > last) return;
  worker.skip();
  events.died(seed, status);
}

}  // namespace

base::Status run_workers(const WorkersOptions& options,
                         const std::function<SeedSummary(std::uint64_t)>& simulate,
                         WorkerEvents& events) {
  std::vector<std::unique_ptr<Worker>> workers;
  for (unsigned j = 0; j < options.jobs && options.last - options.first >= j; ++j) {
    workers.push_back(std::make_unique<Worker>(options.first + j, options.jobs));
  }
  while (events.should_continue()) {
    std::vector<pollfd> items;
    std::vector<Worker*> polled;
    for (const auto& worker : workers) {
      if (worker->done(options.last)) continue;
      if (!worker->running()) {
        if (auto status = worker->start(options.last, simulate); !status) return status;
      }
      items.push_back({worker->pipe(), POLLIN, 0});
      polled.push_back(worker.get());
    }
    if (items.empty()) return {};
    if (::poll(items.data(), items.size(), kPollMs) <= 0) continue;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].revents != 0) read_from(*polled[i], options.last, events);
    }
  }
  return {};
}

}  // namespace capsize::simulator
