// Each file in tests/scenarios is a test.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/node/pure/support/scenario.h"

namespace capsize::fixture {
namespace {

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(CAPSIZE_TEST_DIR "/scenarios")) {
    if (file.path().extension() == ".txt") files.push_back(file.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Scenarios : public testing::TestWithParam<std::string> {};

TEST_P(Scenarios, Expectations_Hold) {
  EXPECT_EQ(Scenario().run(GetParam()), "");
}

INSTANTIATE_TEST_SUITE_P(Files, Scenarios, testing::ValuesIn(scenario_files()),
                         [](const auto& parameter) {
                           std::string name = std::filesystem::path(parameter.param).stem();
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// The interpreter must be able to fail: one that accepts everything would make every scenario pass.
class ScenarioInterpreter : public testing::Test {
 protected:
  std::string run(const std::string& text) {
    const std::string path = testing::TempDir() + "capsize_scenario_" +
                             testing::UnitTest::GetInstance()->current_test_info()->name();
    std::ofstream(path) << text;
    std::string failure = Scenario().run(path);
    std::filesystem::remove(path);
    return failure;
  }
};

TEST_F(ScenarioInterpreter, FailedExpectation_NamesTheLineAndTheFoundValue) {
  EXPECT_THAT(run("nodes 3\nelect n1\nexpect n1 role follower\n"),
              testing::HasSubstr(":3: found role leader"));
}

TEST_F(ScenarioInterpreter, UnknownVerb_Fails) {
  EXPECT_THAT(run("nodes 3\nexplode n1\n"), testing::HasSubstr(":2: no such verb: explode"));
}

TEST_F(ScenarioInterpreter, UnknownExpectation_Fails) {
  EXPECT_THAT(run("expect n1 mood good\n"), testing::HasSubstr("found mood ?"));
}

}  // namespace
}  // namespace capsize::fixture
