// How one kind of fault is made and healed: one file in faults/ each, which registers itself.
#pragma once

#include <string_view>
#include <vector>

#include "base/registry.h"
#include "nemesis/model/cluster.h"
#include "nemesis/model/fault.h"
#include "nemesis/model/parameters.h"

namespace capsize::nemesis {

/// What a fault does to the nodes it is aimed at; decides what may overlap (nemesis.h).
enum class Impact {
  kStops,      // the process does not run: nothing else can be done to it
  kSeparates,  // the process runs, but others do not hear it, or it does not hear them
  kDegrades,   // messages, the disk or the clock suffer; overlaps with everything
};

/// A fault that meets its nodes.
struct Injection {
  std::uint64_t id = 0;                      // of the fault; names its rule in the proxy
  std::vector<Node> nodes;                   // whom it is aimed at; sorted, never empty
  std::vector<Node> peers;                   // the other ends of its links; empty: all
  base::Json params = base::Json::object();  // checked, with the defaults filled in
  base::Json only = base::Json::object();    // which messages (Card::only)
};

class FaultKind {
 public:
  virtual ~FaultKind();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  [[nodiscard]] virtual Impact impact() const = 0;
  /// Whether a leader whom it hits is bound to lose its office: runs promise leader changes by it.
  [[nodiscard]] virtual bool deposes_leader() const;
  /// Whether it acts on links, so that `only` and `peers` mean something.
  [[nodiscard]] virtual bool on_links() const { return false; }
  [[nodiscard]] virtual Declared parameters() const;
  /// What is dealt where only the kind is named (`--nemesis KIND`).
  [[nodiscard]] virtual FaultSpec spec() const;
  /// Nodes that it needs beside the members (strategy.h).
  [[nodiscard]] virtual std::size_t spares() const { return 0; }
  /// Exit codes with which its nodes may end because of it; everything else is a crash.
  [[nodiscard]] virtual std::vector<int> exit_codes() const;

  /// Makes the fault. Healing is `end`, which is called exactly once if `begin` was done.
  virtual ActionResult begin(const Injection& injection, Cluster& cluster) const = 0;
  virtual ActionResult end(const Injection& injection, Cluster& cluster) const = 0;

  /// Zero: none. Otherwise `pulse` is called again and again while the fault holds, `count` from 0.
  [[nodiscard]] virtual base::Duration period(const base::Json& params) const;
  virtual ActionResult pulse(const Injection& injection, Cluster& cluster,
                             std::uint64_t count) const;

  /// Whether the evidence proves that the fault bit: `begin` and `end` as these acts returned it,
  /// `pulse` merged over all pulses, `pulses` their number.
  [[nodiscard]] virtual bool proven(const base::Json& evidence) const = 0;
};

using FaultKinds = base::Registry<FaultKind>;

/// Given its name, summary and impact when it is made: the base of those that come in families.
class NamedFault : public FaultKind {
 public:
  [[nodiscard]] std::string_view name() const override;
  [[nodiscard]] std::string_view summary() const override;
  [[nodiscard]] Impact impact() const override;

 protected:
  NamedFault(std::string_view name, std::string_view summary, Impact impact)
      : name_(name), summary_(summary), impact_(impact) {}

 private:
  std::string_view name_;
  std::string_view summary_;
  Impact impact_;
};

}  // namespace capsize::nemesis
