// How many files and sockets this process and its children may have open.
#pragma once

#include <cstdint>

namespace capsize::harness {

/// Raises the soft limit (`ulimit -n`, often 1024) to the hard one; children inherit it. Returns
/// the new limit.
std::uint64_t raise_descriptor_limit();

}  // namespace capsize::harness
