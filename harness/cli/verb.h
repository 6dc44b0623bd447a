// One verb of the command line (`capsize run`, `capsize check`, …): one file each, which registers
// itself. Results go to standard output, logs and progress to standard error.
#pragma once

#include <string_view>

#include "base/command_line.h"
#include "base/registry.h"

namespace capsize::harness {

class Verb {
 public:
  virtual ~Verb();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  /// Shown below the options, so that --help ends with something to copy.
  [[nodiscard]] virtual std::string_view examples() const = 0;
  virtual void add_options(base::CommandLine& line) = 0;
  /// Returns the exit code (docs/FORMATS.md, Verdicts and exit codes).
  virtual int run() = 0;
};

using Verbs = base::Registry<Verb>;

/// Parses the command line and runs its verb. 254 for a mistyped command.
[[nodiscard]] int run_command_line(int argc, char** argv);

/// Of whatever SIGINT or SIGTERM ended early, as a shell says it.
inline constexpr int kInterruptedExit = 130;

/// One line on standard error, and the exit code of a usage error.
int usage_error(std::string_view message);

}  // namespace capsize::harness
