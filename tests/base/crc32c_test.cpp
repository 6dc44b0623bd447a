#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace capsize::base {
namespace {

// RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
TEST(Crc32c, PublishedVectors) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  std::string ascending;
  for (int i = 0; i < 32; ++i) ascending.push_back(static_cast<char>(i));
  EXPECT_EQ(crc32c(ascending), 0x46dd794eU);
  EXPECT_EQ(crc32c(""), 0U);
}

TEST(Crc32c, InPieces_GivesTheSameResult) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32c(text.substr(cut), crc32c(text.substr(0, cut))), crc32c(text)) << cut;
  }
}

TEST(Crc32c, ByTables_GivesTheSameResultAtEveryLengthAndAlignment) {
  std::string text;
  for (int i = 0; i < 100; ++i) text.push_back(static_cast<char>(i * 37));
  for (std::size_t from = 0; from < 9; ++from) {
    for (std::size_t size = 0; from + size <= text.size(); ++size) {
      const std::string_view part = std::string_view(text).substr(from, size);
      ASSERT_EQ(crc32c_by_tables(part, 7), crc32c(part, 7)) << from << " " << size;
    }
  }
}

TEST(Crc32c, EveryFlippedBit_ChangesTheResult) {
  std::string text = "a log record";
  const std::uint32_t intact = crc32c(text);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(crc32c(text), intact) << bit;
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
  }
}

}  // namespace
}  // namespace capsize::base
