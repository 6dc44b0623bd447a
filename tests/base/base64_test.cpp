#include "base/base64.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace capsize::base {
namespace {

// RFC 4648, section 10.
TEST(Base64, TestVectors) {
  for (const auto& [bytes, text] : {std::pair{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, AllBytes_ReadBack) {
  Prng random(4711);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random.below(256));
    ASSERT_EQ(from_base64(to_base64(bytes)), bytes) << size;
  }
}

TEST(Base64, AnythingElse_IsRefused) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg==Zg==", "=g==", "Z===", "Zm9\n", "Zm9v\n", "Zm-_",
                           "Zh==", "Zm9=", "Z\xC3\xA4g"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace capsize::base
