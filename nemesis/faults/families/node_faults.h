// Families of faults that end a node's process, damage its files or change the membership; and the
// check that the evidence shows their restarts.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {

/// Whether each node of `begin` ended by this signal (0: a graceful exit with code 0), and has a
/// later incarnation in `end`.
[[nodiscard]] bool shows_restarts(const base::Json& begin, const base::Json& end, int signal);

/// Ends nodes and restarts them repeatedly. All nodes run between two pulses.
class RestartsFault : public NamedFault {
 public:
  /// `signal`: SIGKILL (9), or 0 for a graceful shutdown.
  RestartsFault(std::string_view kind, std::string_view summary, int signal)
      : NamedFault(kind, summary, Impact::kStops), signal_(signal) {}
  [[nodiscard]] base::Duration period(const base::Json& params) const override;
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult pulse(const Injection& injection, Cluster& cluster,
                     std::uint64_t count) const override;
  /// Restarts the nodes that are down.
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  /// Whether each node that was ended did end by the signal, and runs in a later incarnation.
  [[nodiscard]] bool is_proven(const base::Json& evidence) const override;

 protected:
  /// Returns the nodes that restart at this turn; may be empty. begin() is turn 0.
  [[nodiscard]] virtual std::vector<Node> nodes_of_turn(const Injection& injection,
                                                        std::uint64_t turn) const = 0;

 private:
  ActionResult restart_nodes(const std::vector<Node>& nodes, Cluster& cluster) const;
  int signal_;
};

/// Loses writes in a crash: the disk stalls while it holds bytes back, then the process dies. Only
/// bytes that were never synced are lost. A correct node has not acknowledged those, so any number
/// of nodes may crash like this at once.
class CrashFault : public NamedFault {
 public:
  CrashFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kStops) {}
  /// `held-for` and `stall`: two waits, before the disks stall and before the crash.
  [[nodiscard]] Declared parameters() const override;
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool is_proven(const base::Json& evidence) const override;

 protected:
  /// Returns the share of the held bytes that reaches the disk nevertheless.
  [[nodiscard]] virtual double kept_share(const base::Json& params) const = 0;
  /// Whether a crash with `written` of `held` bytes on disk is an instance of this fault.
  [[nodiscard]] virtual bool is_expected_loss(std::uint64_t held, std::uint64_t written) const = 0;
};

/// Damages the files of a node: kills it, damages its files and starts it. It may refuse to start
/// (exit code 65) or run with less than it has acknowledged. A voter that has forgotten
/// acknowledged entries can make a correct cluster lose data, so the node starts isolated from
/// peers and clients; healing kills it, restores the files and reconnects it. With `rejoin` the
/// damaged node takes part, for scenarios that show the consequences.
class DamageFault : public NamedFault {
 public:
  DamageFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kStops) {}
  /// The parameters of the damage, and `rejoin`.
  [[nodiscard]] Declared parameters() const final;
  [[nodiscard]] std::vector<int> exit_codes() const override { return {65}; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool is_proven(const base::Json& evidence) const override;

 protected:
  [[nodiscard]] virtual Declared damage_parameters() const { return {}; }
  /// Establishes what the damage needs before the nodes are killed. Not done: the fault is skipped.
  virtual ActionResult prepare(const Injection& /*injection*/, Cluster& /*cluster*/) const {
    return {.done = true};
  }
  /// Returns the argument of Cluster::damage.
  [[nodiscard]] virtual base::Json damage(const base::Json& params) const = 0;
};

/// Changes the cluster's membership; one such fault at a time. Healing restores the initial
/// members. The evidence is the configuration that the leader committed, after each of the two
/// changes.
class MembershipFault : public NamedFault {
 public:
  MembershipFault(std::string_view kind, std::string_view summary, Impact impact)
      : NamedFault(kind, summary, impact) {}
  [[nodiscard]] std::size_t spares() const override { return 1; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool is_proven(const base::Json& evidence) const override;

 protected:
  /// The new members, or the reason why there are none.
  using MembersOrReason = std::variant<std::vector<Node>, std::string_view>;
  [[nodiscard]] virtual MembersOrReason new_members(const std::vector<Node>& nodes,
                                                    const ClusterView& view) const = 0;
};

/// Returns the first running spare, if any.
[[nodiscard]] std::optional<Node> find_running_spare(const ClusterView& view);
inline constexpr std::string_view kNoSpare = "no spare node is up";

}  // namespace capsize::nemesis
