// What happened in a cluster within a time, as lines for people: elections and votes, faults,
// messages, and the operations that a failure names.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/evidence/recorded_outcome.h"
#include "harness/show/node_timeline.h"
#include "harness/show/show.h"

namespace capsize::harness {

struct ClusterEvent {
  enum class Kind : std::uint8_t { kNode, kFault, kMessage, kOperation };
  std::int64_t time = 0;  // nanoseconds of the traces' clock
  Kind kind = Kind::kNode;
  std::string text;  // printable
};

struct ClusterEvents {
  std::vector<ClusterEvent> events;  // by time
  std::vector<std::string> notes;    // what is missing, one sentence each
};

/// Precondition: run.has_start().
[[nodiscard]] ClusterEvents cluster_events(const RecordedOutcome& run,
                                           const std::vector<NodeTimeline>& nodes,
                                           const ShownTime& time, bool all_messages);

/// "n1 n3", "all".
[[nodiscard]] std::string nodes_text(const std::vector<nemesis::Node>& nodes,
                                     std::size_t cluster_size);
/// Members and spares; without a scenario as many as have a directory.
[[nodiscard]] std::size_t cluster_size(const RecordedOutcome& run);

}  // namespace capsize::harness
