// The control requests that make faults (node/PROTOCOL.md, Control): each is read whole before it
// changes anything, and what is not understood is refused with key, found and expected.
#pragma once

#include <string>
#include "base/json.h"

#include "node/app/clock.h"
#include "node/storage/disk_faults.h"

namespace capsize::app {

[[nodiscard]] base::Json refusal(std::string why);
[[nodiscard]] base::Json change_clock(NodeClock& clock, const base::Json& request,
                                      base::Instant true_time);
[[nodiscard]] base::Json change_disk(storage::DiskFaults& disk, const base::Json& request);
/// After an answer that is ok the process must die (DiskFaults::crash).
[[nodiscard]] base::Json crash_disk(storage::DiskFaults& disk, const base::Json& request);

}  // namespace capsize::app
