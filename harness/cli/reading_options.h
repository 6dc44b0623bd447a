// The options of the command line that say how a history is to be read; check and convert share
// them.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/command_line.h"
#include "checker/history/read_options.h"

namespace capsize::harness {

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
  bool lenient_ = false;
};

}  // namespace capsize::harness
