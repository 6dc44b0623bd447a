// What a finished run leaves: from its directory to its line of the ledger.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "harness/suite/ledger.h"
#include "harness/suite/suite_plan.h"

namespace capsize::harness {

/// The signature of a failure that has none of its own: of a runner that does not compute any.
inline constexpr const char* kNoSignature = "0000000000000000";

/// Reads results.json of a run directory. Error: it is missing, malformed or of a newer version.
/// Sets everything that the file says; not `at`, `seconds` and `revision`.
[[nodiscard]] base::Result<LedgerRun> read_result(const PlannedRun& planned,
                                                  const std::filesystem::path& directory);

/// Whether results.json says that the run was interrupted: its verdict is about a part of it.
[[nodiscard]] bool was_interrupted(const std::filesystem::path& directory);

/// A run without results: it was killed, or broke before it could write them.
[[nodiscard]] LedgerRun without_result(const PlannedRun& planned, const std::string& cause,
                                       const std::string& reason);

/// Bounds the texts and lists of a run that comes from elsewhere, and makes the texts fit to be
/// shown, so that a line of the ledger stays small whatever it contains.
void bound_texts(LedgerRun& run);

/// Returns the last line of a file that is not empty, made fit to be shown; empty if there is none.
[[nodiscard]] std::string last_line(const std::filesystem::path& path);

}  // namespace capsize::harness
