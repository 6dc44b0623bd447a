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

  /// Allocates the file.
  explicit DiskReserve(std::filesystem::path path);
  ~DiskReserve() { release(); }
  DiskReserve(const DiskReserve&) = delete;
  DiskReserve& operator=(const DiskReserve&) = delete;

  /// Why the space could not be allocated; nothing if it was.
  [[nodiscard]] const std::optional<InfrastructureCause>& failure() const { return failure_; }
  /// Removes the file: the space can be used.
  void release();

 private:
  std::filesystem::path path_;
  std::optional<InfrastructureCause> failure_;
};

}  // namespace capsize::harness
