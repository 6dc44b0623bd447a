// Families of faults of a node's clock and disk, which control requests to the running process
// begin and end. In between, other faults may kill or pause the process.
#pragma once

#include <optional>

#include "nemesis/model/cluster.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {

/// Sends the request to those of the nodes that run and are not paused. Done with empty evidence if
/// none does.
ActionResult request_from_running(Cluster& cluster, const std::vector<Node>& nodes,
                                  const base::Json& request);

/// Heals all of the nodes with this request. A node that is down has nothing to heal, because a new
/// process starts without faults; its evidence is `down`. A paused node is resumed for the request:
/// otherwise it would keep a fault that nothing removes later. A node that does not reply is
/// restarted gracefully; its evidence is `replaced`.
ActionResult heal_by_request(Cluster& cluster, const std::vector<Node>& nodes,
                             const base::Json& request);

/// Undoes a request that failed on some of the nodes. If it got no reply, it may still be executed
/// later, so the processes are restarted. Returns a result that is not done, with the reason of
/// `failed`.
ActionResult undo_request(Cluster& cluster, const std::vector<Node>& nodes,
                          const ActionResult& failed, const base::Json& request);

/// Whether `end` has evidence of heal_by_request() for each node of `begin`.
[[nodiscard]] bool has_healed_all(const base::Json& begin, const base::Json& end);

/// A clock fault. begin() reads the clock, changes it and reads it again; end() restores the true
/// rate and reads it once more. The offset that it has by then stays: setting a monotonic clock
/// back would stop it for as long. The evidence is the offset: the node's clock minus the true
/// clock, as the node reports both.
class ClockFault : public NamedFault {
 public:
  ClockFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kDegrades) {}
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  /// Whether all clocks have gained, or all have lost, from the first reading to the second or to
  /// the last.
  [[nodiscard]] bool is_proven(const base::Json& evidence) const override;

 protected:
  /// Returns the control request that changes the clock.
  [[nodiscard]] virtual base::Json request(const base::Json& params) const = 0;
};

/// Returns the replies to clock requests as {"nN": {"offset-ns": …}}.
[[nodiscard]] base::Json clock_offsets(const base::Json& replies);

/// A disk fault that a node survives: for a while its disk is slow, stalls or fakes syncs. The
/// evidence is the node's count of the syncs that the fault affected.
class DiskFault : public NamedFault {
 public:
  /// `counter`: the key of that count in the reply to a disk request (node/PROTOCOL.md, Control).
  DiskFault(std::string_view kind, std::string_view summary, Impact impact, const char* counter)
      : NamedFault(kind, summary, impact), counter_(counter) {}
  /// Done even if the fault has affected no sync yet; it is then not proven.
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool is_proven(const base::Json& evidence) const override;

 protected:
  /// Return the keys of the disk request that begins the fault, and of the one that ends it.
  [[nodiscard]] virtual base::Json on(const base::Json& params) const = 0;
  [[nodiscard]] virtual base::Json off() const = 0;

 private:
  const char* counter_;
};

/// A disk fault that ends a node: a call of its storage layer fails. A correct node exits at once
/// (code 66) and retries nothing, because the state of the disk is unknown then: after a failed
/// fsync, the next one may report success although the kernel has dropped the dirty pages.
class DiskError : public NamedFault {
 public:
  DiskError(std::string_view kind, std::string_view summary, std::string_view error)
      : NamedFault(kind, summary, Impact::kStops), error_(error) {}
  [[nodiscard]] Declared parameters() const override;
  [[nodiscard]] std::vector<int> exit_codes() const override { return {66}; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  /// Restarts the nodes that have exited; withdraws the failure from those that have not.
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool is_proven(const base::Json& evidence) const override;

 private:
  std::string_view error_;  // the default of the parameter "error"
};

}  // namespace capsize::nemesis
