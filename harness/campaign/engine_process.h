// The program of an engine, and the lines to and from it. Nothing here waits but stop().
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "harness/process/child_process.h"
#include "harness/store/beneath.h"

namespace capsize::harness {

class EngineProcess {
 public:
  /// What it prints on standard error is appended to `log`. The program ends when its standard
  /// input does, so it ends with this process, and has the time to stop what it started elsewhere.
  static base::Result<EngineProcess> start(const std::filesystem::path& program,
                                           const std::vector<std::string>& arguments,
                                           const std::filesystem::path& log,
                                           std::size_t line_bytes_max);

  /// Appends to what is still to be sent, and sends as much as the engine takes.
  void send(const std::string& lines);
  /// Returns the complete lines since the last call, without line feeds.
  [[nodiscard]] std::vector<std::string> receive();
  /// Why nothing more comes: it has ended, or its line was too long. Empty: it is alive.
  [[nodiscard]] const std::string& ended() const { return ended_; }
  /// Closes its standard input, and kills it if it has not ended at the bound.
  void stop(std::chrono::milliseconds bound);
  [[nodiscard]] int pid() const { return child_.pid(); }

 private:
  EngineProcess(ChildProcess child, OwnedDescriptor input, OwnedDescriptor output,
                std::size_t line_bytes_max);
  void write_rest();
  void take_lines(std::vector<std::string>& lines);

  ChildProcess child_;
  OwnedDescriptor input_;   // of the engine
  OwnedDescriptor output_;  // of the engine
  std::size_t line_bytes_max_;
  std::string unsent_;
  std::string unread_;        // the beginning of a line
  std::size_t searched_ = 0;  // bytes of `unread_` that have no line feed
  std::string ended_;
};

}  // namespace capsize::harness
