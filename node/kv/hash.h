// Hash of the replicated state, for tests and status: equal states have equal hashes.
#pragma once

#include <cstdint>
#include <string_view>

namespace capsize::kv {

inline constexpr std::uint64_t kHashStart = 0xcbf29ce484222325ULL;

/// FNV-1a over the bytes, then the length, so that neighbours cannot lend each other bytes.
[[nodiscard]] inline std::uint64_t absorb(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return (hash ^ bytes.size()) * 0x9e3779b97f4a7c15ULL;
}

}  // namespace capsize::kv
