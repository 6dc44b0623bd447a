// Which faults are active, from the lines of faults.jsonl that have been written so far. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "harness/live/run_watch.h"

namespace capsize::harness {

class FaultBoard {
 public:
  /// Counts one line; anything but a fault has no effect.
  void add(std::string_view line);

  /// Fills in the faults and their numbers.
  void write(RunSnapshot& snapshot) const;
  /// What the evidence of the active faults says about a node. A node that a fault killed is alive
  /// again from the next `incarnation` on.
  [[nodiscard]] NodeState state_of(const std::string& node, std::uint64_t incarnation) const;

 private:
  struct Active {
    ActiveFault fault;
    std::set<std::string> paused;                 // nodes that the kernel showed as stopped
    std::map<std::string, std::uint64_t> killed;  // and those whose process ended: its incarnation
  };
  void begin(std::uint64_t id, const base::Json& line);

  std::map<std::uint64_t, Active> active_;
  std::uint64_t planned_ = 0, begun_ = 0, skipped_ = 0;
};

}  // namespace capsize::harness
