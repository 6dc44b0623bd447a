// A run as text for a terminal, from the files of its directory: the summary, the operations of the
// failing key around the failure, and the cluster around it, one line an event and one column a
// node, as TigerBeetle's simulator (VOPR) prints its cluster.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "harness/evidence/recorded_outcome.h"

namespace capsize::harness {

struct ShowOptions {
  std::optional<std::string> key;        // nothing: that of the main failure
  std::optional<base::Duration> around;  // since the start of the load; nothing: the main failure
  std::optional<base::Duration> length;  // of the time that is shown; nothing: from the failure
  bool messages = false;                 // every message, not only those that tell something
  std::size_t columns = 100;
  bool colours = false;
};

/// The time that is shown in detail, since the start of the load.
struct ShownTime {
  base::Duration begin{};
  base::Duration end{};
  base::Duration focus{};  // what is closest to it is kept if there is too much
};

/// Error: the history has no operation of the key that was asked for; names some that it has.
[[nodiscard]] base::Result<std::string> shown_run(const RecordedOutcome& run,
                                                  const ShowOptions& options);

}  // namespace capsize::harness
