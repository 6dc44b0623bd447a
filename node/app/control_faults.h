// The control requests that make faults (node/PROTOCOL.md, Control): each is read whole before it
// changes anything, and what is not understood is refused with key, found and expected.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "node/app/clock.h"
#include "node/storage/disk_faults.h"

namespace capsize::app {

[[nodiscard]] nlohmann::json refusal(std::string why);
[[nodiscard]] nlohmann::json change_clock(NodeClock& clock, const nlohmann::json& request,
                                          base::Instant true_time);
[[nodiscard]] nlohmann::json change_disk(storage::DiskFaults& disk, const nlohmann::json& request);
/// After an answer that is ok the process must die (DiskFaults::crash).
[[nodiscard]] nlohmann::json crash_disk(storage::DiskFaults& disk, const nlohmann::json& request);

}  // namespace capsize::app
