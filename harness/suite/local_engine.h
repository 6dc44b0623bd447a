// Runs as processes of this machine, which end with this one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/suite/engine.h"
#include "harness/suite/run_process.h"

namespace capsize::harness {

class LocalEngine final : public Engine {
 public:
  /// `program` executes a run (docs/FORMATS.md, Runners); `jobs` at a time.
  LocalEngine(std::filesystem::path program, std::filesystem::path store, std::size_t jobs);

  [[nodiscard]] std::size_t capacity() override { return jobs_; }
  void submit(RunJob job) override;
  [[nodiscard]] EngineNews completed() override;
  void cancel(bool at_once) override;

 private:
  std::filesystem::path program_;
  std::filesystem::path store_;
  std::size_t jobs_;
  std::vector<RunProcess> running_;
  std::vector<RunEnd> not_started_;
};

}  // namespace capsize::harness
