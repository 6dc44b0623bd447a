// Faults in the running process of a node, which control requests begin and end: of its clock and
// of its disk. Meanwhile other faults may have killed or paused the process.
#pragma once

#include <optional>

#include "nemesis/model/cluster.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {

/// Asks those of the nodes that can answer, and leaves out the others.
ActionResult ask_those_up(Cluster& cluster, const std::vector<Node>& nodes,
                          const base::Json& request);

/// Asks all of them to heal. One that is down has nothing to heal, for a new process begins without
/// faults; its evidence is `down`. One that is paused is woken for as long as it takes: it must not
/// keep a fault that nobody takes away again. One that does not answer is replaced: it is stopped
/// in good order and started again, and its evidence is `replaced`.
ActionResult ask_to_heal(Cluster& cluster, const std::vector<Node>& nodes,
                         const base::Json& request);

/// Takes back what was asked for in vain: a request that nobody answered may yet be carried out, so
/// then the processes are replaced. Returns the result as one that was not done.
ActionResult undo(Cluster& cluster, const std::vector<Node>& nodes, const ActionResult& failed,
                  const base::Json& request);

/// Whether the evidence of ask_to_heal is there for each node that `begin` has.
[[nodiscard]] bool healed(const base::Json& begin, const base::Json& end);

/// A fault of clocks: the clock is read, made wrong, read again, and read at the end, when it gets
/// its true rate back. What it has gained or lost stays: a monotonic clock has no value to go back
/// to, and setting it back would stop it. The evidence is its offset: its own time minus the true
/// one, as the node tells both.
class ClockFault : public NamedFault {
 public:
  ClockFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kDegrades) {}
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  /// Every clock that can be compared has gained, or every one has lost, between the first reading
  /// and the second, or the last.
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// The clock request that makes it wrong.
  [[nodiscard]] virtual base::Json request(const base::Json& params) const = 0;
};

/// The replies to clock requests as {"nN": {"offset-ns": …}}.
[[nodiscard]] base::Json offsets(const base::Json& replies);

/// A disk fault that a node survives: its disk is slow, stalls or lies for a while. The evidence is
/// the node's own count of the syncs that met the fault.
class DiskFault : public NamedFault {
 public:
  /// `counter`: of the reply to a disk request (node/PROTOCOL.md, Control).
  DiskFault(std::string_view kind, std::string_view summary, Impact impact, const char* counter)
      : NamedFault(kind, summary, impact), counter_(counter) {}
  /// Done also if no sync has met the fault yet; then it is not proven.
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// The keys of the disk request that make the fault, and those that take it away.
  [[nodiscard]] virtual base::Json on(const base::Json& params) const = 0;
  [[nodiscard]] virtual base::Json off() const = 0;

 private:
  const char* counter_;
};

/// A disk fault that ends a node: a call of its storage fails, and a correct node stops at once and
/// retries nothing (exit 66), because what is on the disk is then unknown.
class DiskError : public NamedFault {
 public:
  DiskError(std::string_view kind, std::string_view summary, std::string_view error)
      : NamedFault(kind, summary, Impact::kStops), error_(error) {}
  [[nodiscard]] Declared parameters() const override;
  [[nodiscard]] std::vector<int> exit_codes() const override { return {66}; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  /// Whoever ended is started again; whoever did not is told that the disk is well.
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 private:
  std::string_view error_;  // the default of the parameter
};

}  // namespace capsize::nemesis
