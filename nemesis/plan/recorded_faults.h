// Replays the faults of an earlier run: reads its faults.jsonl into scripts, without the strategies
// that requested the faults.
//
// A fault with an anchor waits for that anchor; one without begins when it began in the run. It
// hits the same nodes, with one change: the current leader and the leader of that time are swapped,
// so that a fault that hit the leader hits the leader again. Skipped faults are left out; faults
// that overlapped may overlap.
#pragma once

#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {

struct RecordedFaults {
  std::vector<std::vector<Phase>> scripts;  // the phases of each script of the run, in order
  std::size_t faults = 0;
  std::size_t spares = 0;  // how many nodes the faults need beside the members
};

inline constexpr std::size_t kRecordedMax = 100'000;

/// Parses the lines of faults.jsonl. Error: `origin`, line number, what was found and what was
/// expected. A truncated last line (the run was killed) is ignored; a fault without an end line is
/// held as planned.
[[nodiscard]] base::Result<RecordedFaults> read_recorded_faults(std::istream& lines,
                                                                const std::string& origin);
/// Returns one script for each script of the run.
[[nodiscard]] std::vector<std::unique_ptr<Script>> make_scripts(const RecordedFaults& recorded);

}  // namespace capsize::nemesis
