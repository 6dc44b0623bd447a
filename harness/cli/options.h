// Options of the command line that several verbs share.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/command_line.h"
#include "base/result.h"
#include "checker/history/read_options.h"
#include "harness/scenario/scenario.h"

namespace capsize::harness {

/// How a history is to be read; check and convert share these.
class ReadingOptions {
 public:
  void add_to(base::CommandLine& line);
  /// What they mean, or one line on what is wrong with them.
  [[nodiscard]] std::variant<checker::ReadOptions, std::string> resolve() const;

 private:
  std::string format_;
  std::vector<std::string> rules_;
  std::optional<std::string> key_;
  std::string clock_error_ = "0ms";
  std::string time_unit_;
  bool independent_ = false;
  bool not_independent_ = false;
  bool sequence_ = false;
  bool lenient_ = false;
};

/// A scenario file, and flags that override its keys; run and plan share these.
class ScenarioOptions {
 public:
  void add_options(base::CommandLine& line);
  /// Reads the file, lays the flags over it, draws a seed if none was given, and validates.
  [[nodiscard]] base::Result<Scenario> resolve() const;

 private:
  std::string file_;
  std::optional<std::string> name_;
  std::optional<std::size_t> nodes_;
  std::optional<std::string> workload_;
  std::optional<std::string> nemesis_;
  std::optional<std::string> time_limit_;
  std::optional<double> rate_;
  std::optional<std::size_t> concurrency_;
  std::optional<std::string> read_level_;
  std::optional<std::uint64_t> retries_;
  std::optional<std::uint64_t> seed_;
  std::optional<std::string> live_bound_;
  std::optional<std::string> client_timeout_;
  std::optional<std::string> check_limit_;
  std::optional<std::string> bug_;
  std::vector<std::string> node_arguments_;
};

}  // namespace capsize::harness
