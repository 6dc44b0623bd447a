// What `capsize suite` and `capsize campaign` have in common: options, execution on an engine, and
// the reports.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/command_line.h"
#include "base/result.h"
#include "harness/cli/suite_reports.h"
#include "harness/store/run_directory.h"
#include "harness/suite/engine.h"
#include "harness/suite/suite_file.h"
#include "harness/suite/suite_runner.h"

namespace capsize::harness {

class SuiteCommand {
 public:
  virtual ~SuiteCommand() = default;

  void add_options(base::CommandLine& line);
  /// Returns the exit code (docs/FORMATS.md, Verdicts and exit codes).
  int run();

 protected:
  /// How the engine executes the runs.
  struct EnginePlan {
    std::filesystem::path store;
    std::filesystem::path program;  // what executes a run
    std::uint64_t jobs = 1;         // runs at a time
    Keep keep = Keep::kFailures;
  };
  /// Whether the options for the engine make sense; before anything else is done.
  [[nodiscard]] virtual base::Status check_engine() const { return {}; }
  /// Error: the engine cannot be started.
  [[nodiscard]] virtual base::Result<std::unique_ptr<Engine>> make_engine(
      const EnginePlan& plan) const = 0;

 private:
  base::Result<SuiteOptions> resolve(const Suite& suite) const;
  int list(const Suite& suite, const SuiteOptions& options) const;
  int merge(const Suite& suite) const;
  int execute(const Suite& suite, SuiteOptions& options) const;
  /// Rates are compared over a whole night, which neither a shard nor a group's runs are.
  [[nodiscard]] base::Status check_confirm() const;
  /// Whether --only names a group.
  [[nodiscard]] base::Status check_only(const Suite& suite) const;

  std::string file_;
  std::optional<std::uint64_t> jobs_;
  std::optional<std::string> budget_;
  std::optional<std::string> shard_;
  bool resume_ = false;
  bool confirm_ = false;
  std::uint64_t stop_after_ = 0;
  std::string only_;
  std::vector<std::string> merge_;
  std::optional<std::uint64_t> seed_;
  std::string revision_;
  std::string store_ = kStoreDefault;
  std::string runner_;
  ReportOptions reports_;
  bool list_ = false;
  bool list_json_ = false;
  bool quiet_ = false;
};

}  // namespace capsize::harness
