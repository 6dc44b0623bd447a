// Command-line options that several verbs share.
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

/// How to read a history; shared by check and convert.
class ReadingOptions {
 public:
  void add_to(base::CommandLine& line);
  /// Returns the options, or one line that says what is wrong with them.
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

/// Error: the nodes know no such bug. `place` is what the message begins with: "--bug".
[[nodiscard]] base::Status check_bug(std::string_view place, const std::string& bug);

/// A scenario file, and flags that override its keys; shared by run and plan.
class ScenarioOptions {
 public:
  void add_options(base::CommandLine& line);
  /// Reads the file, applies the flags, draws a seed if none is given, and validates the result.
  [[nodiscard]] base::Result<Scenario> resolve() const;

  /// As resolve(), without checking that the nodes know the bug.
  [[nodiscard]] base::Result<Scenario> merge() const;
  /// The end of --help: the names of strategies and fault kinds.
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
  std::deque<Flag> flags_;  // a deque, because the command line keeps pointers to the elements
};

}  // namespace capsize::harness
