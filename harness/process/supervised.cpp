#include "harness/process/supervised.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace capsize::harness {
namespace {

constexpr int kNotStarted = 127;
constexpr int kBySignal = 128;

/// What the supervisor waits for instead of being interrupted by it.
sigset_t supervisor_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, number);
  return set;
}

[[noreturn]] void execute(const SupervisedCommand& command) {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const auto& name : command.removed_variables) ::unsetenv(name.c_str());
  for (const auto& variable : command.environment) {
    const auto equals = variable.find('=');
    ::setenv(variable.substr(0, equals).c_str(), variable.c_str() + equals + 1, 1);
  }
  std::vector<char*> arguments;
  for (const auto& each : command.arguments) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  if (::chdir(command.working_directory.c_str()) == 0) {
    ::execvp(arguments[0], arguments.data());
  }
  ::dprintf(STDERR_FILENO, "%s: cannot be started in %s: %s\n", arguments[0],
            command.working_directory.c_str(), std::strerror(errno));
  ::_exit(kNotStarted);
}

void kill_children() {
  DIR* const processes = ::opendir("/proc");
  if (processes == nullptr) return;
  while (const dirent* entry = ::readdir(processes)) {
    const int pid = std::atoi(entry->d_name);
    if (pid <= 0) continue;
    FILE* const stat = std::fopen(fmt::format("/proc/{}/stat", pid).c_str(), "re");
    if (stat == nullptr) continue;
    char text[512] = {};
    const std::size_t length = std::fread(text, 1, sizeof text - 1, stat);
    std::fclose(stat);
    // The name, in parentheses, may contain parentheses itself; state and parent follow it.
    const std::string_view line(text, length);
    const auto bracket = line.rfind(')');
    if (bracket == std::string_view::npos || bracket + 4 >= length) continue;
    if (std::atoi(text + bracket + 4) == ::getpid()) ::kill(pid, SIGKILL);
  }
  ::closedir(processes);
}

/// Each child that ends leaves its own children to this process, which are killed next.
void end_descendants() {
  while (true) {
    const pid_t gone = ::waitpid(-1, nullptr, WNOHANG);
    if (gone < 0 && errno == ECHILD) return;
    if (gone > 0) continue;
    kill_children();
    if (::waitpid(-1, nullptr, 0) < 0 && errno == ECHILD) return;
  }
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? kBySignal + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Waits for the worker, or for a signal to end it. Returns the exit code of the supervisor.
int supervise(pid_t worker) {
  const sigset_t signals = supervisor_signals();
  while (true) {
    int status = 0;
    for (pid_t gone = ::waitpid(-1, &status, WNOHANG); gone > 0;
         gone = ::waitpid(-1, &status, WNOHANG)) {
      if (gone == worker) return exit_code_of(status);
    }
    const int number = ::sigwaitinfo(&signals, nullptr);
    if (number > 0 && number != SIGCHLD) return kBySignal + number;
  }
}

void close_all_but(int held) {
  const auto first = static_cast<unsigned>(STDERR_FILENO) + 1;
  if (held < 0) {
    ::close_range(first, ~0U, 0);
    return;
  }
  const auto kept = static_cast<unsigned>(held);
  if (kept > first) ::close_range(first, kept - 1, 0);
  ::close_range(kept + 1, ~0U, 0);
}

[[noreturn]] void be_supervisor(const SupervisedCommand& command, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  // The parent may have ended before prctl(): then no signal will come.
  if (::getppid() != parent) ::_exit(kNotStarted);
  const int empty = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(empty, STDIN_FILENO);
  ::dup2(command.output >= 0 ? command.output : empty, STDOUT_FILENO);
  ::dup2(command.errors >= 0 ? command.errors : empty, STDERR_FILENO);
  close_all_but(command.held_descriptor);
  const pid_t worker = ::fork();
  if (worker == 0) execute(command);
  const int code = worker < 0 ? kNotStarted : supervise(worker);
  end_descendants();
  ::_exit(code);
}

}  // namespace

base::Result<SupervisedProcess> SupervisedProcess::start(const SupervisedCommand& command) {
  // Blocked before the fork, so that no signal of the first instant is lost.
  const sigset_t signals = supervisor_signals();
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &signals, &before);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) be_supervisor(command, parent);
  const int error = errno;
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    return base::Error{
        fmt::format("{}: cannot be started: {}", command.arguments.front(), std::strerror(error))};
  }
  return SupervisedProcess(pid);
}

SupervisedProcess::SupervisedProcess(SupervisedProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)) {}

SupervisedProcess::~SupervisedProcess() {
  if (pid_ < 0) return;
  stop();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<Ending> SupervisedProcess::poll() {
  int status = 0;
  if (pid_ < 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = -1;
  return Ending{.exit_code = exit_code_of(status)};
}

void SupervisedProcess::stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
}

}  // namespace capsize::harness
