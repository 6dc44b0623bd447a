#include "harness/cluster/proxy_watch.h"

#include <fmt/core.h>

namespace capsize::harness {

void ProxyWatch::asked(bool answered, base::Instant begun) {
  if (answered) {
    silent_since_.reset();
  } else if (!silent_since_) {
    silent_since_ = begun;
  }
}

base::Status ProxyWatch::check(ChildProcess& proxy, base::Instant now) {
  if (const auto ending = proxy.poll()) {
    return base::Error{"the proxy ended by itself with " + describe(*ending)};
  }
  if (proxy.state() != 'T') {
    stopped_since_.reset();
  } else if (!stopped_since_) {
    // It did not answer before this look either: then it has been stopped since that request.
    stopped_since_ = silent_since_.value_or(now);
  }
  if (stopped_since_ && now - *stopped_since_ > kOutsideStopMax) {
    return base::Error{fmt::format(
        "the proxy (process {}) is stopped by a signal from outside this run: no message passes, "
        "and what the nodes did meanwhile says nothing about them",
        proxy.pid())};
  }
  if (silent_since_ && now - *silent_since_ > kProxySilenceMax) {
    return base::Error{fmt::format("the proxy (process {}) did not answer for {} s", proxy.pid(),
                                   kProxySilenceMax / std::chrono::seconds(1))};
  }
  return {};
}

}  // namespace capsize::harness
