// A verb of the command line (`capsize run`, `capsize check`, …). Each is one file that registers
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
  /// Shown below the options: --help ends with commands to copy.
  [[nodiscard]] virtual std::string_view examples() const = 0;
  virtual void add_options(base::CommandLine& line) = 0;
  /// Returns the exit code (docs/FORMATS.md, Verdicts and exit codes).
  virtual int run() = 0;
};

using Verbs = base::Registry<Verb>;

/// Parses the command line and runs its verb. Returns the exit code; 254 for a usage error.
[[nodiscard]] int run_command_line(int argc, char** argv);

/// The exit code after SIGINT or SIGTERM, as a shell reports it.
inline constexpr int kInterruptedExit = 130;

/// Prints one line on standard error. Returns the exit code of a usage error.
int usage_error(std::string_view message);

}  // namespace capsize::harness
