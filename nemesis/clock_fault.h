// What the faults of clocks have in common: the clock is read, made wrong, read again, and read at
// the end, when it gets its true rate back. What it has gained or lost stays: a monotonic clock has
// no value to go back to, and setting it back would stop it. The evidence is its offset: its own
// time minus the true one, as the node tells both.
#pragma once

#include <optional>

#include "nemesis/named_fault.h"

namespace capsize::nemesis {

class ClockFault : public NamedFault {
 public:
  ClockFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kDegrades) {}
  Act begin(const Strike& strike, Cluster& cluster) const override;
  Act end(const Strike& strike, Cluster& cluster) const override;
  /// Every clock that can be compared has gained, or every one has lost, between the first reading
  /// and the second, or the last.
  [[nodiscard]] bool proven(const nlohmann::json& evidence) const override;

 protected:
  /// The clock request that makes it wrong.
  [[nodiscard]] virtual nlohmann::json request(const nlohmann::json& params) const = 0;
};

/// The replies to clock requests as {"nN": {"offset-ns": …}}.
[[nodiscard]] nlohmann::json offsets(const nlohmann::json& replies);

}  // namespace capsize::nemesis
