// Which runs an execution of a suite consists of, in which order.
//
// First the controls, so that a suite that cannot catch anything is noticed in its first minute.
// Then round after round: the first seed of every case, the second seed of every case that has one,
// and so on. So a suite that ends early has tried every case before it tries one of them again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "harness/suite/ledger.h"
#include "harness/suite/suite_file.h"

namespace capsize::harness {

struct PlannedRun {
  const SuiteCase* of = nullptr;
  std::string id;  // "figure-8/3": unique within an execution
  std::uint64_t seed = 0;
};

/// The K-th of N parts of a suite: of its test runs, every N-th. Each part runs all controls.
struct Shard {
  std::uint64_t number = 1;  // from 1
  std::uint64_t count = 1;
  [[nodiscard]] std::string text() const;
};
/// Parses "2/4".
[[nodiscard]] base::Result<Shard> parse_shard(const std::string& text);

/// The run with this number of a case, with a seed that is drawn from that of the execution.
[[nodiscard]] PlannedRun drawn_run(const SuiteCase& of, std::uint64_t seed, std::uint64_t number);

/// Returns the controls of a suite. Of a bug there are kControlSeedsMax runs: each later one is
/// needed only if those before did not catch the bug.
[[nodiscard]] std::vector<PlannedRun> control_runs(const Suite& suite, std::uint64_t seed);

/// The test runs of a suite, one after the other.
class TestRuns {
 public:
  /// `endless`: cases whose seeds are drawn get a new seed in every round (a suite with a budget).
  /// `suite` must outlive this object.
  TestRuns(const Suite& suite, std::uint64_t seed, Shard shard, bool endless);

  [[nodiscard]] std::optional<PlannedRun> next();

 private:
  [[nodiscard]] std::optional<std::uint64_t> seed_of(const SuiteCase& of) const;

  std::vector<const SuiteCase*> cases_;
  std::uint64_t seed_;
  Shard shard_;
  bool endless_;
  std::uint64_t round_ = 0;
  std::size_t case_ = 0;
  std::uint64_t ordinal_ = 0;
  bool found_in_round_ = false;
};

/// Returns how many test runs a shard of a suite has, without those that a budget adds.
[[nodiscard]] std::uint64_t count_test_runs(const Suite& suite, Shard shard);

/// Returns the runs that failed with a signature, in any execution of this suite in the ledger, to
/// run again. `signature` may be a prefix of at least four digits. Error: no run has it, or several
/// signatures begin with it.
[[nodiscard]] base::Result<std::vector<PlannedRun>> runs_of_group(const Suite& suite,
                                                                  const Ledger& ledger,
                                                                  const std::string& signature);

}  // namespace capsize::harness
