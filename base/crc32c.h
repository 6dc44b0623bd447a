// CRC32C (Castagnoli, RFC 3720 appendix B.4), for log records and wire frames.
#pragma once

#include <cstdint>
#include <string_view>

namespace capsize::base {

/// Continues `crc` over `bytes`; start with 0. crc32c("123456789") == 0xe3069283.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);
/// The same, with the implementation for processors without a CRC32 instruction.
std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace capsize::base
