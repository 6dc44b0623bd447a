// What a run did, to be done again: the lines of faults.jsonl as scripts, without the strategies
// that once asked for them.
//
// A fault that waited for a state waits for it again. One that waited for a time comes when it
// came. Nodes are those that it met, with one change: whoever leads now takes the place of whoever
// led then, and the other way round, so that a leader's fault is a leader's again. What was skipped
// is left out; what overlapped may overlap.
#pragma once

#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {

struct Recorded {
  std::vector<std::vector<Phase>> scripts;  // of each script of the run its phases, in their order
  std::size_t faults = 0;
  std::size_t spares = 0;  // that they need beside the members
};

inline constexpr std::size_t kRecordedMax = 100'000;

/// Errors name the line, what was found and what was expected. A last line that is cut off (the run
/// was killed) is left out, and so is an end that is missing: the fault then holds as planned.
[[nodiscard]] base::Result<Recorded> read_recorded(std::istream& lines, const std::string& origin);
[[nodiscard]] std::vector<std::unique_ptr<Script>> play(const Recorded& recorded);

}  // namespace capsize::nemesis
