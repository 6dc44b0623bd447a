// Control requests of a process that was started with --secret-file.
#include "node/wire/control_secret.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "node/app/control.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::wire {
namespace {

constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";

class ControlSecretFile : public ::testing::Test {
 protected:
  std::string file(const std::string& content, mode_t mode = 0600) {
    const std::string path = directory_.path() + "/secret";
    std::ofstream(path) << content;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  ControlSecret secret() { return ControlSecret::read_file(file(kSecret)).value(); }

 private:
  TemporaryDirectory directory_;
};

TEST_F(ControlSecretFile, ReadableByOthers_IsRefused) {
  for (const mode_t mode : {0640U, 0604U, 0644U, 0602U}) {
    const auto read = ControlSecret::read_file(file(kSecret, mode));
    ASSERT_FALSE(read) << mode;
    EXPECT_NE(read.error().message.find("others may read it"), std::string::npos);
  }
}

TEST_F(ControlSecretFile, MissingShortLongOrNoFile_IsRefused) {
  EXPECT_FALSE(ControlSecret::read_file("/nonexistent/secret"));
  EXPECT_FALSE(ControlSecret::read_file("/dev/zero"));
  EXPECT_FALSE(ControlSecret::read_file(file("short\n")));
  EXPECT_FALSE(ControlSecret::read_file(file(std::string(257, 'x'))));
  EXPECT_TRUE(ControlSecret::read_file(file(std::string(256, 'x') + "\n")));
}

TEST_F(ControlSecretFile, Request_IsAdmittedOnlyWithTheSecret_WhichIsRemoved) {
  const ControlSecret secret = this->secret();
  for (const base::Json& wrong :
       {base::Json(), base::Json(1), base::Json(""), base::Json("0123456789abcdef"),
        base::Json(std::string(32, '0')), base::Json(std::string(kSecret) + "0")}) {
    base::Json request = {{"op", "status"}, {"secret", wrong}};
    EXPECT_FALSE(secret.admits(request)) << wrong.dump();
  }
  base::Json without = {{"op", "status"}};
  EXPECT_FALSE(secret.admits(without));
  base::Json signed_one = {{"op", "status"}};
  secret.sign(signed_one);
  EXPECT_TRUE(secret.admits(signed_one));
  EXPECT_EQ(signed_one, base::Json({{"op", "status"}}));
}

TEST_F(ControlSecretFile, NodeControl_RefusesEveryRequestWithoutTheSecret) {
  app::NodeClock clock(base::Instant{});
  storage::DiskFaults disk;
  app::Control control(clock, disk, /*allow_faults=*/true, secret());
  const app::ControlHooks hooks{.status = [] { return app::NodeStatus{}; },
                                .snapshot = [] { return std::optional<raft::Index>(); }};
  for (const char* op : {"status", "clock", "disk", "crash", "snapshot", "unheard-of"}) {
    const std::string reply =
        control.handle(base::Json({{"op", op}}).dump(), base::Instant{}, hooks);
    EXPECT_EQ(base::Json::parse(reply).value("error", ""), ControlSecret::kRefusal) << op;
    EXPECT_FALSE(control.crashed());
  }
  const base::Json request = {{"op", "disk"}, {"hold-unsynced", true}, {"secret", kSecret}};
  const auto reply = base::Json::parse(control.handle(request.dump(), base::Instant{}, hooks));
  EXPECT_TRUE(reply.value("ok", false)) << reply.dump();
  EXPECT_TRUE(disk.hold_unsynced);
}

}  // namespace
}  // namespace capsize::wire
