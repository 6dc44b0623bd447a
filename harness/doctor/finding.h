// One line of `capsize doctor`: what was found on this machine, and what that means for runs.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace capsize::harness {

enum class FindingState {
  kOk,
  kWarning,     ///< runs are possible; they may be slow, or end in harness errors
  kImpossible,  ///< no run is possible
};

/// "ok", "warning", "impossible".
[[nodiscard]] std::string_view name(FindingState state);

struct Finding {
  std::string name;  // for programs: "disk-sync-p99"
  base::Json value;  // a number or a text
  std::string unit;  // "ms"; empty: none
  FindingState state = FindingState::kOk;
  std::string advice;  // unless ok: why, and what to do
};

/// `value`, and a warning with `advice` if `bad`.
[[nodiscard]] Finding finding(std::string name, base::Json value, std::string unit, bool bad,
                              std::string advice);

/// "disk sync p99                   4.1 ms     ok", or after the state ": " and the advice.
[[nodiscard]] std::string line_of(const Finding& finding);
[[nodiscard]] base::Json to_json(const Finding& finding);

}  // namespace capsize::harness
