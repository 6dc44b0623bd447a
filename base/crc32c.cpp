#include "base/crc32c.h"

#include <array>
#include <cstring>

namespace capsize::base {
namespace {

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

// Slicing-by-8 (Kounavis & Berry, 2005): eight bytes per step, on any processor.
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0x82f63b78U & (0U - (crc & 1U)));
    tables[0][i] = crc;
  }
  for (std::size_t slice = 1; slice < 8; ++slice) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t previous = tables[slice - 1][i];
      tables[slice][i] = (previous >> 8) ^ tables[0][previous & 0xffU];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

std::uint32_t by_tables(std::string_view bytes, std::uint32_t crc) {
  const char* data = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, data += 8) {
    std::uint64_t word;
    std::memcpy(&word, data, 8);  // little endian, like all formats of Capsize
    word ^= crc;
    crc = 0;
    for (std::size_t slice = 0; slice < 8; ++slice) {
      crc ^= kTables[7 - slice][(word >> (8 * slice)) & 0xffU];
    }
  }
  for (; left > 0; --left, ++data) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<unsigned char>(*data)) & 0xffU];
  }
  return crc;
}

#if defined(__x86_64__)
// The CRC32 instruction of SSE 4.2: 5 to 10 GB/s.
[[gnu::target("sse4.2")]] std::uint32_t by_instruction(std::string_view bytes, std::uint32_t crc) {
  const char* data = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t wide = crc;
  for (; left >= 8; left -= 8, data += 8) {
    std::uint64_t word;
    std::memcpy(&word, data, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (; left > 0; --left, ++data) {
    narrow = __builtin_ia32_crc32qi(narrow, static_cast<unsigned char>(*data));
  }
  return narrow;
}

bool has_instruction() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}
#else
std::uint32_t by_instruction(std::string_view bytes, std::uint32_t crc) {
  return by_tables(bytes, crc);
}
bool has_instruction() {
  return false;
}
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
  return ~(has_instruction() ? by_instruction(bytes, ~crc) : by_tables(bytes, ~crc));
}

std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t crc) {
  return ~by_tables(bytes, ~crc);
}

}  // namespace capsize::base
