// What the faults have in common that end a node: a call of its storage fails, and a correct node
// stops at once and retries nothing (exit 66), because nobody knows what is on the disk then.
#pragma once

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

class DiskError : public NamedFault {
 public:
  DiskError(std::string_view kind, std::string_view summary, std::string_view error)
      : NamedFault(kind, summary, Impact::kStops), error_(error) {}
  [[nodiscard]] Declared parameters() const override;
  [[nodiscard]] std::vector<int> exit_codes() const override { return {66}; }
  Act begin(const Strike& strike, Cluster& cluster) const override;
  /// Whoever ended is started again; whoever did not is told that the disk is well.
  Act end(const Strike& strike, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 private:
  std::string_view error_;  // the default of the parameter
};

}  // namespace capsize::nemesis
