// How a kind of fault is injected and healed. Each file in faults/ defines one and registers it.
#pragma once

#include <string_view>
#include <vector>

#include "base/registry.h"
#include "nemesis/model/cluster.h"
#include "nemesis/model/fault.h"
#include "nemesis/model/parameters.h"

namespace capsize::nemesis {

/// What a fault does to its nodes; decides which faults may overlap (engine/script_runner.h).
enum class Impact {
  kStops,      // the process does not run, so no other fault can hit it
  kSeparates,  // the process runs, but cannot send to others or receive from them
  kDegrades,   // messages, disk or clock degrade; overlaps with everything
};

/// One injection of a fault: the kind's parameters and the nodes that it hits.
struct Injection {
  std::uint64_t id = 0;                      // of the fault; names its rule in the proxy
  std::vector<Node> nodes;                   // the resolved target; sorted, never empty
  std::vector<Node> peers;                   // the other ends of its links; empty: all
  base::Json params = base::Json::object();  // validated, with the defaults filled in
  base::Json only = base::Json::object();    // which messages (FaultSpec::only)
};

class FaultKind {
 public:
  virtual ~FaultKind();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  [[nodiscard]] virtual Impact impact() const = 0;
  /// Whether a leader that it hits must lose leadership. The default expectations of a run count
  /// leader changes by this.
  [[nodiscard]] virtual bool deposes_leader() const;
  /// Whether it acts on links, and so accepts `only` and `peers`.
  [[nodiscard]] virtual bool acts_on_links() const { return false; }
  [[nodiscard]] virtual Declared parameters() const;
  /// The spec that `--nemesis KIND` draws.
  [[nodiscard]] virtual FaultSpec spec() const;
  /// How many nodes it needs beside the members (Strategy::spares).
  [[nodiscard]] virtual std::size_t spares() const { return 0; }
  /// Exit codes that its nodes may end with because of it; any other exit is a crash.
  [[nodiscard]] virtual std::vector<int> exit_codes() const;

  /// Injects the fault. end() heals it, and is called exactly once if begin() was done.
  virtual ActionResult begin(const Injection& injection, Cluster& cluster) const = 0;
  virtual ActionResult end(const Injection& injection, Cluster& cluster) const = 0;

  /// The interval at which pulse() is called while the fault is active, with `count` from 0; zero:
  /// never.
  [[nodiscard]] virtual base::Duration period(const base::Json& params) const;
  virtual ActionResult pulse(const Injection& injection, Cluster& cluster,
                             std::uint64_t count) const;

  /// Whether the evidence proves that the fault took effect. It has `begin` and `end` as these
  /// calls returned it, `pulse` merged over all pulses, and `pulses`, their number.
  [[nodiscard]] virtual bool is_proven(const base::Json& evidence) const = 0;
};

using FaultKinds = base::Registry<FaultKind>;

/// A kind that gets its name, summary and impact from its constructor: the base of the families.
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
