// What the faults have in common that lose writes at a crash: the disk stalls with bytes held back,
// then the process dies. Only what was never synced is lost, so that a correct node has promised
// nothing about it, however many nodes are struck.
#pragma once

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

class CrashFault : public NamedFault {
 public:
  CrashFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kStops) {}
  Act begin(const Strike& strike, Cluster& cluster) const override;
  Act end(const Strike& strike, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// The share of the held bytes that is written after all.
  [[nodiscard]] virtual double keep(const base::Json& params) const = 0;
  /// Whether so many of so many bytes are what the fault is about.
  [[nodiscard]] virtual bool bit(std::uint64_t held, std::uint64_t written) const = 0;
};

}  // namespace capsize::nemesis
