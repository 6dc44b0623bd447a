// n1 -> proxy -> n2 with real sockets. The receiver proves what arrived from the sequence numbers
// and send times in the headers, never from the proxy's own counters.
#pragma once

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <limits>
#include <map>
#include <thread>
#include <zmq.hpp>
#include "base/json.h"

#include "nemesis/proxy/proxy.h"
#include "node/wire/endpoint.h"
#include "node/wire/header.h"

namespace capsize::nemesis::proxy {

using base::Json;

inline constexpr std::uint64_t kRun = 4711;
inline constexpr int kAnswerMsMax = 30'000;

inline std::int64_t now_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

struct Arrival {
  std::uint64_t sequence;
  std::int64_t sent_ns;
};
/// n1 -> proxy -> n2, with endpoints of its own, so that parallel tests do not interfere.
class ProxyLinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string base = "ipc://@capsize-test-" + std::to_string(::getpid()) + "-";
    in_ = base + "in";
    out_ = base + "out";
    auto proxy = Proxy::open({kRun, 1, base + "control", {{{1, 2}, in_, out_}}, limits_});
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

  Json ask(std::string_view request) {
    control_.send(zmq::buffer(request), zmq::send_flags::none);
    zmq::message_t reply;
    if (!control_.recv(reply)) return {{"ok", false}, {"error", "no answer"}};
    return Json::parse(reply.to_string_view());
  }
  Json link_stats() { return ask(R"({"op":"stats"})").at("links").at("n1>n2"); }
  /// Waits until the proxy has read everything sent. Returns how many copies the receiver's socket
  /// took.
  std::uint64_t wait_until_all_is_read() {
    Json stats = link_stats();
    while (stats.at("seen") < sent_.load()) stats = link_stats();
    return stats.at("delivered").get<std::uint64_t>();
  }
  void receive_all_delivered() {
    const std::uint64_t delivered = wait_until_all_is_read();
    while (received() < delivered && receive_one(kAnswerMsMax)) {
    }
    EXPECT_EQ(received(), delivered);
  }
  [[nodiscard]] std::uint64_t received() const {
    std::uint64_t received = arrivals_.size();
    for (const auto& [error, count] : refused_) received += count;
    return received;
  }

  void send_one(wire::MessageType type = wire::MessageType::kAppendEntries) {
    wire::Header header;
    header.type = type;
    header.run_id = kRun;
    header.from = 1;
    header.to = 2;
    header.sequence = sent_ + 1;
    header.term = term_;
    header.sent_ns = now_ns();
    const wire::HeaderFrame frame = wire::encode(header, payload_);
    ASSERT_TRUE(sender_.send(zmq::buffer(frame), zmq::send_flags::sndmore));
    ASSERT_TRUE(sender_.send(zmq::buffer(payload_), zmq::send_flags::none));
    ++sent_;
  }
  /// False: nothing arrived within `wait_ms`.
  bool receive_one(int wait_ms) {
    receiver_.set(zmq::sockopt::rcvtimeo, wait_ms);
    zmq::message_t header, payload;
    if (!receiver_.recv(header) || !receiver_.recv(payload)) return false;
    const auto decoded =
        wire::decode(header.to_string_view(), payload.to_string_view(), {kRun, 2, 1});
    if (const auto* decoded_header = std::get_if<wire::Header>(&decoded)) {
      arrivals_.push_back({decoded_header->sequence, decoded_header->sent_ns});
    } else {
      ++refused_[std::get<wire::HeaderError>(decoded)];
    }
    return true;
  }
  /// Sends probes until one arrives. The first ones may be lost: a sender notices free space with a
  /// delay.
  bool link_works() {
    const std::size_t before = arrivals_.size();
    for (int probe = 0; probe < 10'000 && arrivals_.size() == before; ++probe) {
      send_one();
      receive_all_delivered();
    }
    return arrivals_.size() > before && arrivals_.back().sequence == sent_;
  }
  std::string in_, out_;
  Limits limits_;
  std::string payload_ = std::string(128, 'x');
  int stop_fd_ = ::eventfd(0, EFD_CLOEXEC);
  zmq::context_t context_;
  zmq::socket_t control_{context_, zmq::socket_type::dealer};
  zmq::socket_t sender_{context_, zmq::socket_type::push};
  zmq::socket_t receiver_{context_, zmq::socket_type::pull};
  std::unique_ptr<Proxy> proxy_;
  std::thread proxy_thread_;
  std::atomic<std::uint64_t> sent_{0};
  std::uint64_t term_ = 1;
  std::vector<Arrival> arrivals_;
  std::map<wire::HeaderError, std::uint64_t> refused_;  // by the receiver
};

}  // namespace capsize::nemesis::proxy
