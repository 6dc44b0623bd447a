// Histories outside the repository, each with the verdict it must get: CAPSIZE_HISTORIES names a
// folder with an index.tsv (file, ..., verdict in the sixth column). Skipped where it is not set.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

// Seconds of patience for one history; an unknown verdict fails the test as well.
constexpr std::chrono::seconds kPatience{60};

std::vector<std::string> columns(const std::string& row) {
  std::vector<std::string> out;
  std::stringstream stream(row);
  for (std::string column; std::getline(stream, column, '\t');) out.push_back(column);
  return out;
}

TEST(ExternalHistories, Verdicts_AreTheKnownOnes) {
  const char* folder = std::getenv("CAPSIZE_HISTORIES");
  if (folder == nullptr) GTEST_SKIP() << "CAPSIZE_HISTORIES is not set";
  std::ifstream index(std::filesystem::path(folder) / "index.tsv");
  ASSERT_TRUE(index.good());
  std::string row;
  std::getline(index, row);  // the header
  int checked = 0;
  while (std::getline(index, row)) {
    const auto column = columns(row);
    ASSERT_GE(column.size(), 6u) << row;
    const Report report =
        check_file(std::filesystem::path(folder) / column[0], {.time_limit = kPatience});
    const Verdict known = column[5] == "linearizable" ? Verdict::kValid : Verdict::kInvalid;
    EXPECT_EQ(name(report.verdict), name(known)) << column[0] << ": " << report.reason;
    ++checked;
  }
  EXPECT_GT(checked, 0);
}

}  // namespace
}  // namespace capsize::checker
