#include "node/raft/chain_hash.h"

#include <bit>
#include <cstring>

namespace capsize::raft {
namespace {

constexpr std::uint64_t absorb(std::uint64_t hash, std::uint64_t word) {
  return std::rotl((hash ^ word) * 0x9e3779b97f4a7c15ULL, 29) ^ (word * 0xc2b2ae3d27d4eb4fULL);
}

}  // namespace

std::uint64_t chain_hash(std::uint64_t previous, const Entry& entry) {
  std::uint64_t hash = absorb(previous, entry.term.value());
  hash = absorb(hash, static_cast<std::uint64_t>(entry.type));
  hash = absorb(hash, entry.payload->size());
  const char* data = entry.payload->data();
  std::size_t left = entry.payload->size();
  while (left > 0) {
    const std::size_t taken = left < 8 ? left : 8;
    std::uint64_t word = 0;
    std::memcpy(&word, data, taken);
    hash = absorb(hash, word);
    data += taken;
    left -= taken;
  }
  return hash;
}

}  // namespace capsize::raft
