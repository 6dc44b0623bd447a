// A command whose whole tree of processes ends with this process, even if that gets SIGKILL: a
// build starts shells and compilers that know nothing of us, and some of them (those of ninja) are
// in process groups of their own.
//
// Between this process and the command is a supervisor, a fork of this process. The kernel makes
// it the parent of all orphans below it (PR_SET_CHILD_SUBREAPER) and signals it when this process
// ends (PR_SET_PDEATHSIG); it then kills what is left. Only SIGKILL of the supervisor itself leaves
// processes. What the command leaves in the background ends with the command.
//
// As with ChildProcess, the spawning thread must exist as long as the process; and this process
// must have no other threads, since the supervisor is not a program of its own.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "harness/process/child_process.h"

namespace capsize::harness {

struct SupervisedCommand {
  std::vector<std::string> arguments;  // the first one is looked up in PATH
  std::filesystem::path working_directory;
  int output = -1;  // descriptors of standard output and error; the caller closes them
  int errors = -1;
  std::vector<std::string> environment;  // "NAME=value", besides that of this process
  std::vector<std::string> removed_variables;
  /// Stays open in the supervisor, and only there: a lock on it is held until everything has ended.
  int held_descriptor = -1;
};

class SupervisedProcess {
 public:
  static base::Result<SupervisedProcess> start(const SupervisedCommand& command);
  /// Stops and reaps a command that still runs.
  ~SupervisedProcess();
  SupervisedProcess(SupervisedProcess&& other) noexcept;
  SupervisedProcess& operator=(SupervisedProcess&&) = delete;

  /// How the command ended, once all its processes have. One that a signal ended has exit code 128
  /// and the signal's number, one that could not be started 127, as in a shell.
  std::optional<Ending> poll();
  /// Kills all its processes; poll() then returns an ending.
  void stop();
  [[nodiscard]] int supervisor_pid() const { return pid_; }

 private:
  explicit SupervisedProcess(int pid) : pid_(pid) {}
  int pid_;  // of the supervisor; -1: reaped
};

}  // namespace capsize::harness
