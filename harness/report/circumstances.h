// What the cluster was like while the operations of a violation ran: which node served them, its
// role, who led in which term, which faults were active. From the traces of the nodes and the
// records of the faults.
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

/// Roles over time, of all nodes.
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
  /// What a trace says, line by line; a file that cannot be read says nothing. Only lines about
  /// roles, terms and starts are parsed.
  void read(nemesis::Node node, const std::filesystem::path& trace);
  void read_line(nemesis::Node node, const std::string& line);

  /// Times are nanoseconds of the clock of the traces. Nothing before the first start of a node.
  [[nodiscard]] std::optional<Role> role_at(nemesis::Node node, std::int64_t time) const;
  /// The leader of the highest term that had begun by then; it may have ended since.
  [[nodiscard]] std::optional<Leader> leader_at(std::int64_t time) const;

 private:
  checker::TraceLineParser parser_;
  checker::NodeNames names_;
  std::map<nemesis::Node, std::map<std::int64_t, Role>> roles_;
  std::map<std::uint64_t, std::pair<std::int64_t, nemesis::Node>> leaders_;  // by term
};

/// The node whose client this process is. Nothing where clients with sessions may have asked
/// others too, which no history records.
[[nodiscard]] std::optional<nemesis::Node> server_of(const Scenario& scenario,
                                                     std::int64_t process);

/// Kinds and nodes of the faults that were active at some time of the interval: "pause n1, cut n2".
[[nodiscard]] std::string active_faults(const std::vector<nemesis::FaultRecord>& faults,
                                        base::Duration begin, base::Duration end);

/// Reads the traces of all nodes of the run: hundreds of MiB after a long one.
[[nodiscard]] RoleHistory roles_of(const Outcome& outcome);

/// A line for each operation that violation_text() shows, up to a dozen; indented, with line feeds.
/// Empty where nothing is known.
[[nodiscard]] std::string circumstances(const Outcome& outcome, const RoleHistory& roles,
                                        const checker::Violation& violation);

}  // namespace capsize::harness
