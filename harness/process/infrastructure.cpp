#include "harness/process/infrastructure.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace capsize::harness {

std::string_view name(CauseKind kind) {
  switch (kind) {
    case CauseKind::kOverload:
      return "overload";
    case CauseKind::kDiskHung:
      return "disk-hung";
    case CauseKind::kDiskFull:
      return "disk-full";
    case CauseKind::kMemory:
      return "memory";
    case CauseKind::kStart:
      return "start";
    case CauseKind::kProxy:
      return "proxy";
    case CauseKind::kDescriptors:
      return "descriptors";
    case CauseKind::kSignal:
      return "signal";
    case CauseKind::kHarness:
      break;
  }
  return "harness";
}

CauseKind kind_of_errno(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return CauseKind::kDiskFull;
    case EMFILE:
    case ENFILE:
      return CauseKind::kDescriptors;
    case ENOMEM:
      return CauseKind::kMemory;
    default:
      return CauseKind::kHarness;
  }
}

CauseKind kind_of(const std::exception& failure) {
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) return CauseKind::kMemory;
  const auto* coded = dynamic_cast<const std::system_error*>(&failure);
  const bool system = coded != nullptr && (coded->code().category() == std::system_category() ||
                                           coded->code().category() == std::generic_category());
  return system ? kind_of_errno(coded->code().value()) : CauseKind::kHarness;
}

bool disk_is_full(const std::filesystem::path& directory) {
  constexpr off_t kBlock = 64 * 1024;
  const auto path = directory / fmt::format("space-probe-{}", ::getpid());
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return kind_of_errno(errno) == CauseKind::kDiskFull;
  const int error = ::posix_fallocate(file, 0, kBlock);
  ::close(file);
  ::unlink(path.c_str());
  return kind_of_errno(error) == CauseKind::kDiskFull;
}

}  // namespace capsize::harness
