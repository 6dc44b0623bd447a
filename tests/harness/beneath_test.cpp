// Files of a store are read without leaving it.
#include "harness/store/beneath.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;

class BeneathTest : public testing::Test {
 protected:
  BeneathTest() {
    fs::create_directories(outer_ / "store/a/b");
    write("canary", "outside");
    write("store/a/file", "inside");
  }
  void write(const std::string& path, const std::string& text) const {
    std::ofstream(outer_ / path) << text;
  }
  [[nodiscard]] OpenDirectory store() const {
    return std::move(OpenDirectory::open(outer_ / "store")).value();
  }
  TemporaryDirectory temporary_;
  fs::path outer_ = temporary_.path();
};

TEST_F(BeneathTest, RegularFiles_AreRead) {
  const auto file = store().file("a/file");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->bytes, 6U);
  EXPECT_EQ(file->read(0, 100), "inside");
  EXPECT_EQ(file->read(2, 2), "si");
  EXPECT_EQ(file->read(100, 2), "");
  EXPECT_TRUE(store().directory("a/b"));
}

TEST_F(BeneathTest, PathsThatLeadElsewhere_AreNothing) {
  const std::string zero("a/file\0x", 8);
  for (const std::string& path :
       {std::string(), std::string("/"), std::string("/a/file"), std::string("a//file"),
        std::string("../canary"), std::string("a/../a/file"), std::string("a/./file"),
        std::string("a/b/../../../canary"), std::string("."), std::string(".."),
        std::string("a/file/"), std::string("a/file/x"), zero, (outer_ / "canary").string(),
        std::string(5000, 'x')}) {
    EXPECT_FALSE(store().file(path)) << path;
    EXPECT_FALSE(store().directory(path)) << path;
  }
  EXPECT_FALSE(store().file("a")) << "a directory is no file";
}

TEST_F(BeneathTest, Links_AreNotFollowedAnywhereInThePath) {
  fs::create_symlink("../canary", outer_ / "store/link");
  fs::create_directory_symlink("..", outer_ / "store/up");
  fs::create_symlink("file", outer_ / "store/a/inner");
  EXPECT_FALSE(store().file("link"));
  EXPECT_FALSE(store().file("up/canary"));
  EXPECT_FALSE(store().directory("up"));
  EXPECT_FALSE(store().file("a/inner")) << "not even one that stays inside";
  EXPECT_EQ(store().link_target("link"), "../canary");
  EXPECT_FALSE(store().link_target("a"));
}

TEST_F(BeneathTest, PipesSocketsAndDevices_AreNeitherOpenedNorListed) {
  ASSERT_EQ(::mkfifo((outer_ / "store/pipe").c_str(), 0600), 0);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string path = (outer_ / "store/socket").string();
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_FALSE(store().file("pipe")) << "and it does not wait for a writer";
  EXPECT_FALSE(store().file("socket"));
  const auto entries = store().list(100);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].name, "a");
  EXPECT_TRUE(entries[0].is_directory);
  ::close(socket);
}

TEST_F(BeneathTest, List_IsBounded) {
  for (int i = 0; i < 20; ++i) write("store/" + std::to_string(i), "");
  EXPECT_EQ(store().list(5).size(), 5U);
  EXPECT_EQ(store().list(100).size(), 21U);
}

TEST_F(BeneathTest, StablePath_FindsTheDirectoryAfterARename) {
  const auto directory = store();
  fs::rename(outer_ / "store", outer_ / "renamed");
  EXPECT_TRUE(fs::exists(directory.stable_path() / "a/file"));
  EXPECT_TRUE(directory.file("a/file"));
}

TEST_F(BeneathTest, MissingDirectory_IsAnErrorThatNamesIt) {
  const auto missing = OpenDirectory::open(outer_ / "nowhere");
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("nowhere"), std::string::npos);
}

}  // namespace
}  // namespace capsize::harness
