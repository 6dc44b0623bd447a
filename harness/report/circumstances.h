// The state of the cluster while the operations of a violation ran: which node served them, its
// role, the leader and its term, the active faults. Taken from the nodes' traces and the records of
// the faults.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checker/properties/trace.h"
#include "checker/report/report.h"
#include "harness/judge/outcome.h"

namespace capsize::harness {

/// The roles of all nodes over time.
class RoleHistory {
 public:
  struct Role {
    std::string name;  // "leader", "follower", …
    std::uint64_t term = 0;
  };
  struct Leader {
    nemesis::Node node = 0;
    std::uint64_t term = 0;
  };
  /// Reads a trace; a file that cannot be read adds nothing. Parses only lines about roles, terms
  /// and starts.
  void read(nemesis::Node node, const std::filesystem::path& trace);
  void read_line(nemesis::Node node, const std::string& line);

  /// Returns the role at a time, in nanoseconds of the traces' clock; nothing before the node's
  /// first start.
  [[nodiscard]] std::optional<Role> role_at(nemesis::Node node, std::int64_t time) const;
  /// Returns the leader of the highest term by then; it may have been deposed since.
  [[nodiscard]] std::optional<Leader> leader_at(std::int64_t time) const;

 private:
  checker::TraceLineParser parser_;
  checker::NodeNames names_;
  std::map<nemesis::Node, std::map<std::int64_t, Role>> roles_;
  std::map<std::uint64_t, std::pair<std::int64_t, nemesis::Node>> leaders_;  // by term
};

/// Returns the node that serves this process's client. Nothing with retries: such clients may have
/// used other nodes too, which no history records.
[[nodiscard]] std::optional<nemesis::Node> server_of(const Scenario& scenario,
                                                     std::int64_t process);

/// Returns the faults that were active at some time of the interval: "pause n1, cut n2".
[[nodiscard]] std::string active_faults(const std::vector<nemesis::FaultRecord>& faults,
                                        base::Duration begin, base::Duration end);

/// Reads the traces of all nodes; after a long run hundreds of MiB.
[[nodiscard]] RoleHistory roles_of(const Outcome& outcome);

/// Returns one indented line for each operation that violation_text() shows, up to a dozen. Empty
/// if nothing is known.
[[nodiscard]] std::string circumstances(const Outcome& outcome, const RoleHistory& roles,
                                        const checker::Violation& violation);

}  // namespace capsize::harness
