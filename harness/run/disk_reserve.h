// Space for results.json, kept while the run lasts: a run that fills the disk still has results.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "harness/process/infrastructure.h"

namespace capsize::harness {

class DiskReserve {
 public:
  static constexpr std::uint64_t kBytes = std::uint64_t{1} << 20U;

  /// Allocates a file there, which has no name when the constructor returns.
  explicit DiskReserve(const std::filesystem::path& path);
  ~DiskReserve() { release(); }
  DiskReserve(const DiskReserve&) = delete;
  DiskReserve& operator=(const DiskReserve&) = delete;

  /// Why the space could not be allocated; nothing if it was.
  [[nodiscard]] const std::optional<InfrastructureCause>& failure() const { return failure_; }
  /// Frees the space.
  void release();

 private:
  int file_;  // negative: there is none
  std::optional<InfrastructureCause> failure_;
};

}  // namespace capsize::harness
