// Runs that had begun when their suite was killed.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/suite/ledger.h"
#include "harness/suite/suite_file.h"
#include "harness/suite/suite_plan.h"

namespace capsize::harness {

/// Returns the ledger's line of such a run if it has finished: its results are there, and are not
/// about a part of it. Nothing if it has to be repeated. Waits for a process that is still ending.
[[nodiscard]] std::optional<LedgerRun> adopt(const Suite& suite, const LostRun& run,
                                             const std::filesystem::path& store);
/// The same for a run that the caller finds in its plan.
[[nodiscard]] std::optional<LedgerRun> adopt(const PlannedRun& planned, const LostRun& run,
                                             const std::filesystem::path& store);

}  // namespace capsize::harness
