// RegisterVersions: a register's operations as versions, for the weaker consistency models.
//
// A version is a value: the operation that wrote it, and those that observed it. It is known to be
// older than another one if its zone says so: some operation of it had completed before the other
// one's write began.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "checker/specification/key_problem.h"

namespace capsize::checker {

struct RegisterVersion {
  const KeyOperation* writer = nullptr;  ///< nullptr: the initial value
  std::vector<const KeyOperation*> observers = {};
  Position certain_from = 0;  ///< the first completion of its writer or of an observer
};

class RegisterVersions {
 public:
  /// Nothing if values repeat, if a value was observed that no operation wrote, or if there is
  /// anything but reads, writes and cas. Indeterminate operations that were not observed are left
  /// out.
  [[nodiscard]] static std::optional<RegisterVersions> of(const KeyProblem& problem);

  [[nodiscard]] const RegisterVersion& operator[](ValueId value) const {
    return versions_.at(value);
  }
  [[nodiscard]] const std::unordered_map<ValueId, RegisterVersion>& all() const {
    return versions_;
  }
  /// The operations that certainly took effect, by invocation.
  [[nodiscard]] const std::vector<const KeyOperation*>& operations() const { return operations_; }
  /// Whether a version is certainly older than another one, by real time.
  [[nodiscard]] bool is_older(ValueId value, ValueId than) const;
  [[nodiscard]] ValueId initial() const { return initial_; }

 private:
  ValueId initial_ = kNullValue;
  std::unordered_map<ValueId, RegisterVersion> versions_;
  std::vector<const KeyOperation*> operations_;
};

/// Returns the value that an operation writes or observes.
[[nodiscard]] inline ValueId version_of(const KeyOperation& operation) {
  return operation.written != kNoValue ? operation.written : operation.observed;
}

}  // namespace capsize::checker
