// What the faults of clocks have in common: the clock is read, made wrong, read again, and read at
// the end, when it gets its true rate back. What it has gained or lost stays: a monotonic clock has
// no value to go back to, and setting it back would stop it. The evidence is its offset: its own
// time minus the true one, as the node tells both.
#pragma once

#include <optional>

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

class ClockFault : public NamedFault {
 public:
  ClockFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kDegrades) {}
  Act begin(const Strike& strike, Cluster& cluster) const override;
  Act end(const Strike& strike, Cluster& cluster) const override;
  /// Every clock that can be compared has gained, or every one has lost, between the first reading
  /// and the second, or the last.
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// The clock request that makes it wrong.
  [[nodiscard]] virtual base::Json request(const base::Json& params) const = 0;
};

/// The replies to clock requests as {"nN": {"offset-ns": …}}.
[[nodiscard]] base::Json offsets(const base::Json& replies);

}  // namespace capsize::nemesis
