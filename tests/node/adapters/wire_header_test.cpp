#include "node/wire/header.h"

#include <gtest/gtest.h>

#include "node/wire/endpoint.h"

namespace capsize::wire {
namespace {

Header sample() {
  return {MessageType::kAppendEntries, 4711, 1, 2, 3, 4, -5, 6, 7};
}
constexpr Expected kExpected{4711, 2, 1};

std::string_view view(const HeaderFrame& frame) {
  return {frame.data(), frame.size()};
}

TEST(Header_, EncodeThenDecode_RoundTrips) {
  const auto frame = encode(sample(), "payload");
  const auto decoded = decode(view(frame), "payload", kExpected);
  ASSERT_TRUE(std::holds_alternative<Header>(decoded));
  EXPECT_EQ(std::get<Header>(decoded), sample());
}

TEST(Header_, Layout_IsAsDocumented) {
  const auto frame = encode(sample(), "payload");
  EXPECT_EQ(view(frame).substr(0, 8), std::string_view("CPSZ\x01\x00\x05\x00", 8));
  EXPECT_EQ(view(frame).substr(16, 8), std::string_view("\x01\0\0\0\x02\0\0\0", 8));
  EXPECT_EQ(static_cast<unsigned char>(frame[40]), 0xfb);  // -5, little endian
  EXPECT_EQ(frame[64], 7);                                 // bytes of payload
}

TEST(Header_, BitFlippedAnywhere_IsRefused) {
  const std::string payload = "payload";
  const auto good = encode(sample(), payload);
  for (std::size_t bit = 0; bit < kHeaderBytes * 8; ++bit) {
    auto damaged = good;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_TRUE(std::holds_alternative<HeaderError>(decode(view(damaged), payload, kExpected)))
        << bit;
  }
  for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
    std::string damaged = payload;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_EQ(std::get<HeaderError>(decode(view(good), damaged, kExpected)),
              HeaderError::kChecksum);
  }
}

TEST(Header_, ForAnotherReceiverSenderOrRun_IsRefusedWithTheCause) {
  const auto frame = encode(sample(), "");
  const auto error = [&](Expected expected) {
    return std::get<HeaderError>(decode(view(frame), "", expected));
  };
  EXPECT_EQ(error({4712, 2, 1}), HeaderError::kRun);
  EXPECT_EQ(error({4711, 3, 1}), HeaderError::kReceiver);
  EXPECT_EQ(error({4711, 2, 3}), HeaderError::kReceiver);
  EXPECT_TRUE(std::holds_alternative<Header>(decode(view(frame), "", {4711, 2, 0})));
}

TEST(Header_, WrongSizes_AreRefused) {
  const auto frame = encode(sample(), "payload");
  for (std::size_t size = 0; size < kHeaderBytes; ++size) {
    ASSERT_EQ(std::get<HeaderError>(decode(view(frame).substr(0, size), "payload", kExpected)),
              HeaderError::kLength);
  }
  std::string longer(kHeaderBytes + 1, 'x');
  view(frame).copy(longer.data(), kHeaderBytes);
  EXPECT_EQ(std::get<HeaderError>(decode(longer, "payload", kExpected)), HeaderError::kLength);
  EXPECT_EQ(std::get<HeaderError>(decode(view(frame), "payload longer", kExpected)),
            HeaderError::kLength);
}

TEST(Header_, WrongMagicVersionOrType_IsRefusedWithTheCause) {
  auto frame = encode(sample(), "");
  frame[0] = 'X';
  EXPECT_EQ(std::get<HeaderError>(decode(view(frame), "", kExpected)), HeaderError::kMagic);
  frame = encode(sample(), "");
  frame[4] = 2;
  EXPECT_EQ(std::get<HeaderError>(decode(view(frame), "", kExpected)), HeaderError::kVersion);
  Header unknown = sample();
  unknown.type = static_cast<MessageType>(kMessageTypeCount);
  frame = encode(unknown, "");
  EXPECT_EQ(std::get<HeaderError>(decode(view(frame), "", kExpected)), HeaderError::kType);
}

TEST(MessageType_, Names_RoundTrip) {
  for (std::size_t number = 1; number < kMessageTypeCount; ++number) {
    const auto type = static_cast<MessageType>(number);
    EXPECT_EQ(parse_type(name(type)), type);
  }
  EXPECT_EQ(parse_type("Heartbeat"), MessageType::kHeartbeat);
  EXPECT_EQ(parse_type(""), std::nullopt);
  EXPECT_EQ(parse_type("heartbeat"), std::nullopt);
}

TEST(NodeName, Parse_AcceptsOneSpellingOnly) {
  EXPECT_EQ(parse_node_name(node_name(12)), 12U);
  for (const char* text : {"", "n", "n0", "n01", "n1x", "x1", "n-1", "n+1", "n10000", "1", " n1"}) {
    EXPECT_EQ(parse_node_name(text), std::nullopt) << text;
  }
}

TEST(Endpoint, BeyondThisMachine_NeedsTheFlag) {
  for (const char* text : {"ipc://@name", "ipc:///tmp/x", "tcp://127.0.0.1:80", "tcp://[::1]:80",
                           "tcp://localhost:0", "tcp://127.8.8.8:65535"}) {
    EXPECT_TRUE(check_endpoint(text, false)) << text;
  }
  for (const char* text : {"tcp://0.0.0.0:80", "tcp://*:80", "tcp://127.evil.example:80",
                           "tcp://10.0.0.1:80", "tcp://127.0.0.1.example:80"}) {
    EXPECT_FALSE(check_endpoint(text, false)) << text;
    EXPECT_TRUE(check_endpoint(text, true)) << text;
  }
  for (const char* text : {"", "ipc://", "ipc://*", "udp://127.0.0.1:1", "tcp://127.0.0.1",
                           "tcp://127.0.0.1:65536", "tcp://127.0.0.1:x"}) {
    EXPECT_FALSE(check_endpoint(text, true)) << text;
  }
  EXPECT_FALSE(check_endpoint("ipc://@" + std::string(200, 'x'), true));
}

}  // namespace
}  // namespace capsize::wire
