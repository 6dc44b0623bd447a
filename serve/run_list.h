// The runs of a store, the newest first, in pages. Names come from the directories and are cheap;
// results are read only for the runs that a page looks at.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "harness/store/beneath.h"
#include "serve/run_facts.h"

namespace capsize::serve {

/// What a reader of a list wants to see; empty: everything.
struct RunFilter {
  std::string scenario;
  std::string verdict;
  std::string signature;  ///< its beginning
  std::string text;       ///< in the name, label, sentence, bug or cause; case does not count
  std::string before;     ///< cursor: the position after which to begin
};

/// The name of the newest run of a scenario; empty if it has none.
[[nodiscard]] std::string newest_run_of(const harness::OpenDirectory& scenario);

class RunList {
 public:
  static constexpr std::size_t kPageRuns = 50;

  explicit RunList(const harness::OpenDirectory& store) : store_(store) {}

  /// Returns {runs, next, searched, total, scenarios}. `next` is the cursor of what follows, or
  /// null. It reads results for at most a quarter of a second, so a filter that few runs pass may
  /// return fewer than a page, or none, and still a cursor: ask again.
  base::Json page(const RunFilter& filter, base::Instant now);
  [[nodiscard]] FactsCache& cache() { return cache_; }

 private:
  void read_names(base::Instant now);
  const harness::OpenDirectory& store_;
  std::vector<RunName> names_;  // the newest first
  std::vector<std::string> scenarios_;
  std::optional<base::Instant> names_read_;
  FactsCache cache_;
};

/// How long a request may read results.
class ReadingBudget {
 public:
  ReadingBudget();
  [[nodiscard]] bool is_spent() const;

 private:
  base::Instant begin_;
};

}  // namespace capsize::serve
