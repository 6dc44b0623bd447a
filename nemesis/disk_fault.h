// What the faults have in common that a node survives: its disk is slow, stalls or lies for a
// while. The evidence is the node's own count of the syncs that met the fault.
#pragma once

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

class DiskFault : public NamedFault {
 public:
  /// `counter`: of the reply to a disk request (node/PROTOCOL.md, Control).
  DiskFault(std::string_view kind, std::string_view summary, Impact impact, const char* counter)
      : NamedFault(kind, summary, impact), counter_(counter) {}
  /// Done also if no sync has met the fault yet; then it is not proven.
  Act begin(const Strike& strike, Cluster& cluster) const override;
  Act end(const Strike& strike, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// The keys of the disk request that make the fault, and those that take it away.
  [[nodiscard]] virtual base::Json on(const base::Json& params) const = 0;
  [[nodiscard]] virtual base::Json off() const = 0;

 private:
  const char* counter_;
};

}  // namespace capsize::nemesis
