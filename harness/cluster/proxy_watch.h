// Is the proxy at work? A proxy that is stopped, or that does not answer, forwards nothing: every
// node then looks unreachable, and none of them is to blame.
//
// Main thread only.
#pragma once

#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "harness/process/child_process.h"

namespace capsize::harness {

/// A stop that is over within this time is no worse than a slow network.
inline constexpr base::Duration kOutsideStopMax = std::chrono::milliseconds(250);
/// How long a proxy that is not stopped may leave requests unanswered: the machine may be busy.
inline constexpr base::Duration kProxySilenceMax = std::chrono::seconds(5);

class ProxyWatch {
 public:
  /// A control request was answered, or its bound passed without an answer.
  void asked(bool answered, base::Instant begun);
  /// Error: the proxy has ended, is stopped or is silent, with its process id. To be called often:
  /// what is stopped and continued in between is not seen.
  [[nodiscard]] base::Status look(ChildProcess& proxy, base::Instant now);

 private:
  std::optional<base::Instant> stopped_since_, silent_since_;
};

}  // namespace capsize::harness
