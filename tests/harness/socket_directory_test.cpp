// The directory of a cluster's sockets: only its owner can enter it, and its paths are short enough
// for sockets wherever the run directory is.
#include "harness/cluster/socket_directory.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777U;
}

/// Whether the kernel accepts the endpoint's path for a listening socket.
bool can_bind(const std::string& endpoint) {
  const std::string path = endpoint.substr(std::strlen("ipc://"));
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path.c_str());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool bound =
      ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return bound;
}

TEST(SocketDirectory, BelongsToItsOwnerAndIsRemovedWithTheObject) {
  const TemporaryDirectory home;
  const fs::path sockets = fs::path(home.path()) / "sockets";
  {
    const auto made = SocketDirectory::create(home.path());
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(mode_of(sockets), 0700U);
    EXPECT_EQ(mode_of(made.value().secret_file()), 0600U);
    std::ifstream file(made.value().secret_file());
    std::string line;
    ASSERT_TRUE(std::getline(file, line));
    EXPECT_EQ(line, made.value().secret());
    EXPECT_EQ(line.size(), 32U);
    EXPECT_EQ(made.value().endpoint("n1-client"), "ipc://" + sockets.string() + "/n1-client");
    EXPECT_TRUE(can_bind(made.value().endpoint("n1-client")));
  }
  EXPECT_FALSE(fs::exists(sockets));
}

TEST(SocketDirectory, TwoRuns_HaveDifferentSecrets) {
  const TemporaryDirectory a, b;
  const auto first = SocketDirectory::create(a.path());
  const auto second = SocketDirectory::create(b.path());
  EXPECT_NE(first.value().secret(), second.value().secret());
}

TEST(SocketDirectory, PathTooLongForASocketOrWithASeparator_UsesADescriptor) {
  const TemporaryDirectory home;
  for (const std::string& name : {std::string(200, 'x'), std::string("a,b=c"), std::string("ü")}) {
    const fs::path deep = fs::path(home.path()) / name;
    fs::create_directory(deep);
    const auto made = SocketDirectory::create(deep);
    ASSERT_TRUE(made) << made.error().message;
    const std::string endpoint = made.value().endpoint("n9999-n9998");
    EXPECT_TRUE(endpoint.starts_with("ipc:///proc/self/fd/")) << endpoint;
    EXPECT_TRUE(can_bind(endpoint));
    EXPECT_TRUE(fs::is_socket(deep / "sockets" / "n9999-n9998"));
  }
}

TEST(SocketDirectory, ExistingFile_IsRefusedAndKept) {
  const TemporaryDirectory home;
  const fs::path sockets = fs::path(home.path()) / "sockets";
  fs::create_directory(sockets);
  const auto made = SocketDirectory::create(home.path());
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find(sockets.string()), std::string::npos);
  EXPECT_TRUE(fs::exists(sockets));
}

}  // namespace
}  // namespace capsize::harness
