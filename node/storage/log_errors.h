// Why a data directory cannot be used.
#pragma once

#include <cstdint>
#include <string>

namespace capsize::storage {

/// The log, or what belongs to it, cannot be believed. The node must not start on it.
struct CorruptLog {
  std::string file;
  std::uint64_t offset = 0;
  std::string found;  // what is wrong there
  [[nodiscard]] std::string message() const;
};
/// The operating system refused; the message names path and reason.
struct IoFailure {
  std::string message;
};

}  // namespace capsize::storage
