// Families of faults that end the process of a node, damage what it has stored, or change who is a
// member; and what the evidence of their restarts must show.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {

/// Whether each node of `begin` ended by this signal (0: by itself, with exit code 0), and is in
/// `end` with a later incarnation.
[[nodiscard]] bool restarted(const base::Json& begin, const base::Json& end, int signal);

/// Ends nodes and starts them again, over and over: every node runs when a pulse is over.
class RestartsFault : public NamedFault {
 public:
  /// `signal`: SIGKILL (9), or 0 for an end in good order.
  RestartsFault(std::string_view kind, std::string_view summary, int signal)
      : NamedFault(kind, summary, Impact::kStops), signal_(signal) {}
  [[nodiscard]] base::Duration period(const base::Json& params) const override;
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult pulse(const Injection& injection, Cluster& cluster,
                     std::uint64_t count) const override;
  /// Starts whoever did not come up again.
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  /// Each that was ended ended so, and lives in a later incarnation.
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// Whose turn it is; empty: nobody's. The begin is turn 0.
  [[nodiscard]] virtual std::vector<Node> turn(const Injection& injection,
                                               std::uint64_t turn) const = 0;

 private:
  ActionResult end_and_start(const std::vector<Node>& nodes, Cluster& cluster) const;
  int signal_;
};

/// Loses writes at a crash: the disk stalls with bytes held back, then the process dies. Only what
/// was never synced is lost, so that a correct node has promised nothing about it, however many
/// nodes are struck.
class CrashFault : public NamedFault {
 public:
  CrashFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kStops) {}
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// The share of the held bytes that is written after all.
  [[nodiscard]] virtual double keep(const base::Json& params) const = 0;
  /// Whether so many of so many bytes are what the fault is about.
  [[nodiscard]] virtual bool bit(std::uint64_t held, std::uint64_t written) const = 0;
};

/// Damages the files of a node. The node is killed, damaged and started again: it may refuse (exit
/// 65) or come up with less than it had acknowledged. A voter that forgot something can make a
/// correct cluster lose data, so it comes up isolated, from its peers and from the clients; healing
/// kills it, puts the files back and lets it in again. `rejoin` lets the damaged node take part,
/// for scenarios that want to see what comes of it.
class DamageFault : public NamedFault {
 public:
  DamageFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kStops) {}
  /// How it damages, and `rejoin`.
  [[nodiscard]] Declared parameters() const final;
  [[nodiscard]] std::vector<int> exit_codes() const override { return {65}; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  [[nodiscard]] virtual Declared damage_parameters() const { return {}; }
  /// What has to be there before the nodes are killed; not done: the fault cannot be made now.
  virtual ActionResult prepare(const Injection& /*injection*/, Cluster& /*cluster*/) const {
    return {.done = true};
  }
  /// For Cluster::damage.
  [[nodiscard]] virtual base::Json damage(const base::Json& params) const = 0;
};

/// Changes the cluster's members: one such fault at a time, and at the end the members are again
/// those that the cluster began with. The evidence is the configuration that the leader committed,
/// there and back.
class MembersFault : public NamedFault {
 public:
  MembersFault(std::string_view kind, std::string_view summary, Impact impact)
      : NamedFault(kind, summary, impact) {}
  [[nodiscard]] std::size_t spares() const override { return 1; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// Who shall be the members, or why that cannot be said.
  using Wanted = std::variant<std::vector<Node>, std::string_view>;
  [[nodiscard]] virtual Wanted wanted(const std::vector<Node>& nodes,
                                      const ClusterView& view) const = 0;
};

/// The first spare that runs; nothing without one.
[[nodiscard]] std::optional<Node> spare_of(const ClusterView& view);
inline constexpr std::string_view kNoSpare = "no spare node was up";

}  // namespace capsize::nemesis
