#include "harness/process/child_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/process/v2.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

namespace capsize::harness {
namespace {

namespace process = boost::process::v2;

constexpr auto kPollStep = std::chrono::microseconds(200);

/// The environment of this process with `additions` instead of variables of the same names. The
/// pointers are into both.
std::vector<const char*> environment_with(const std::vector<std::string>& additions) {
  const auto replaced = [&additions](std::string_view variable) {
    const auto name = variable.substr(0, variable.find('=') + 1);
    return std::any_of(additions.begin(), additions.end(),
                       [name](const std::string& addition) { return addition.starts_with(name); });
  };
  std::vector<const char*> pointers;
  for (char** variable = ::environ; *variable != nullptr; ++variable) {
    if (!replaced(*variable)) pointers.push_back(*variable);
  }
  for (const auto& addition : additions) pointers.push_back(addition.c_str());
  pointers.push_back(nullptr);
  return pointers;
}

// Runs in the child between fork and exec: only async-signal-safe calls.
struct ChildSetup {
  const ChildProcess::Command& command;
  const char* const* environment;
  pid_t parent;

  template <class Launcher>
  process::error_code on_exec_setup(Launcher& launcher, const process::filesystem::path&,
                                    const char* const*) const {
    ::setpgid(0, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (command.dies_with_parent) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      // The parent may have ended before prctl(): then no signal will come.
      if (::getppid() != parent) ::_exit(1);
    }
    if (command.dumps_core) {
      rlimit limit{};
      ::getrlimit(RLIMIT_CORE, &limit);
      limit.rlim_cur = limit.rlim_max;
      ::setrlimit(RLIMIT_CORE, &limit);
    }
    if (!command.working_directory.empty() && ::chdir(command.working_directory.c_str()) != 0) {
      return {errno, boost::system::system_category()};
    }
    launcher.env = environment;
    return {};
  }
};

process::detail::process_input_binding standard_input(const ChildProcess::Command& command) {
  if (command.standard_input < 0) return {process::filesystem::path("/dev/null")};
  return {command.standard_input};
}

boost::asio::io_context& context() {
  // Boost requires an executor for a process; it is never run.
  static boost::asio::io_context instance;
  return instance;
}

}  // namespace

struct ChildProcess::Handle {
  process::process child;
  int pid;  // kept apart: Boost forgets it when the child is reaped
  std::optional<Ending> ending;
};

std::string describe(const Ending& ending) {
  if (ending.signal != 0) {
    return fmt::format("signal {} ({})", ending.signal, ::strsignal(ending.signal));
  }
  return fmt::format("exit code {}", ending.exit_code);
}

base::Result<ChildProcess> ChildProcess::spawn(const Command& command) {
  const int log = ::open(command.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) {
    return base::Error{fmt::format("{}: cannot open for appending: {}", command.log.string(),
                                   std::strerror(errno))};
  }
  try {
    const auto environment = environment_with(command.environment);
    // Absolute: a relative one would be looked up in the child's working directory.
    const auto program = std::filesystem::absolute(command.program).string();
    process::process child(
        context(), process::filesystem::path(program), command.arguments,
        process::process_stdio{standard_input(command),
                               command.standard_output < 0 ? log : command.standard_output, log},
        ChildSetup{command, environment.data(), ::getpid()});
    ::close(log);
    const int pid = child.id();
    return ChildProcess(std::make_unique<Handle>(Handle{std::move(child), pid, std::nullopt}));
  } catch (const std::exception& failure) {
    ::close(log);
    const auto& directory = command.working_directory;
    return base::Error{fmt::format("{}: cannot be started{}: {}", command.program.string(),
                                   directory.empty() ? "" : " in " + directory.string(),
                                   failure.what())};
  }
}

ChildProcess::ChildProcess(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
ChildProcess::ChildProcess(ChildProcess&&) noexcept = default;
ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (!handle_ || poll()) return;
  signal(SIGKILL);
  wait(std::chrono::seconds(5));
}

int ChildProcess::pid() const {
  return handle_->pid;
}

bool ChildProcess::signal(int number) {
  // The kernel does not reuse the process id before the child is reaped.
  return !handle_->ending && ::kill(pid(), number) == 0;
}

std::optional<Ending> ChildProcess::poll() {
  if (handle_->ending) return handle_->ending;
  int status = 0;
  rusage usage{};
  if (::wait4(pid(), &status, WNOHANG, &usage) != pid()) return std::nullopt;
  handle_->child.detach();  // reaped here: Boost must not wait for it again
  if (WIFSIGNALED(status)) {
    handle_->ending = Ending{.signal = WTERMSIG(status), .dumped_core = WCOREDUMP(status) != 0};
  } else {
    handle_->ending = Ending{.exit_code = WEXITSTATUS(status)};
  }
  handle_->ending->peak_memory_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  return handle_->ending;
}

std::optional<Ending> ChildProcess::wait(std::chrono::milliseconds bound) {
  const auto until = std::chrono::steady_clock::now() + bound;
  while (true) {
    if (auto ending = poll()) return ending;
    if (std::chrono::steady_clock::now() >= until) return std::nullopt;
    std::this_thread::sleep_for(kPollStep);
  }
}

char ChildProcess::state() const {
  std::ifstream stat(fmt::format("/proc/{}/stat", handle_->pid));
  std::string text;
  if (!std::getline(stat, text)) return '?';
  // The second field is the name in parentheses, which may contain parentheses itself.
  const auto bracket = text.rfind(')');
  return bracket == std::string::npos || bracket + 2 >= text.size() ? '?' : text[bracket + 2];
}

bool ChildProcess::wait_stopped(bool stopped, std::chrono::milliseconds bound) const {
  const auto until = std::chrono::steady_clock::now() + bound;
  while ((state() == 'T') != stopped) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(kPollStep);
  }
  return true;
}

}  // namespace capsize::harness
