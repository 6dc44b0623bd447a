// A cut is a cut, with real sockets: proved by the receiver from the numbers and times in the
// headers, never from what the proxy says about itself.
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>
#include <zmq.hpp>

#include "nemesis/proxy/proxy.h"
#include "node/wire/header.h"
#include "node/wire/link.h"

namespace capsize::nemesis::proxy {
namespace {

using nlohmann::json;

constexpr std::uint64_t kRun = 4711;
constexpr std::uint64_t kMessages = 100'000;
constexpr std::uint64_t kCuts = 25;
constexpr int kAnswerMsMax = 30'000;

std::int64_t now_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

struct Arrival {
  std::uint64_t sequence;
  std::int64_t sent_ns;
};
struct Window {
  std::int64_t begin_ns, end_ns;  // of a cut, as the proxy's answers give them
};

/// n1 -> proxy -> n2, with names of its own so that parallel tests never meet.
class ProxyCutTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string base = "ipc://@capsize-test-" + std::to_string(::getpid()) + "-";
    in_ = base + "in";
    out_ = base + "out";
    auto proxy = Proxy::open({kRun, 1, base + "control", {{{1, 2}, in_, out_}}});
    ASSERT_TRUE(proxy) << proxy.error().message;
    proxy_ = std::move(proxy).value();
    proxy_thread_ = std::thread([this] { proxy_->run(stop_fd_); });
    control_.set(zmq::sockopt::linger, 0);
    control_.set(zmq::sockopt::rcvtimeo, kAnswerMsMax);
    control_.connect(base + "control");
    receiver_.set(zmq::sockopt::rcvhwm, wire::kLinkMessagesMax);
    receiver_.bind(out_);
    sender_.set(zmq::sockopt::linger, 0);
    sender_.set(zmq::sockopt::sndhwm, wire::kLinkMessagesMax);
    sender_.set(zmq::sockopt::sndtimeo, kAnswerMsMax);
    sender_.connect(in_);
  }
  void TearDown() override {
    const std::uint64_t one = 1;
    ASSERT_EQ(::write(stop_fd_, &one, sizeof one), 8);
    proxy_thread_.join();
    ::close(stop_fd_);
  }

  json ask(std::string_view request) {
    control_.send(zmq::buffer(request), zmq::send_flags::none);
    zmq::message_t reply;
    if (!control_.recv(reply)) return {{"ok", false}, {"error", "no answer"}};
    return json::parse(reply.to_string_view());
  }
  std::int64_t cut() {
    const json reply =
        ask(R"({"op":"install","id":1,"links":[["n1","n2"]],"action":{"kind":"cut"}})");
    EXPECT_EQ(reply.at("ok"), true) << reply;
    return reply.at("time");
  }
  std::int64_t heal() {
    const json reply = ask(R"({"op":"remove","id":1})");
    EXPECT_EQ(reply.at("ok"), true) << reply;
    EXPECT_GT(reply.at("evidence").at("discarded"), 0) << "the cut bit nothing";
    return reply.at("time");
  }
  json link_stats() { return ask(R"({"op":"stats"})").at("links").at("n1>n2"); }
  /// How many copies the receiver's socket was given, once the proxy has read all that was sent.
  std::uint64_t wait_until_all_is_read() {
    json stats = link_stats();
    while (stats.at("seen") < sent_.load()) stats = link_stats();
    return stats.at("delivered");
  }
  void receive_all_delivered() {
    const std::uint64_t delivered = wait_until_all_is_read();
    while (arrivals_.size() < delivered && receive_one(kAnswerMsMax)) {
    }
    EXPECT_EQ(arrivals_.size(), delivered);
  }

  void send_one() {
    wire::Header header;
    header.type = wire::MessageType::kAppendEntries;
    header.run_id = kRun;
    header.from = 1;
    header.to = 2;
    header.sequence = sent_ + 1;
    header.sent_ns = now_ns();
    const wire::HeaderFrame frame = wire::encode(header, payload_);
    ASSERT_TRUE(sender_.send(zmq::buffer(frame), zmq::send_flags::sndmore));
    ASSERT_TRUE(sender_.send(zmq::buffer(payload_), zmq::send_flags::none));
    ++sent_;
  }
  /// False: nothing came within `wait_ms`.
  bool receive_one(int wait_ms) {
    receiver_.set(zmq::sockopt::rcvtimeo, wait_ms);
    zmq::message_t header, payload;
    if (!receiver_.recv(header) || !receiver_.recv(payload)) return false;
    const auto decoded =
        wire::decode(header.to_string_view(), payload.to_string_view(), {kRun, 2, 1});
    const auto* decoded_header = std::get_if<wire::Header>(&decoded);
    EXPECT_NE(decoded_header, nullptr);
    if (decoded_header != nullptr) {
      arrivals_.push_back({decoded_header->sequence, decoded_header->sent_ns});
    }
    return true;
  }
  /// A probe arrives. The first ones may be lost: a sender learns with a delay that there is room.
  bool link_works() {
    const std::size_t before = arrivals_.size();
    for (int probe = 0; probe < 10'000 && arrivals_.size() == before; ++probe) {
      send_one();
      receive_all_delivered();
    }
    return arrivals_.size() > before && arrivals_.back().sequence == sent_;
  }
  /// Nothing sent during a cut arrived, everything that did is in order and came once.
  void expect_strict(const std::vector<Window>& windows) {
    std::uint64_t leaked = 0;
    for (const Arrival& arrival : arrivals_) {
      for (const Window& window : windows) {
        leaked += arrival.sent_ns >= window.begin_ns && arrival.sent_ns < window.end_ns;
      }
    }
    EXPECT_EQ(leaked, 0U) << "messages that were sent during a cut arrived";
    for (std::size_t i = 1; i < arrivals_.size(); ++i) {
      ASSERT_LT(arrivals_[i - 1].sequence, arrivals_[i].sequence);
    }
  }

  std::string in_, out_;
  std::string payload_ = std::string(128, 'x');
  int stop_fd_ = ::eventfd(0, EFD_CLOEXEC);
  zmq::context_t context_;
  zmq::socket_t control_{context_, zmq::socket_type::dealer};
  zmq::socket_t sender_{context_, zmq::socket_type::push};
  zmq::socket_t receiver_{context_, zmq::socket_type::pull};
  std::unique_ptr<Proxy> proxy_;
  std::thread proxy_thread_;
  std::atomic<std::uint64_t> sent_{0};
  std::vector<Arrival> arrivals_;
};

TEST_F(ProxyCutTest, Cut_RepeatedUnderLoad_NothingSentMeanwhileEverArrives) {
  ASSERT_TRUE(link_works());
  std::atomic<bool> sending{true};
  std::atomic<std::uint64_t> expected{std::numeric_limits<std::uint64_t>::max()};
  std::thread receiver([&] {
    while (arrivals_.size() < expected) receive_one(10);
  });
  std::thread sender([&] {
    while (sending) send_one();
  });
  // Progress of the sender, not time, decides when a cut begins and ends.
  const auto wait_for_more = [&](std::uint64_t messages) {
    const std::uint64_t target = sent_ + messages;
    while (sent_ < target) std::this_thread::yield();
  };
  std::vector<Window> windows;
  while (windows.size() < kCuts || sent_ < kMessages) {
    wait_for_more(kMessages / kCuts / 2);
    const std::int64_t begin = cut();
    wait_for_more(kMessages / kCuts / 2);
    windows.push_back({begin, heal()});
  }
  sending = false;
  sender.join();
  expected = wait_until_all_is_read();
  receiver.join();
  const json stats = link_stats();
  expect_strict(windows);
  // It floods, so most is lost outside of the cuts too; but the link did work.
  EXPECT_GT(arrivals_.size(), kMessages / 100);
  RecordProperty("delivered", std::to_string(arrivals_.size()));
  RecordProperty("stats", stats.dump());
}

TEST_F(ProxyCutTest, Cut_WithAPausedReceiver_DeliversAfterwardsOnlyWhatWasHandedOverBefore) {
  std::vector<Window> windows;
  for (int round = 0; round < 10; ++round) {
    // The receiver reads nothing in the whole round: the link fills up, then loses.
    for (int n = 0; n < 5000; ++n) send_one();
    const std::int64_t begin = cut();
    for (int n = 0; n < 500; ++n) send_one();
    windows.push_back({begin, heal()});
    for (int n = 0; n < 100; ++n) send_one();
    receive_all_delivered();
    EXPECT_TRUE(link_works());
  }
  expect_strict(windows);
  const json stats = link_stats();
  EXPECT_GT(stats["lost"], 0) << stats;
  EXPECT_EQ(stats["delivered"], arrivals_.size()) << stats;
  RecordProperty("stats", stats.dump());
}

TEST_F(ProxyCutTest, PausedReceiver_WhileMessagesGoOn_HoldsFewOfThem) {
  for (int n = 0; n < 20'000; ++n) send_one();
  receive_all_delivered();
  // Both queues, and the kernel's buffer in between (which counts its own overhead a message).
  EXPECT_LT(arrivals_.size(), 3U * wire::kLinkMessagesMax);
  RecordProperty("held", std::to_string(arrivals_.size()));
}

/// Unix sockets of this process (both ends of every link are here) whose kernel buffer is small.
int sockets_with_small_buffers() {
  int count = 0;
  for (int fd = 0; fd < 256; ++fd) {
    int bytes = 0;
    socklen_t size = sizeof bytes;
    if (::getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, &size) != 0) continue;
    count += bytes <= 2 * wire::kLinkBufferBytes;  // the kernel doubles what it is asked for
  }
  return count;
}

TEST_F(ProxyCutTest, ConnectionToTheReceiver_HasASmallKernelBuffer) {
  ASSERT_TRUE(link_works());
  EXPECT_EQ(sockets_with_small_buffers(), 1);
}

TEST_F(ProxyCutTest, BurstsThatFitTheQueue_AreNeverLost) {
  // Regression, found by the throughput bench: libzmq refused bursts although all was long read.
  ASSERT_TRUE(link_works());
  const std::uint64_t lost_before = link_stats().at("lost");
  for (int burst = 0; burst < 200; ++burst) {
    for (int n = 0; n < 64; ++n) send_one();
    for (int n = 0; n < 64; ++n) ASSERT_TRUE(receive_one(kAnswerMsMax)) << "burst " << burst;
  }
  EXPECT_EQ(link_stats().at("lost"), lost_before);
}

TEST_F(ProxyCutTest, HostileFrames_AreCountedAndDoNotStopTheLink) {
  sender_.send(zmq::str_buffer("x"), zmq::send_flags::none);
  sender_.send(zmq::str_buffer("a"), zmq::send_flags::sndmore);
  sender_.send(zmq::str_buffer("b"), zmq::send_flags::sndmore);
  sender_.send(zmq::str_buffer("c"), zmq::send_flags::none);
  sender_.send(zmq::buffer(std::string(wire::kHeaderBytes, '\0')), zmq::send_flags::sndmore);
  sender_.send(zmq::str_buffer(""), zmq::send_flags::none);
  EXPECT_TRUE(link_works());
  EXPECT_EQ(link_stats()["malformed"], 3);
}

TEST(Proxy_, Open_EndpointInUse_NamesIt) {
  const std::string base = "ipc://@capsize-test-" + std::to_string(::getpid()) + "-twice-";
  const Settings settings{kRun, 1, base + "control", {}};
  const auto first = Proxy::open(settings);
  ASSERT_TRUE(first);
  const auto second = Proxy::open(settings);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find(base + "control"), std::string::npos);
}

}  // namespace
}  // namespace capsize::nemesis::proxy
