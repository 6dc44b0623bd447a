// Did the kernel's out-of-memory killer end a process? A node that it killed did not crash.
#pragma once

#include <cstdint>
#include <string_view>

namespace capsize::harness {

/// Returns the number of processes that the kernel's out-of-memory killer has ended: on the machine
/// since it booted, or in the control group of this process since its creation, whichever is larger
/// (a container may not see the first). 0 if the kernel reports neither.
[[nodiscard]] std::uint64_t out_of_memory_kills();

/// Bytes that this process and its children may use: the machine's memory or the control group's
/// limit, whichever is smaller. 0 if the kernel reports neither.
[[nodiscard]] std::uint64_t memory_available();

/// The number after `name` at the beginning of a line of `text`: "oom_kill 3", "MemTotal:  8 kB". 0
/// if there is none.
[[nodiscard]] std::uint64_t number_of(std::string_view text, std::string_view name);

}  // namespace capsize::harness
