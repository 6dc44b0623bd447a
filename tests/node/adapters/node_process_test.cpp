// A whole node in its own process: ports, driver, log thread and exit codes together. The child is
// this test binary, forked, and runs the same function as main() of capsize-node.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include "base/json.h"

#include "node/app/exit_codes.h"
#include "node/app/node_app.h"
#include "node/storage/descriptor.h"
#include "node/storage/file_system.h"
#include "node/transport/router.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::app {
namespace {

using base::Json;

constexpr base::Duration kAnswerWithin = std::chrono::seconds(30);
constexpr int kEndsWithinMs = 30'000;

class NodeProcess {
 public:
  explicit NodeProcess(const std::string& directory, pid_t parent = ::getpid()) {
    std::vector<std::string> arguments = {
        "capsize-node",       "--id",        "1",
        "--run-id",           "7",           "--data",
        directory + "/data",  "--trace",     directory + "/trace.jsonl",
        "--listen",           endpoint("l"), "--client",
        endpoint("c"),        "--control",   endpoint("k"),
        "--allow-faults",     "--parent",    std::to_string(parent),
        "--snapshot-every=10"};
    int out[2];
    EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(out[1], STDOUT_FILENO);
      std::vector<char*> raw;
      for (std::string& argument : arguments) raw.push_back(argument.data());
      ::_exit(run_node(raw));
    }
    ::close(out[1]);
    out_ = out[0];
  }
  ~NodeProcess() {
    if (pid_ > 0) end(SIGKILL);
    ::close(out_);
  }

  /// Empty if the process ended before it was ready.
  std::string ready_line() {
    std::string line;
    char c = 0;
    while (::read(out_, &c, 1) == 1 && c != '\n') line += c;
    return line;
  }
  /// The exit code, or minus the signal.
  int wait() {
    if (!ends_within(kEndsWithinMs)) {
      ADD_FAILURE() << "the process does not end";
      ::kill(pid_, SIGKILL);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  bool ends_within(int ms) {
    const storage::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    pollfd item{process.get(), POLLIN, 0};
    return ::poll(&item, 1, ms) == 1;
  }
  int end(int signal) {
    ::kill(pid_, signal);
    return wait();
  }
  static Json ask_control(std::string_view request) { return ask("k", request); }
  static Json ask_client(std::string_view request) { return ask("c", request); }
  static std::string endpoint(const char* name) {
    return "ipc://@capsize-test-" + std::to_string(::getpid()) + "-" + name;
  }

 private:
  static Json ask(const char* name, std::string_view request) {
    const auto answer = transport::ask(endpoint(name), request, kAnswerWithin);
    return answer ? Json::parse(*answer) : Json();
  }
  pid_t pid_ = -1;
  int out_ = -1;
};

/// A single node leads after one election timeout; until then it refuses writes.
void write_until_ok(int value) {
  const std::string request = R"({"id":1,"client":1,"sequence":1,"f":"write","key":"k","value":)" +
                              std::to_string(value) + "}";
  for (int attempt = 0; attempt < 100'000; ++attempt) {
    const Json reply = NodeProcess::ask_client(request);
    if (reply.value("outcome", "") == "ok") return;
  }
  ADD_FAILURE() << "the node never accepted a write";
}

Json read_until_ok() {
  for (int attempt = 0; attempt < 100'000; ++attempt) {
    Json reply =
        NodeProcess::ask_client(R"({"id":2,"client":1,"sequence":2,"f":"read","key":"k"})");
    if (reply.value("outcome", "") == "ok") return reply;
  }
  return {};
}

TEST(NodeProcess_, Requests_AreAnsweredAndSurviveAKill) {
  const TemporaryDirectory directory;
  {
    NodeProcess node(directory.path());
    EXPECT_EQ(node.ready_line(), R"({"ready":true,"node":"n1","incarnation":1,"bug":null})");
    write_until_ok(5);
    EXPECT_EQ(NodeProcess::ask_client(R"({"id":"x","f":"burn"})")["error"], "malformed");
    EXPECT_EQ(node.end(SIGKILL), -SIGKILL);
  }
  NodeProcess node(directory.path());
  EXPECT_EQ(node.ready_line(), R"({"ready":true,"node":"n1","incarnation":2,"bug":null})");
  EXPECT_EQ(read_until_ok(), (Json{{"id", 2}, {"outcome", "ok"}, {"value", 5}, {"leader", "n1"}}));
  const Json status = NodeProcess::ask_control(R"({"op":"status"})");
  EXPECT_EQ(status["role"], "leader");
  EXPECT_EQ(status["incarnation"], 2);
  EXPECT_EQ(node.end(SIGTERM), kStopped);
}

/// Whether a write is acknowledged within a short time. (A node whose disk hangs may have stepped
/// down, and then refuses.)
bool acknowledges_a_write() {
  const auto answer =
      transport::ask(NodeProcess::endpoint("c"),
                     R"({"id":1,"client":1,"sequence":2,"f":"write","key":"k","value":6})",
                     std::chrono::milliseconds(100));
  return answer && Json::parse(*answer)["outcome"] == "ok";
}

TEST(NodeProcess_, HeldWrites_WithoutASync_AreLostByAKill) {
  const TemporaryDirectory directory;
  const std::string log = directory.path() + "/data/log-00000001";
  NodeProcess node(directory.path());
  ASSERT_NE(node.ready_line(), "");
  write_until_ok(5);
  storage::PosixFileSystem files;
  const auto content = files.read(log).value();  // not its size: space is reserved
  // The log thread has the bytes, and its sync does not return before the kill.
  EXPECT_TRUE(
      NodeProcess::ask_control(R"({"op":"disk","hold-unsynced":true,"sync-delay":"1h"})")["ok"]
          .get<bool>());
  // The protocol thread continues while the sync hangs, and knows what is not on disk.
  Json status = NodeProcess::ask_control(R"({"op":"status"})");
  for (int attempt = 0; attempt < 100 && status["persisted"] == status["last"]; ++attempt) {
    EXPECT_FALSE(acknowledges_a_write()) << "before its sync";
    status = NodeProcess::ask_control(R"({"op":"status"})");
  }
  EXPECT_LT(status["persisted"], status["last"]);
  EXPECT_EQ(node.end(SIGKILL), -SIGKILL);
  EXPECT_EQ(files.read(log).value(), content);
}

TEST(NodeProcess_, FailedSync_EndsTheProcessWithItsOwnExitCode) {
  const TemporaryDirectory directory;
  NodeProcess node(directory.path());
  ASSERT_NE(node.ready_line(), "");
  write_until_ok(5);
  NodeProcess::ask_control(R"({"op":"disk","fail-sync":true})");
  for (int attempt = 0; attempt < 100 && !node.ends_within(0); ++attempt) {
    EXPECT_FALSE(acknowledges_a_write()) << "without a sync";
  }
  EXPECT_EQ(node.wait(), kLogWriteFailed);
}

/// Waits until the disk fault holds bytes back.
void write_until_held() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (NodeProcess::ask_control(R"({"op":"status"})")["bytes-held"] > 0) return;
    acknowledges_a_write();
  }
  ADD_FAILURE() << "no bytes were held back";
}

TEST(NodeProcess_, Crash_TearsTheLastWriteAndReportsTheBytes) {
  const TemporaryDirectory directory;
  {
    NodeProcess node(directory.path());
    ASSERT_NE(node.ready_line(), "");
    write_until_ok(5);
    NodeProcess::ask_control(R"({"op":"disk","hold-unsynced":true,"stall":true})");
    write_until_held();
    const Json reply = NodeProcess::ask_control(R"({"op":"crash","keep":0.5})");
    EXPECT_GT(reply["held"], 0);
    // Half of it, or up to a word less: the tear must be detectable.
    const int half = reply["held"].get<int>() / 2;
    EXPECT_LE(reply["written"].get<int>(), half);
    EXPECT_GT(reply["written"].get<int>(), half - 8);
    EXPECT_EQ(node.wait(), -SIGKILL) << "without a signal from outside";
  }
  NodeProcess node(directory.path());
  ASSERT_NE(node.ready_line(), "");
  EXPECT_EQ(read_until_ok()["value"], 5);
}

TEST(NodeProcess_, StalledDisk_DoesNotPreventACleanStop) {
  const TemporaryDirectory directory;
  NodeProcess node(directory.path());
  ASSERT_NE(node.ready_line(), "");
  write_until_ok(5);
  NodeProcess::ask_control(R"({"op":"disk","hold-unsynced":true,"stall":true})");
  write_until_held();
  EXPECT_EQ(node.end(SIGTERM), kStopped);
}

TEST(NodeProcess_, ForcedSnapshot_IsTaken) {
  const TemporaryDirectory directory;
  NodeProcess node(directory.path());
  ASSERT_NE(node.ready_line(), "");
  write_until_ok(5);
  const Json begun = NodeProcess::ask_control(R"({"op":"snapshot"})");
  ASSERT_EQ(begun["started"], true);
  Json status = NodeProcess::ask_control(R"({"op":"status"})");
  for (int attempt = 0; attempt < 10'000 && status["snapshot"] < begun["index"]; ++attempt) {
    status = NodeProcess::ask_control(R"({"op":"status"})");
  }
  EXPECT_GE(status["snapshot"], begun["index"]);
}

TEST(NodeProcess_, DamagedLog_IsRefusedWithItsOwnExitCode) {
  const TemporaryDirectory directory;
  {
    NodeProcess node(directory.path());
    ASSERT_NE(node.ready_line(), "");
    for (int value = 1; value <= 3; ++value) write_until_ok(value);
    EXPECT_EQ(node.end(SIGTERM), kStopped);
  }
  std::fstream log(directory.path() + "/data/log-00000001",
                   std::ios::in | std::ios::out | std::ios::binary);
  log.seekp(100);
  log.put('\x7f');
  log.close();
  NodeProcess node(directory.path());
  EXPECT_EQ(node.ready_line(), "");
  EXPECT_EQ(node.wait(), kCorruptLog);
}

TEST(NodeProcess_, Snapshot_IsRecovered_AndRefusedIfDamaged) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/data/snapshot";
  {
    NodeProcess node(directory.path());
    ASSERT_NE(node.ready_line(), "");
    for (int value = 1; value <= 50; ++value) write_until_ok(value);
    EXPECT_EQ(node.end(SIGTERM), kStopped);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  {
    NodeProcess node(directory.path());
    ASSERT_NE(node.ready_line(), "");
    EXPECT_GE(NodeProcess::ask_control(R"({"op":"status"})")["snapshot"], 10);
    EXPECT_EQ(read_until_ok()["value"], 50);
    EXPECT_EQ(node.end(SIGKILL), -SIGKILL);
  }
  std::fstream snapshot(path, std::ios::in | std::ios::out | std::ios::binary);
  snapshot.seekp(60);
  snapshot.put('\x7f');
  snapshot.close();
  NodeProcess node(directory.path());
  EXPECT_EQ(node.ready_line(), "");
  EXPECT_EQ(node.wait(), kCorruptLog);
}

TEST(NodeProcess_, SecondNodeOnTheSameDirectory_IsRefused) {
  const TemporaryDirectory directory;
  NodeProcess first(directory.path());
  ASSERT_NE(first.ready_line(), "");
  NodeProcess second(directory.path());
  EXPECT_EQ(second.wait(), kDirectoryInUse);
}

TEST(NodeProcess_, EndpointInUse_IsRefused) {
  const TemporaryDirectory one, two;
  NodeProcess first(one.path());
  ASSERT_NE(first.ready_line(), "");
  NodeProcess second(two.path());
  EXPECT_EQ(second.wait(), kCannotBind);
}

TEST(NodeProcess_, WrongParent_EndsTheProcessAtOnce) {
  const TemporaryDirectory directory;
  NodeProcess node(directory.path(), /*parent=*/1);
  EXPECT_EQ(node.wait(), kParentGone);
  EXPECT_FALSE(std::filesystem::exists(directory.path() + "/data"));
}

}  // namespace
}  // namespace capsize::app
