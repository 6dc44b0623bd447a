// What a node was over time: its roles and terms, its commit index, whether it was up, paused or
// dead. From its trace, and from the faults that explain the gaps in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "harness/page/run_faults.h"

namespace capsize::harness {

/// Times are milliseconds since the start of the load.
struct NodeLane {
  static constexpr std::size_t kIntervalsMax = 4'000;
  static constexpr std::size_t kCommitsMax = 1'000;

  struct RoleInterval {
    double begin = 0;
    double end = 0;
    std::string role;
    std::uint64_t term = 0;
  };
  struct StateInterval {
    double begin = 0;
    double end = 0;
    const char* state = "up";  ///< "up", "paused", "dead"
  };
  struct Commit {
    double ms = 0;
    std::uint64_t index = 0;
  };
  struct ClockError {
    double begin = 0;
    double end = 0;
    std::string text;
  };
  std::string name;
  std::vector<RoleInterval> roles;
  std::vector<StateInterval> states;
  std::vector<Commit> commits;
  std::vector<ClockError> clock;
  std::uint64_t left_out = 0;  ///< intervals beyond the bound

  /// Returns the role at a time; null if the node was dead or its trace does not say.
  [[nodiscard]] const RoleInterval* role_at(double ms) const;
};

struct LaneContext {
  const std::vector<RunFault>& faults;
  std::set<std::string> crashed;   ///< nodes that ended by themselves, and did not return
  std::int64_t load_began_ns = 0;  ///< by the traces' clock
  double end_ms = 0;               ///< of the last event of the run
};

/// Reads a trace once, line by line; after a long run hundreds of MiB. A trace that cannot be read
/// gives a lane without roles; malformed lines are ignored.
[[nodiscard]] NodeLane read_lane(const std::string& node, const std::filesystem::path& trace,
                                 const LaneContext& context);

/// The leader of the highest term by then, which may have been deposed since.
struct NewestLeader {
  std::string node;
  std::uint64_t term = 0;
};
[[nodiscard]] std::optional<NewestLeader> newest_leader_at(const std::vector<NodeLane>& lanes,
                                                           double ms);

[[nodiscard]] base::Json to_json(const NodeLane& lane);

}  // namespace capsize::harness
