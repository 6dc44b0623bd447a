// The suites of a store, as its ledger has them, and how they change from night to night.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "harness/store/beneath.h"
#include "harness/suite/ledger.h"
#include "serve/run_facts.h"

namespace capsize::serve {

class Suites {
 public:
  /// How many of the last nights a trend shows.
  static constexpr std::size_t kTrendNightsMax = 60;
  /// How many groups it shows, the most frequent ones.
  static constexpr std::size_t kTrendGroupsMax = 12;

  explicit Suites(const harness::OpenDirectory& store) : store_(store) {}

  /// Returns {suites: […]}: of each suite its last night. Error: the ledger cannot be read.
  base::Result<base::Json> list();
  /// Returns {suite, nights, night, assessment}: the assessment of night number `night`, counted
  /// from 0, of the last one without a number. The mutes of the suite's file are unknown here. Null
  /// if there is no such suite or night.
  base::Result<base::Json> suite(const std::string& name, std::optional<std::uint64_t> night);
  /// Returns {nights, groups, read, of}: pass rates, rates of the groups, and medians over the
  /// runs of each night of recovery time, throughput and new behaviours, which are read from the
  /// runs for at most a quarter of a second: ask again until `read` is `of`.
  base::Result<base::Json> trends(const std::string& name, FactsCache& cache, base::Instant now);

 private:
  base::Result<const harness::Ledger*> ledger();
  const harness::OpenDirectory& store_;
  std::optional<harness::Ledger> ledger_;
  std::uint64_t inode_ = 0, bytes_ = 0;
  std::int64_t modified_ns_ = 0;
};

}  // namespace capsize::serve
