// Reads the text scenarios of tests/scenarios: one verb a line, expectations among them, the
// cluster's invariants after every line. The verbs are listed in tests/scenarios/README.md.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/node/pure/support/bench.h"

namespace capsize::bench {

class Scenario {
 public:
  Scenario();
  /// Runs one file. The first failure, with its line; empty if all expectations held.
  std::string run(const std::string& path);

 private:
  using Words = std::vector<std::string>;
  using Verb = std::function<void(const Words&)>;

  void line(const std::string& text);
  void register_setup();
  void register_inputs();
  void register_network();
  void register_expectations();
  Bench& bench();
  void expect(bool holds, const std::string& found);
  [[nodiscard]] Bench::Filter messages(const Words& words, std::size_t from) const;
  void expect_node(const Words& words);

  std::map<std::string, Verb> verbs_;
  BenchSetup setup_;
  std::unique_ptr<Bench> bench_;
  std::map<std::string, std::vector<raft::Message>> stashed_;
  raft::Refusal refused_ = raft::Refusal::kNone;  // the last change or transfer
  std::string failure_;
};

}  // namespace capsize::bench
