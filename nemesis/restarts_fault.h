// What the faults have in common that end nodes and start them again, over and over: nobody is down
// when a pulse is over.
#pragma once

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

class RestartsFault : public NamedFault {
 public:
  /// `signal`: SIGKILL (9), or 0 for an end in good order.
  RestartsFault(std::string_view kind, std::string_view summary, int signal)
      : NamedFault(kind, summary, Impact::kStops), signal_(signal) {}
  [[nodiscard]] base::Duration period(const base::Json& params) const override;
  Act begin(const Strike& strike, Cluster& cluster) const override;
  Act pulse(const Strike& strike, Cluster& cluster, std::uint64_t count) const override;
  /// Starts whoever did not come up again.
  Act end(const Strike& strike, Cluster& cluster) const override;
  /// Each that was ended ended so, and lives in a later incarnation.
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// Whose turn it is; empty: nobody's. The begin is turn 0.
  [[nodiscard]] virtual std::vector<Node> turn(const Strike& strike, std::uint64_t turn) const = 0;

 private:
  Act end_and_start(const std::vector<Node>& nodes, Cluster& cluster) const;
  int signal_;
};

}  // namespace capsize::nemesis
