// A client against a node that the test simulates: what is recorded for every kind of reply.
#include "harness/client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <zmq.hpp>
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

class ClientTest : public testing::Test {
 protected:
  ClientTest()
      : endpoint_("ipc://@capsize-client-test-" + std::to_string(::getpid())),
        router_(zmq_, zmq::socket_type::router),
        clock_(monotonic_now()) {
    EXPECT_TRUE(history_.open(path() / "h.jsonl", "{}"));
    router_.set(zmq::sockopt::linger, 0);
    router_.set(zmq::sockopt::rcvtimeo, 5000);
  }
  std::filesystem::path path() const { return directory_.path(); }

  Client client(base::Duration timeout = 5s) {
    return Client(messaging_, history_, clock_,
                  {.thread = 2,
                   .threads = 10,
                   .nodes = {{.endpoint = endpoint_, .traffic = &traffic_}},
                   .timeout = timeout});
  }
  /// Sends once the connection is established; before that every attempt records `unreachable`.
  void invoke_connected(Client& to, const workloads::Operation& operation) {
    const auto until = monotonic_now() + 5s;
    while (to.invoke(operation)) ASSERT_LT(monotonic_now(), until) << "never connected";
  }
  /// Returns the next request of process 2; skips those of retired processes.
  base::Json receive() {
    for (;;) {
      zmq::message_t identity, frame;
      if (!router_.recv(identity) || !router_.recv(frame)) return nullptr;
      identity_ = identity.to_string();
      auto request = base::Json::parse(frame.to_string());
      if (request["client"] == 2) return request;
    }
  }
  void reply(const std::string& frame) {
    router_.send(zmq::buffer(identity_), zmq::send_flags::sndmore);
    router_.send(zmq::buffer(frame));
  }
  std::optional<Finished> await(const std::function<std::optional<Finished>()>& poll) {
    for (const auto until = monotonic_now() + 5s; monotonic_now() < until;) {
      if (auto finished = poll()) return finished;
    }
    return std::nullopt;
  }
  base::Json last_line() {
    history_.flush();
    std::ifstream file(path() / "h.jsonl");
    std::string last;
    for (std::string line; std::getline(file, line);) last = line;
    return base::Json::parse(last);
  }

  std::string endpoint_;
  zmq::context_t zmq_;
  zmq::socket_t router_;
  std::string identity_;
  ClientTraffic traffic_;
  const TemporaryDirectory directory_;
  Messaging messaging_;
  HistoryWriter history_;
  RunClock clock_;
};

TEST_F(ClientTest, NoNode_IsADefiniteFailureBecauseNothingWasSent) {
  Client c = client();
  const auto finished = c.invoke({"write", "x", 1});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->type, EventType::kFail);
  EXPECT_EQ(last_line()["error"], "unreachable");
  EXPECT_FALSE(c.busy());
}

TEST_F(ClientTest, OkReply_IsRecordedWithTheValueRead) {
  router_.bind(endpoint_);
  Client c = client();
  invoke_connected(c, {"read", "x", nullptr});
  const auto request = receive();
  EXPECT_EQ(request["f"], "read");
  EXPECT_EQ(request["client"], 2);
  EXPECT_EQ(last_line()["type"], "invoke") << "recorded before the reply, let alone after it";
  reply(base::Json({{"id", request["id"]}, {"outcome", "ok"}, {"value", 7}}).dump());
  const auto finished = await([&] { return c.take_reply(); });
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->type, EventType::kOk);
  EXPECT_EQ(last_line()["value"], 7);
  EXPECT_EQ(last_line()["process"], 2);
}

TEST_F(ClientTest, ReplyToAnotherRequest_IsIgnored) {
  router_.bind(endpoint_);
  Client c = client();
  invoke_connected(c, {"write", "x", 1});
  const auto request = receive();
  const auto id = request["id"].get<std::uint64_t>();
  reply(base::Json({{"id", id + 1}, {"outcome", "fail"}}).dump());
  reply(base::Json({{"id", id}, {"outcome", "ok"}}).dump());
  EXPECT_EQ(await([&] { return c.take_reply(); })->type, EventType::kOk);
}

TEST_F(ClientTest, MalformedReply_IsIndeterminateAndRetiresTheProcessNumber) {
  router_.bind(endpoint_);
  for (const std::string frame :
       {"not json", "[]", "{}", R"({"id":"x"})", R"({"id":1,"outcome":5})"}) {
    Client c = client();
    invoke_connected(c, {"write", "x", 1});
    receive();
    reply(frame);
    const auto finished = await([&] { return c.take_reply(); });
    ASSERT_TRUE(finished) << frame;
    EXPECT_EQ(finished->type, EventType::kInfo) << frame;
    EXPECT_EQ(last_line()["process"], 2) << frame;
    c.invoke({"write", "x", 2});
    EXPECT_EQ(last_line()["process"], 12) << "old number + number of client threads";
  }
}

TEST_F(ClientTest, UnknownOutcome_IsIndeterminate) {
  router_.bind(endpoint_);
  Client c = client();
  invoke_connected(c, {"write", "x", 1});
  const auto request = receive();
  reply(base::Json({{"id", request["id"]}, {"outcome", "maybe"}, {"error", "odd"}}).dump());
  EXPECT_EQ(await([&] { return c.take_reply(); })->type, EventType::kInfo);
  EXPECT_EQ(last_line()["error"], "odd");
}

TEST_F(ClientTest, Timeout_IsIndeterminate_NeverAFailure) {
  router_.bind(endpoint_);
  Client c = client(1ms);
  invoke_connected(c, {"write", "x", 1});
  const auto finished = await([&] { return c.expire(); });
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->type, EventType::kInfo);
  EXPECT_EQ(last_line()["error"], "timeout");
}

TEST_F(ClientTest, NodeThatExited_MakesTheOpenOperationIndeterminateAtOnce) {
  router_.bind(endpoint_);
  Client c = client();
  invoke_connected(c, {"write", "x", 1});
  EXPECT_FALSE(c.expire());
  ++traffic_.endings;
  const auto finished = c.expire();
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->type, EventType::kInfo);
  EXPECT_EQ(last_line()["error"], "node ended");
}

}  // namespace
}  // namespace capsize::harness
