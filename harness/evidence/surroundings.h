// What the nodes' traces and the logs of a run say around a failure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "harness/evidence/role_history.h"
#include "harness/judge/outcome.h"

namespace capsize::harness {

struct Surroundings {
  /// Lines of a trace, in their order; `left_out` earlier ones within the time are missing.
  struct Transitions {
    std::vector<base::Json> lines;
    std::uint64_t left_out = 0;
  };
  struct Log {
    std::vector<std::string> last_lines;
    std::uint64_t bytes_before = 0;  // of the file
  };
  struct Report {
    std::vector<std::string> first_lines;
    std::uint64_t bytes = 0;  // of the whole file
  };
  RoleHistory roles;
  std::map<std::string, Transitions> transitions;   // by node; only of nodes with a trace
  std::map<std::string, Log> logs;                  // "harness", "proxy", "n1", …
  std::map<std::string, Report> sanitizer_reports;  // by path in the run directory
  std::vector<std::string> core_dumps;              // paths in the run directory
};

/// Reads the traces once and the ends of the logs. Of the traces it keeps what changes a node's
/// state (terms, votes, roles, starts, truncations, …) within seconds around the failure, and what
/// the leaders appended and committed while the operations that the sentence names ran, and a
/// little longer; of a violated invariant what all nodes appended and committed right before it. Of
/// reports of sanitizers it reads the beginning. Files that cannot be read add nothing. `failure`
/// is null for a run without one: then the end of the load counts.
[[nodiscard]] Surroundings read_surroundings(const Outcome& outcome, const Failure* failure);

}  // namespace capsize::harness
