// Failures by signature, compared with the earlier executions of the same suite.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/suite_report/assessment.h"

namespace capsize::harness {

/// Executions of a suite that belong together: one, or the shards of one. The pointers are into the
/// ledger.
struct Night {
  std::vector<const Execution*> executions;
};

/// The nights of a suite in the order in which they began.
[[nodiscard]] std::vector<Night> nights_of(const Ledger& ledger, const std::string& suite);

/// The reported executions, and the earlier ones of the same suite in the order of the ledger.
struct SuiteHistory {
  Night reported;
  std::vector<Night> earlier;
  /// Position in `earlier` of the last night that is complete and has the same part of the suite.
  std::optional<std::size_t> baseline;
};

[[nodiscard]] SuiteHistory suite_history(const Ledger& ledger, const std::vector<std::string>& ids);

/// Whether it ran the whole suite to its end, and repeated every run that was lost on the way.
[[nodiscard]] bool is_complete(const Execution& execution);
[[nodiscard]] bool is_complete(const Night& night);
/// Whether all shards are there.
[[nodiscard]] bool is_whole(const Night& night);

/// "3/4": the shards that a whole night lacks, at most five of them.
[[nodiscard]] std::vector<std::string> missing_shards(const Night& night);

/// The failures of a run, each group once. The signature is empty for a failure without one of its
/// own: of a runner that computes none, or of an invalid run for which the ledger names no failure.
[[nodiscard]] std::vector<RunFailure> failures_of(const LedgerRun& run);

/// What the failures of a group have in common: the signature, or without one the check and the
/// anomaly.
[[nodiscard]] std::string group_key(const RunFailure& failure);

/// The group of one of failures_of() a reported run; null for a failure of a seeded bug.
[[nodiscard]] const Group* group_of(const Assessment& assessment, const RunFailure& failure);

/// Whether a failure of this run belongs to a group: those of seeded bugs do not.
[[nodiscard]] bool is_grouped(const LedgerRun& run);

/// Sorted: new, back, known, muted, gone; the most frequent first. `mutes` are unexpired.
[[nodiscard]] std::vector<Group> group_failures(const SuiteHistory& history,
                                                const std::vector<Mute>& mutes);

/// The mute of a signature; null if there is none.
[[nodiscard]] const Mute* find_mute(const std::vector<Mute>& mutes, const std::string& signature);

}  // namespace capsize::harness
