// How the nights of a suite change: a value for each night of several quantities, and where they
// change. A pure function of ledgers, so the same ledgers give the same trends on every machine.
//
// Runs that ended with a harness or a usage error say nothing about the system under test and count
// for nothing here, unless such a run has a failure, which then counts for its group. Executions
// with --only are left out: they repeat failed runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "harness/statistics/change_points.h"
#include "harness/suite/ledger.h"

namespace capsize::harness {

enum class Quantity : std::uint8_t {
  kPassRate,   ///< tests that are valid
  kGroupRate,  ///< failing runs of one group, of the runs of its cases
  kRecovery,   ///< from healing one kind of fault to the first acknowledged write, ms: the median
  kSlowRecovery,   ///< the same time, which one in ten exceeds; of nights with ten such faults
  kThroughput,     ///< acknowledged operations a second while no fault was active
  kFaultRate,      ///< faults that took effect, for each minute of load
  kNewBehaviours,  ///< that no earlier run of the store had shown; only shown, as it must fall
};

/// "pass-rate", "group-rate", "recovery", …
[[nodiscard]] std::string_view name(Quantity quantity);
/// Whether its values are shares, k of n runs.
[[nodiscard]] bool is_rate(Quantity quantity);

struct TrendNight {
  std::size_t number = 0;  // among all nights of the suite, from 0
  std::string started;     // UTC
  std::string revision;
  std::vector<std::string> executions;  // ids
  bool complete = false;                // all shards ran to their end
  std::size_t tests = 0, valid = 0, invalid = 0, without_verdict = 0;
};

struct TrendValue {
  double value = 0;         // of a rate k / n, from 0 to 1
  std::uint64_t count = 0;  // of a rate k; otherwise the runs, or faults, of which it is made
  std::uint64_t of = 0;     // of a rate n
};

/// From the night `first` on, the values are different.
struct TrendChange {
  std::size_t before = 0;  // position in Trends::nights of the last night before that has a value
  std::size_t first = 0;   // and of the first one after
  double value_before = 0, value_after = 0;  // of all nights up to the neighbouring changes
  double p = 1;
};

struct Series {
  Quantity quantity = Quantity::kPassRate;
  std::string what = {};                               // signature of the group, kind of the fault
  std::string label = {};                              // of the group
  std::vector<std::optional<TrendValue>> values = {};  // for each of Trends::nights
  std::vector<TrendChange> changes = {};

  [[nodiscard]] std::size_t nights_without_value() const;
};

struct Trends {
  std::string suite;
  std::vector<TrendNight> nights;
  std::vector<Series> series;  // those that have a value in some night
  ChangeOptions options;
  std::size_t earlier_nights = 0;   // not among `nights`
  std::size_t only_executions = 0;  // left out
  std::size_t groups_left_out = 0;  // the least frequent ones
  std::size_t kinds_left_out = 0;
  std::size_t unmeasured_tests = 0;  // whose ledger has no measures: of an older release

  [[nodiscard]] std::size_t tests() const;
  [[nodiscard]] std::size_t changes() const;
};

/// The last `nights_max` nights of a suite. Without a night of this suite: no nights.
[[nodiscard]] Trends trends_of(const Ledger& ledger, const std::string& suite,
                               std::size_t nights_max, const ChangeOptions& options = {});

/// The suites of a ledger that have a night, by name.
[[nodiscard]] std::vector<std::string> suites_of(const Ledger& ledger);

/// The executions of several ledgers, by the time at which they began; one that is in several of
/// them once, as the ledger has it that knows most of its runs. Error: one cannot be read or does
/// not exist.
[[nodiscard]] base::Result<Ledger> read_ledgers(const std::vector<std::filesystem::path>& paths);

}  // namespace capsize::harness
