// Whether the kernel's out-of-memory killer was at work: a node that it killed did not end by
// itself.
#pragma once

#include <cstdint>
#include <string_view>

namespace capsize::harness {

/// Processes that were killed for want of memory: on the machine since it started, or in the
/// control group of this process since that was made, whichever counts more (in a container, the
/// first may not be visible). 0 where the kernel says neither.
[[nodiscard]] std::uint64_t out_of_memory_kills();

/// What this process and its children may use: the machine's memory or the control group's limit,
/// the smaller one. In bytes; 0 where the kernel says neither.
[[nodiscard]] std::uint64_t memory_available();

/// The number after `name` at the beginning of a line of `text`: "oom_kill 3", "MemTotal:  8 kB". 0
/// where there is none.
[[nodiscard]] std::uint64_t number_of(std::string_view text, std::string_view name);

}  // namespace capsize::harness
