// Did the kernel's out-of-memory killer end a process? A node that it killed did not crash.
#pragma once

#include <cstdint>

namespace capsize::harness {

/// Returns the number of processes that the kernel's out-of-memory killer has ended: on the machine
/// since it booted, or in the control group of this process since its creation, whichever is larger
/// (a container may not see the first). 0 if the kernel reports neither.
[[nodiscard]] std::uint64_t out_of_memory_kills();

/// Bytes that this process and its children may use: the machine's memory or the control group's
/// limit, whichever is smaller. 0 if the kernel reports neither.
[[nodiscard]] std::uint64_t memory_available();

}  // namespace capsize::harness
