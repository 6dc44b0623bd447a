// Why a data directory cannot be used.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "base/result.h"

namespace capsize::storage {

/// The log or one of its files is damaged. The node must not start on it.
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

/// Base of a sequence of steps; the first step that fails stores its reason in `failure_`.
class FailingSteps {
 public:
  using Failure = std::variant<std::monostate, CorruptLog, IoFailure>;

 protected:
  bool worked(const base::Status& status) {
    if (!status) failure_ = IoFailure{status.error().message};
    return status.ok();
  }
  template <class T>
  bool worked(const base::Result<T>& result) {
    if (!result) failure_ = IoFailure{result.error().message};
    return result.ok();
  }

  Failure failure_;
};

}  // namespace capsize::storage
