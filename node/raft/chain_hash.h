// A hash chained over log entries: two logs whose hashes agree at an index agree in all entries up
// to it. Traces carry it, so that a checker can verify Log Matching and State Machine Safety.
//
// Definition (for another implementation that writes comparable traces). All numbers have 64 bits,
// words are little endian, and a last partial word is padded with zero bytes:
//
//   absorb(h, w) = rotl((h ^ w) * 0x9e3779b97f4a7c15, 29) ^ (w * 0xc2b2ae3d27d4eb4f)
//   hash(0)      = 0xcbf29ce484222325
//   hash(i)      = absorb over term, type, payload length, payload words, starting from hash(i - 1)
//
// It detects mistakes; it does not resist adversaries.
#pragma once

#include <cstdint>

#include "node/raft/types.h"

namespace capsize::raft {

/// The hash of an empty log.
inline constexpr std::uint64_t kEmptyLogHash = 0xcbf29ce484222325ULL;

/// The hash at `entry`, given the hash at the entry before it. Linear in the payload's length.
[[nodiscard]] std::uint64_t chain_hash(std::uint64_t previous, const Entry& entry);

}  // namespace capsize::raft
