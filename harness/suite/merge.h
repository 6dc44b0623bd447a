// Merging ledgers: the shards of a suite, which ran on several machines, become one report.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace capsize::harness {

/// The last execution of a suite in a ledger, and the store that its paths are relative to: the
/// directory of the ledger.
struct MergedShard {
  std::string execution;
  std::filesystem::path store;
};

/// Copies what the store's ledger does not have yet of the executions of these ledgers, also of one
/// that was resumed since an earlier merge. Returns the shards to report on together. Error: a
/// ledger is malformed or has no execution of the suite.
[[nodiscard]] base::Result<std::vector<MergedShard>> merge_ledgers(
    const std::filesystem::path& store, const std::string& suite,
    const std::vector<std::string>& ledgers);

}  // namespace capsize::harness
