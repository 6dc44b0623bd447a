// One child process: spawns it, signals it, and reads back from the kernel what a signal did. The
// only place that uses Boost.Process (v2).
//
// A child has its own process group, so that a Ctrl-C on the terminal reaches only the harness, an
// empty signal mask, and no descriptor of ours but its log and those that it is given. It must be
// spawned from a thread that exists as long as the process: the parent-death signal, which the
// child sets for itself (node/PROTOCOL.md, --parent) or `dies_with_parent` asks for, follows the
// thread that forked it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace capsize::harness {

/// How a process ended.
struct Ending {
  int exit_code = 0;  // meaningful if signal is 0
  int signal = 0;
  bool dumped_core = false;
  std::uint64_t peak_memory_bytes = 0;  // largest resident set
};
[[nodiscard]] std::string describe(const Ending& ending);

class ChildProcess {
 public:
  struct Command {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::filesystem::path log;                     // standard output and error are appended here
    std::filesystem::path working_directory = {};  // empty: that of this process
    /// Variables ("NAME=value") besides those of this process; they replace one of the same name.
    std::vector<std::string> environment = {};
    /// The kernel kills the child when the spawning thread ends, even if this process gets SIGKILL.
    bool dies_with_parent = false;
    /// Raises the limit of core dumps to the hard one.
    bool dumps_core = false;
    /// Descriptors of this process that become the child's standard input and output. -1: it reads
    /// nothing, and its output is appended to the log.
    int standard_input = -1;
    int standard_output = -1;
  };

  static base::Result<ChildProcess> spawn(const Command& command);
  /// Kills and reaps a child that still runs.
  ~ChildProcess();
  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) noexcept;

  [[nodiscard]] int pid() const;
  /// Sends a signal; false when the process is gone.
  bool signal(int number);
  /// How it ended, if it has; reaps it.
  std::optional<Ending> poll();
  /// Waits for the end, at most `bound`; nothing if the process still runs then.
  std::optional<Ending> wait(std::chrono::milliseconds bound);
  /// State letter of /proc/PID/stat: R, S, D, T (stopped), Z (ended, not yet reaped) …; '?' if
  /// gone.
  [[nodiscard]] char state() const;
  /// Waits until the kernel shows, or no longer shows, the process as stopped. False at the bound.
  bool wait_stopped(bool stopped, std::chrono::milliseconds bound) const;

 private:
  struct Handle;
  explicit ChildProcess(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace capsize::harness
