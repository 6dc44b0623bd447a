// What comes back from a worker: the run's line of the ledger, and the files of its directory.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "harness/suite/engine.h"

namespace capsize::harness {

/// Reads the answer to a job (campaign/job.h) and unpacks the files into the run's directory; that
/// of a run without files is removed. Nothing if the run was stopped before it had a verdict. A
/// process that is killed meanwhile leaves no results.json, so the run is repeated. Error: the
/// answer is malformed, or its archive is.
[[nodiscard]] base::Result<std::optional<LedgerRun>> receive_run(
    const RunJob& job, std::string_view answer, const std::filesystem::path& store);

}  // namespace capsize::harness
