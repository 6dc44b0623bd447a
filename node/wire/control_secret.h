// What a control request has to carry if the process was started with --secret-file, in nodes and
// in the proxy alike: a process that cannot read the file cannot ask for a status or a fault,
// whichever way it reaches the endpoint. The secret stands in a file and never in the arguments,
// which every local user can read.
#pragma once

#include <string>

#include "base/result.h"

namespace capsize::base {
class Json;
}

namespace capsize::wire {

class ControlSecret {
 public:
  /// The answer to a request that is not admitted.
  static constexpr const char* kRefusal = "secret: expected the one of --secret-file";

  /// None: every request is admitted.
  ControlSecret() = default;
  /// The file's first line, 16 to 256 bytes. Error: the file and why it is refused; one that its
  /// group or others can read keeps no secret.
  [[nodiscard]] static base::Result<ControlSecret> read_file(const std::string& path);

  /// Whether `request` carries the secret; takes it out of the request, so that nothing after this
  /// sees or prints it. The time does not depend on where the texts differ.
  [[nodiscard]] bool admits(base::Json& request) const;
  /// Adds it to a request, for the other side.
  void sign(base::Json& request) const;

 private:
  std::string secret_;
};

}  // namespace capsize::wire
