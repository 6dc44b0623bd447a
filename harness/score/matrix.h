// The matrix of `capsize score`: which strategies catch which seeded bugs, and how often a clean
// node raises a false alarm.
//
// A cell is one bug under one strategy. A run counts in its cell if it says something about the
// strategy: it is valid (missed), or invalid, by a report of the bug (caught) or only by something
// else (otherwise). A run that is vacuous, unknown or a harness error is shown, but does not count.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/statistics/interval.h"
#include "harness/suite/ledger.h"

namespace capsize::harness {

/// The row of the clean node, in which a caught run is a false alarm.
inline constexpr const char* kCleanRow = "none";
/// The strategy of a bug's own scenario.
inline constexpr const char* kDirected = "directed";

/// A seeded bug, as the node lists it.
struct ScoredBug {
  std::string name;
  std::string what;
  std::string seen_in;
  std::string topic;
  bool core = false;
  std::vector<std::string> reports;  // CHECK/ANOMALY, or CHECK for any anomaly of it
};

/// Whether a failure is one of these reports.
[[nodiscard]] bool is_report(const RunFailure& failure, const std::vector<std::string>& reports);
/// "linearizable/stale read"; "live" for a check without anomalies.
[[nodiscard]] std::string report_of(const RunFailure& failure);

enum class Catch : std::uint8_t { kCaught, kMissed, kOtherwise, kUncounted };

/// What a run says, and for a caught one the failure that says it: the first that matches in the
/// run's own order, which begins with the main one. On the clean row (`bug` is null) every
/// violation is a catch.
struct Judgement {
  Catch what = Catch::kUncounted;
  const RunFailure* failure = nullptr;  // in the run
};
[[nodiscard]] Judgement judge_run(const LedgerRun& run, const ScoredBug* bug);

struct MatrixCell {
  std::uint64_t caught = 0;
  std::uint64_t missed = 0;
  std::uint64_t otherwise = 0;
  std::map<std::string, std::uint64_t> uncounted;  // by verdict
  std::vector<std::string> reasons;                // why runs do not count, or are otherwise
  std::map<std::string, std::uint64_t> reports;    // what saw the bug first, by number of runs
  std::optional<double> detection_s;  // median, from the start of the load to the violation
  std::optional<double> run_s;        // median length of the runs that caught it
  std::string example;                // run directory of a caught run, relative to the store
  std::string impossible;             // why no run of the cell is possible; empty: some are

  [[nodiscard]] std::uint64_t runs() const { return caught + missed + otherwise; }
  [[nodiscard]] ShareInterval interval() const { return confidence_interval(caught, runs()); }
};

/// Bug, or kCleanRow, and strategy.
using CellKey = std::pair<std::string, std::string>;

struct Matrix {
  std::string revision;                 // whose runs count
  bool all_revisions = false;           // those of other revisions count, too
  std::vector<std::string> strategies;  // columns
  std::vector<ScoredBug> bugs;          // rows; that of the clean node is not among them
  std::map<CellKey, MatrixCell> cells;
  std::uint64_t older = 0;  // runs of other revisions or settings, which do not count

  /// An empty cell if there is none.
  [[nodiscard]] const MatrixCell& at(const std::string& bug, const std::string& strategy) const;
  [[nodiscard]] std::uint64_t runs() const;
  /// The clean row, all strategies together.
  [[nodiscard]] MatrixCell clean() const;
};

/// The middle value; of an even number the mean of the two in the middle. Nothing without values.
[[nodiscard]] std::optional<double> median(std::vector<double> values);

}  // namespace capsize::harness
