// Which files of a suite's runs stay on the disk. The ledger keeps a line of every run; on the disk
// stay all files of a failed run, and of a passed one results, scenario and evidence.
//
// If the runs of all suites exceed the quota, the least useful files go first: passed runs of
// earlier executions, then all but the evidence of their failures, then the same of this execution.
// The shortest failed run of each signature in this execution stays whole: it is the one that
// reports show.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/suite/ledger.h"
#include "harness/suite/suite_file.h"

namespace capsize::harness {

/// Whether a run did what its suite wants of it: a test or a healthy control is valid, the seeded
/// bug of a control is caught.
[[nodiscard]] bool has_passed(const LedgerRun& run);

/// Removes all files of a run directory but results, scenario and evidence. Follows no link.
/// `path` is relative to the store, as in the ledger. Best effort: what cannot be removed stays.
void reduce_to_evidence(const std::filesystem::path& store, const std::string& path);

/// Removes a run directory. The same care.
void remove_run(const std::filesystem::path& store, const std::string& path);

class Retention {
 public:
  /// `ledger` has the earlier executions.
  Retention(std::filesystem::path store, Keep keep, std::uint64_t quota_bytes,
            const Ledger& ledger);

  /// Reduces a finished run of this execution if it has passed, and others until the quota is kept.
  /// Returns the run directories that the quota reduced or removed.
  std::vector<std::string> finished(const LedgerRun& run);

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  struct Stored {
    std::string path;
    std::string signature;  // of the main failure; empty: it passed
    double seconds = 0;
    bool earlier = false;  // of an earlier execution
    bool reduced = false;
    std::uint64_t bytes = 0;
  };

  void add(const LedgerRun& run, bool earlier, bool reduced);
  void note_shown();
  [[nodiscard]] bool is_shown(const Stored& run) const;
  /// How much a run is needed: those with the smallest number go first. Negative: it stays.
  [[nodiscard]] int rank(const Stored& run) const;
  void shrink(Stored& run);

  std::filesystem::path store_;
  Keep keep_;
  std::uint64_t quota_bytes_;
  std::uint64_t bytes_ = 0;
  std::vector<Stored> runs_;                  // the oldest first
  std::map<std::string, std::string> shown_;  // the shown run's path by signature
};

}  // namespace capsize::harness
