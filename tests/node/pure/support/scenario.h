// Runs the text scenarios of tests/scenarios: one verb per line, including expectations. The
// cluster's invariants are checked after every line. tests/scenarios/README.md lists the verbs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::fixture {

class Scenario {
 public:
  Scenario();
  /// Runs one file. Returns the first failure with its line; empty if there is none.
  std::string run(const std::string& path);
  /// The seeded bugs that a file proves (its lines `proves BUG TEXT`): with BUG active it fails
  /// with a message that contains TEXT.
  struct Proof {
    std::string bug;
    std::string text;
  };
  static std::vector<Proof> proofs(const std::string& path);

 private:
  using Words = std::vector<std::string>;
  using Verb = std::function<void(const Words&)>;

  void line(const std::string& text);
  void register_setup();
  void register_inputs();
  void register_network();
  void register_expectations();
  RaftFixture& cluster();
  void expect(bool holds, const std::string& found);
  [[nodiscard]] RaftFixture::Filter messages(const Words& words, std::size_t from) const;
  void expect_node(const Words& words);

  std::map<std::string, Verb> verbs_;
  FixtureSetup setup_;
  std::unique_ptr<RaftFixture> cluster_;
  std::map<std::string, std::vector<raft::Message>> stashed_;
  raft::Refusal refused_ = raft::Refusal::kNone;  // the last change or transfer
  std::string failure_;
};

}  // namespace capsize::fixture
