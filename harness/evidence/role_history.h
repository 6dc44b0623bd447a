// The roles of the nodes over time, from their traces; which node serves a client; which faults
// were active when.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/properties/trace.h"
#include "harness/judge/outcome.h"

namespace capsize::harness {

/// Whether a line of a trace says what role its node has: cheap, without parsing it as JSON.
[[nodiscard]] bool is_about_roles(std::string_view line);

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
  /// Returns when a leader of this term was elected; nothing: the traces have none.
  [[nodiscard]] std::optional<std::int64_t> led_since(std::uint64_t term) const;
  /// Returns the roles of a node at some time of the interval, the one at its begin first.
  [[nodiscard]] std::vector<Role> roles_between(nemesis::Node node, std::int64_t begin,
                                                std::int64_t end) const;
  /// Whether some node leads in this term at a time, deposed or not.
  [[nodiscard]] bool is_led_at(std::uint64_t term, std::int64_t time) const;
  /// Whether the node that led last, by the end of the traces, still has that role.
  [[nodiscard]] bool has_leader_at_end() const;
  [[nodiscard]] bool empty() const { return roles_.empty(); }

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

/// Returns the node that serves a client thread, of `concurrency` threads of the load and one more
/// for each node for the final reads. Precondition: thread < concurrency + nodes.
[[nodiscard]] nemesis::Node server_of_thread(std::uint64_t thread, std::uint64_t concurrency,
                                             std::uint64_t nodes);

/// Returns the faults that were active at some time of the interval: "pause n1, cut n2".
[[nodiscard]] std::string active_faults(const std::vector<nemesis::FaultRecord>& faults,
                                        base::Duration begin, base::Duration end);

/// Reads the traces of all nodes; after a long run hundreds of MiB.
[[nodiscard]] RoleHistory roles_of(const Outcome& outcome);

}  // namespace capsize::harness
