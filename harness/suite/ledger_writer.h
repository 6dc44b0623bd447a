// The one writer of a store's ledger (ledger.h).
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "harness/store/line_log.h"
#include "harness/suite/ledger.h"

namespace capsize::harness {

/// The ledger of a store.
[[nodiscard]] std::filesystem::path ledger_of(const std::filesystem::path& store);

/// The members of a `run` line that describe the run.
[[nodiscard]] base::Json to_json(const LedgerRun& run);

class LedgerWriter {
 public:
  /// Creates store and ledger if they are missing, locks the ledger, and cuts off an incomplete
  /// last line. Error: another process writes to it, or the file cannot be written.
  static base::Result<LedgerWriter> open(const std::filesystem::path& store);
  /// The same for a ledger in another file.
  static base::Result<LedgerWriter> open_file(const std::filesystem::path& path);

  // Each writes one line and syncs it. After an error, nothing more may be written: a failed sync
  // may have lost the line, and a second one would not report that.

  base::Status begin(const Execution& execution);
  base::Status resume(const std::string& execution);
  /// All planned runs have ended; from now on runs are repeated.
  base::Status confirm(const std::string& execution);
  base::Status start(const std::string& execution, const LostRun& run);
  base::Status finish(const std::string& execution, const LedgerRun& run);
  base::Status lose(const std::string& execution, const LostRun& run);
  base::Status reduce(const std::string& execution, const std::string& path);
  /// With the reason if it ended before everything ran.
  base::Status end(const Execution& execution);
  /// Copies complete lines of another ledger, of one execution.
  base::Status copy(const std::vector<std::string>& lines);

 private:
  explicit LedgerWriter(LineLog log) : log_(std::move(log)) {}
  base::Status append(const base::Json& line);

  LineLog log_;
};

}  // namespace capsize::harness
