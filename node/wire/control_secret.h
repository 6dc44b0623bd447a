// The secret that each control request must carry if the node or proxy was started with
// --secret-file: a process that cannot read the file can request neither status nor faults, however
// it reaches the endpoint. The secret is read from a file and never passed as an argument, since
// every local user can read the arguments of a process.
#pragma once

#include <string>

#include "base/result.h"

namespace capsize::base {
class Json;
}

namespace capsize::wire {

class ControlSecret {
 public:
  /// The error in the reply to a request that is not admitted.
  static constexpr const char* kRefusal = "secret: expected the one of --secret-file";

  /// Without a secret: every request is admitted.
  ControlSecret() = default;
  /// The file's first line, 16 to 256 bytes. Error: the file and why it is refused, for instance
  /// because its group or others can read it.
  [[nodiscard]] static base::Result<ControlSecret> read_file(const std::string& path);

  /// Whether `request` carries the secret. Removes it from the request, so that later code cannot
  /// print it. Compares in constant time.
  [[nodiscard]] bool admits(base::Json& request) const;
  /// Adds the secret to a request; for clients of the control port.
  void sign(base::Json& request) const;

 private:
  std::string secret_;
};

}  // namespace capsize::wire
