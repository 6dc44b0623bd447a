// Options of the command line that several verbs share.
#pragma once

#include <deque>
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

  /// The same without asking the nodes whether they know the bug.
  [[nodiscard]] base::Result<Scenario> merge() const;
  /// For the end of --help: which names there are.
  [[nodiscard]] static std::string footer();

 private:
  struct Flag {
    const Key<Scenario>* key;
    std::optional<std::string> text = {};
    std::optional<std::uint64_t> count = {};
    std::optional<double> number = {};
    std::vector<std::string> list = {};
    [[nodiscard]] base::Json value() const;
  };
  std::string file_;
  std::deque<Flag> flags_;  // the command line keeps pointers into them
};

}  // namespace capsize::harness
