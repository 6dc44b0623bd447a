// What comes back from a worker: the run's line of the ledger, and the files of its directory.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "harness/suite/engine.h"

namespace capsize::harness {

struct ReceivedRun {
  std::optional<LedgerRun> run;  // missing: it was stopped before it had a verdict
  std::string note;              // not empty: what a person should know
};

/// Reads the answer to a job (campaign/job.h) and unpacks the files into the run's directory; that
/// of a run that has passed without files is removed. A process that is killed meanwhile leaves no
/// results.json, so the run is repeated. If the files cannot be placed, the run keeps its verdict.
/// Error: the answer is malformed; or its archive is, and there is no run.
[[nodiscard]] base::Result<ReceivedRun> receive_run(const RunJob& job, std::string_view answer,
                                                    const std::filesystem::path& store);

}  // namespace capsize::harness
