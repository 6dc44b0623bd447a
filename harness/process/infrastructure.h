// Failures of the infrastructure, apart from failures of the system under test: the machine, its
// disk, the harness's own programs. A run that they ended is a harness error with a cause, never a
// violation (docs/FORMATS.md, Verdicts and exit codes).
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>

namespace capsize::harness {

enum class CauseKind : std::uint8_t {
  kOverload,     ///< the machine was too slow for what was asked of it
  kDiskHung,     ///< the machine's disk completed no sync
  kDiskFull,     ///< no space for the files of the run
  kMemory,       ///< the kernel killed processes for want of memory
  kStart,        ///< a program is missing, or nodes never took requests
  kProxy,        ///< the proxy ended, was stopped or did not answer
  kDescriptors,  ///< too few open files and sockets
  kSignal,       ///< a signal from outside the run killed or stopped nodes
  kHarness,      ///< anything else that broke in the harness
};

/// The kind in results.json: "overload", "disk-hung", …
[[nodiscard]] std::string_view name(CauseKind kind);

struct InfrastructureCause {
  CauseKind kind = CauseKind::kHarness;
  std::string text;  // one line for people
};

/// The kind of a failed system call, by its errno: no space, no descriptors, no memory, or else
/// kHarness.
[[nodiscard]] CauseKind kind_of_errno(int error);
/// The kind of an exception: by its error code if it has one.
[[nodiscard]] CauseKind kind_of(const std::exception& failure);

/// Whether a block of 64 KiB finds no space in this directory. Writes and removes a file there,
/// because only an attempt shows quotas.
[[nodiscard]] bool disk_is_full(const std::filesystem::path& directory);

}  // namespace capsize::harness
