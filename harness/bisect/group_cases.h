// Which case of a suite a bisection runs: one in which the group was seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "harness/suite/ledger.h"
#include "harness/suite/suite_file.h"

namespace capsize::harness {

struct GroupCase {
  const SuiteCase* of = nullptr;
  std::uint64_t failed = 0;  // runs with the group
  std::uint64_t runs = 0;    // of the executions in which any run had the group
};

struct GroupCases {
  std::string signature;         // in full
  std::vector<GroupCase> cases;  // the one that fails most often first
};

/// The cases in which the group was seen. They are ordered by the share of their runs that failed
/// with it, estimated as (failed + 1) / (runs + 2) (Laplace), so that one failure in one run does
/// not come before eight in ten. A bisection needs fewest runs with the case that fails most often.
/// `signature` may be a prefix as for `suite --only`. Error: no run has it, or several signatures
/// begin with it.
[[nodiscard]] base::Result<GroupCases> find_group_cases(const Suite& suite, const Ledger& ledger,
                                                        const std::string& signature);

}  // namespace capsize::harness
