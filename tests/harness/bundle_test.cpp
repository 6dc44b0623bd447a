// The archive of a bundle, and the choice of its members, for what no real run shows.
#include "harness/evidence/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "harness/evidence/archive_file.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class BundleTest : public testing::Test {
 protected:
  BundleTest() { write("scenario.json", "{}"); }
  void write(const fs::path& name, const std::string& text) {
    fs::create_directories((run_ / name).parent_path());
    std::ofstream(run_ / name, std::ios::binary) << text;
  }
  std::string readme() { return bundle_readme(run_, bundle_content(run_, false).value()); }

  TemporaryDirectory directory_;
  fs::path run_ = fs::path(directory_.path()) / "scenario" / "run";
};

TEST_F(BundleTest, FileThatCannotBeOpened_IsNotPartOfTheArchive) {
  const fs::path out = fs::path(directory_.path()) / "out.tar.gz";
  auto archive = ArchiveFile::create(out);
  ASSERT_TRUE(archive.ok());
  fs::create_symlink(run_ / "scenario.json", run_ / "link");
  ASSERT_EQ(::mkfifo((run_ / "pipe").c_str(), 0600), 0);
  for (const char* name : {"missing", "link", "pipe", "."}) {
    const auto left_out = archive.value().add_file(name, run_ / name, {});
    ASSERT_TRUE(left_out.ok()) << name;
    EXPECT_TRUE(left_out.value().has_value()) << name;
  }
  const auto added = archive.value().add_file("file", run_ / "scenario.json", {});
  ASSERT_TRUE(added.ok());
  EXPECT_FALSE(added.value());
  EXPECT_FALSE(fs::exists(out)) << "not before it is complete";
  ASSERT_TRUE(archive.value().finish().ok());
  EXPECT_TRUE(fs::exists(out));
}

TEST_F(BundleTest, ArchiveThatIsNotFinished_LeavesNoFile) {
  { ASSERT_TRUE(ArchiveFile::create(run_ / "out.tar.zst").ok()); }
  EXPECT_FALSE(fs::exists(run_ / "out.tar.zst"));
  EXPECT_FALSE(fs::exists(run_ / "out.tar.zst.new"));
}

TEST_F(BundleTest, Readme_OfAnyResults_IsText) {
  for (const char* results : {"", "[", "[]", "{}", R"({"failures":{},"checks":[1,{}]})",
                              R"({"verdict":7,"failures":[7],"versions":[]})",
                              R"({"failures":[{"sentence":"\u0007"}]})"}) {
    write("results.json", results);
    EXPECT_THAT(readme(), HasSubstr("capsize replay .")) << results;
    EXPECT_THAT(readme(), Not(HasSubstr("\a"))) << results;
  }
}

TEST_F(BundleTest, DirectoriesWithoutEnd_AreCut) {
  fs::path deep = "nodes";
  for (int i = 0; i < 40; ++i) deep /= "d";
  write(deep / "file", "x");
  const auto content = bundle_content(run_, false);
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content.value().members.size(), 1U);
  EXPECT_EQ(content.value().skipped.size(), 1U);
}

}  // namespace
}  // namespace capsize::harness
