// Does the proxy forward messages? If it is stopped or does not answer, every node looks
// unreachable though none has failed.
//
// Main thread only.
#pragma once

#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "harness/process/child_process.h"

namespace capsize::harness {

/// A shorter stop is no worse than a slow network.
inline constexpr base::Duration kOutsideStopMax = std::chrono::milliseconds(250);
/// How long a running proxy may leave requests unanswered: the machine may be busy.
inline constexpr base::Duration kProxySilenceMax = std::chrono::seconds(5);

class ProxyWatch {
 public:
  /// A control request was answered, or its bound passed without an answer.
  void asked(bool answered, base::Instant begun);
  /// Error: the proxy has ended, is stopped or does not answer; with its process id. Call it often:
  /// it does not see a stop that is over between two calls.
  [[nodiscard]] base::Status check(ChildProcess& proxy, base::Instant now);

 private:
  std::optional<base::Instant> stopped_since_, silent_since_;
};

}  // namespace capsize::harness
