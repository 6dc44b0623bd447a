// Each line `proves BUG TEXT` of a file in tests/scenarios is a test: without a bug the scenario
// passes (raft_tests), and with this one it fails, for the reason that the line names.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "node/bugs/active.h"
#include "tests/node/pure/support/scenario.h"

namespace capsize::fixture {
namespace {

struct Case {
  std::string path;
  Scenario::Proof proof;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.proof.bug << " in " << one.path;
}

std::vector<Case> cases() {
  std::vector<Case> found;
  for (const auto& file : std::filesystem::directory_iterator(CAPSIZE_TEST_DIR "/scenarios")) {
    if (file.path().extension() != ".txt") continue;
    for (auto& proof : Scenario::proofs(file.path())) {
      found.push_back({file.path(), std::move(proof)});
    }
  }
  return found;
}

std::string test_name(const Case& one) {
  std::string name = one.proof.bug + "_in_" + std::filesystem::path(one.path).stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class ScenarioWithBug : public testing::TestWithParam<Case> {};

TEST_P(ScenarioWithBug, FailsForItsReason) {
  const auto& [path, proof] = GetParam();
  ASSERT_FALSE(proof.text.empty()) << "a proof names what fails";
  const bugs::ActiveBug bug(proof.bug);
  EXPECT_THAT(Scenario().run(path), testing::HasSubstr(proof.text));
}

INSTANTIATE_TEST_SUITE_P(Files, ScenarioWithBug, testing::ValuesIn(cases()),
                         [](const auto& parameter) { return test_name(parameter.param); });

}  // namespace
}  // namespace capsize::fixture
