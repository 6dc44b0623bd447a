// The runs in progress that browsers look at, each followed by one watch for all of them.
#pragma once

#include <list>
#include <optional>

#include "base/json.h"
#include "base/time.h"
#include "harness/live/run_watch.h"
#include "harness/store/beneath.h"
#include "serve/run_facts.h"

namespace capsize::serve {

class LiveRuns {
 public:
  static constexpr std::size_t kRunsMax = 4;  ///< at a time; the one that was asked for least goes

  explicit LiveRuns(const harness::OpenDirectory& store) : store_(store) {}
  /// The state of a run now; nothing if there is no such run. A history of 100 MB takes some
  /// dozens of calls until it is read (RunSnapshot::history_read).
  std::optional<base::Json> snapshot(const RunName& run, base::Instant now);
  /// Ends the watches that were not asked for in the last minute.
  void forget_unused(base::Instant now);

 private:
  struct Watched {
    RunName run;
    harness::RunWatch watch;
    base::Instant asked;
    std::optional<base::Instant> polled;
  };
  const harness::OpenDirectory& store_;
  std::list<Watched> watched_;  // the one that was asked for last comes first
};

}  // namespace capsize::serve
