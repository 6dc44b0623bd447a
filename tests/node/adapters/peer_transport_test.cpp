// The sockets of two nodes, directly connected.
#include "node/transport/peer_transport.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zmq.h>

#include "node/transport/poller.h"
#include "tests/node/adapters/log_samples.h"

namespace capsize::transport {
namespace {

constexpr raft::NodeId kOne{1}, kTwo{2};

std::string endpoint(const char* name) {
  return "ipc://@capsize-test-" + std::to_string(::getpid()) + "-" + name;
}

struct PeerTransportTest : ::testing::Test {
  static std::unique_ptr<PeerTransport> open(const Context& context, std::uint64_t run,
                                             raft::NodeId self) {
    const auto at = [](raft::NodeId node) { return endpoint(node == kOne ? "one" : "two"); };
    const raft::NodeId other = self == kOne ? kTwo : kOne;
    auto opened = PeerTransport::open(context, {run, self, 1, at(self), {{other, at(other)}}});
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(opened).value();
  }
  /// A message whose content the codec does not interpret.
  static replica::PeerMessage piece(std::string content) {
    raft::InstallSnapshot body;
    body.last.id = {raft::Term(1), raft::Index(1)};
    body.size = content.size();
    body.piece = std::move(content);
    return {kOne, kTwo, raft::Term(1), raft::MessageBody(std::move(body))};
  }
  /// Sends repeatedly until one arrives: the connection may take a while.
  static std::optional<replica::PeerMessage> send_until_received(
      PeerTransport& from, PeerTransport& to, const replica::PeerMessage& message) {
    Poller poller;
    poller.watch(to.socket());
    for (int attempt = 0; attempt < 10'000; ++attempt) {
      from.send(message, base::Instant());
      poller.wait(std::chrono::milliseconds(5));
      if (auto received = to.receive()) return received;
    }
    return std::nullopt;
  }
  Context context;
};

TEST_F(PeerTransportTest, Message_SmallOrLarge_ArrivesComplete) {
  const auto one = open(context, 7, kOne);
  const auto two = open(context, 7, kTwo);
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{3} << 20}) {
    const std::string payload(size, 'x');
    while (two->receive()) {
    }
    const auto received = send_until_received(*one, *two, piece(payload));
    ASSERT_TRUE(received) << size;
    const auto& body = std::get<raft::InstallSnapshot>(std::get<raft::MessageBody>(received->body));
    EXPECT_EQ(body.piece, payload);
  }
  EXPECT_TRUE(two->dropped().empty());
}

TEST_F(PeerTransportTest, PeerThatDoesNotRead_LosesMessagesInsteadOfBlocking) {
  const auto one = open(context, 7, kOne);
  const auto two = open(context, 7, kTwo);
  ASSERT_TRUE(send_until_received(*one, *two, piece("x")));
  for (int n = 0; n < 5000; ++n) one->send(piece(std::string(1000, 'x')), base::Instant());
  EXPECT_GT(one->dropped().at("unsent"), 1000U);
}

TEST_F(PeerTransportTest, BurstsThatFitIntoTheQueue_AreNeverLost) {
  const auto one = open(context, 7, kOne);
  const auto two = open(context, 7, kTwo);
  ASSERT_TRUE(send_until_received(*one, *two, piece("x")));
  while (two->receive()) {
  }
  const std::uint64_t unsent_before = one->dropped()["unsent"];  // while it was not connected
  Poller poller;
  poller.watch(two->socket());
  for (int burst = 0; burst < 200; ++burst) {
    for (int n = 0; n < 64; ++n) one->send(piece("x"), base::Instant());
    for (int n = 0; n < 64;) {
      poller.wait(std::chrono::seconds(10));
      ASSERT_TRUE(poller.ready(0)) << "burst " << burst;
      while (two->receive()) ++n;
    }
  }
  EXPECT_EQ(one->dropped()["unsent"], unsent_before);
}

TEST_F(PeerTransportTest, FramesOfAnotherRun_AreCountedAndDropped) {
  const auto stranger = open(context, 8, kOne);
  const auto two = open(context, 7, kTwo);
  Poller poller;
  poller.watch(two->socket());
  for (int attempt = 0; attempt < 10'000 && two->dropped().empty(); ++attempt) {
    stranger->send(piece("x"), base::Instant());
    poller.wait(std::chrono::milliseconds(5));
    ASSERT_FALSE(two->receive());
  }
  EXPECT_GT(two->dropped().at("wrong-run"), 0U);
}

TEST_F(PeerTransportTest, HostileFrames_AreCountedAndDropped) {
  const auto two = open(context, 7, kTwo);
  Socket sender(context, ZMQ_PUSH);
  ASSERT_TRUE(sender.connect(endpoint("two")));
  zmq_send(sender.handle(), "x", 1, 0);
  zmq_send(sender.handle(), "a", 1, ZMQ_SNDMORE);
  zmq_send(sender.handle(), "b", 1, ZMQ_SNDMORE);
  zmq_send(sender.handle(), "c", 1, 0);
  const std::string zeroes(wire::kHeaderBytes, '\0');
  zmq_send(sender.handle(), zeroes.data(), zeroes.size(), ZMQ_SNDMORE);
  zmq_send(sender.handle(), "", 0, 0);
  wire::Header header{wire::MessageType::kAppendEntries, 7, 1, 2, 1, 1, 0, 1, 0};
  const auto frame = wire::encode(header, "not entries");
  zmq_send(sender.handle(), frame.data(), frame.size(), ZMQ_SNDMORE);
  zmq_send(sender.handle(), "not entries", 11, 0);
  header.from = 9;
  const auto unknown = wire::encode(header, "");
  zmq_send(sender.handle(), unknown.data(), unknown.size(), ZMQ_SNDMORE);
  zmq_send(sender.handle(), "", 0, 0);
  Poller poller;
  poller.watch(two->socket());
  for (int wait = 0; wait < 1000 && two->dropped().count("unknown-sender") == 0; ++wait) {
    poller.wait(std::chrono::milliseconds(30));
    ASSERT_FALSE(two->receive());
  }
  const std::map<std::string, std::uint64_t> expected = {
      {"wrong-frames", 2}, {"wrong-magic", 1}, {"wrong-payload", 1}, {"unknown-sender", 1}};
  EXPECT_EQ(two->dropped(), expected);
}

TEST_F(PeerTransportTest, EndpointInUse_IsAnErrorThatNamesIt) {
  const auto one = open(context, 7, kOne);
  const auto again = PeerTransport::open(context, {7, kOne, 1, endpoint("one"), {}});
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find(endpoint("one")), std::string::npos);
}

}  // namespace
}  // namespace capsize::transport
