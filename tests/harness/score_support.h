// Bugs, cells and runs for the tests of scores.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/score/cells.h"
#include "harness/score/score_queue.h"

namespace capsize::harness::testing_score {

inline ScoredBug bug(const std::string& name, std::vector<std::string> reports = {"live"}) {
  return {.name = name,
          .what = "what " + name + " does",
          .seen_in = "a system",
          .topic = "votes",
          .core = true,
          .reports = std::move(reports)};
}

inline const std::vector<ScoredBug>& two_bugs() {
  static const std::vector<ScoredBug> kBugs = {bug("a"), bug("b")};
  return kBugs;
}

/// Every bug has a directed scenario, in a setting of its own.
inline base::Result<std::optional<Scenario>> find_directed(const std::string& name) {
  Scenario scenario = default_scenario();
  scenario.node_arguments = {"--snapshot-every=50"};
  scenario.retries = name == "a" ? 1 : 2;
  return std::optional(scenario);
}

inline std::vector<ScoreCell> cells(const std::vector<std::string>& strategies,
                                    const std::vector<ScoredBug>& bugs = two_bugs()) {
  return plan_cells(bugs, strategies, std::chrono::seconds(20), find_directed).value();
}

inline RunFailure failure(std::string check, std::string anomaly = "") {
  RunFailure failure;
  failure.check = std::move(check);
  failure.anomaly = std::move(anomaly);
  failure.at_ms = 1500;
  return failure;
}

inline LedgerRun missed(const std::string& id) {
  LedgerRun run;
  run.id = id;
  run.verdict = checker::Verdict::kValid;
  run.revision = "now";
  run.seconds = 10;
  run.path = id;
  return run;
}

inline LedgerRun invalid(const std::string& id, RunFailure failure) {
  LedgerRun run = missed(id);
  run.verdict = checker::Verdict::kInvalid;
  run.failures = {std::move(failure)};
  return run;
}

inline LedgerRun caught(const std::string& id) {
  return invalid(id, failure("live"));
}

inline LedgerRun with_verdict(const std::string& id, checker::Verdict verdict,
                              const std::string& reason) {
  LedgerRun run = missed(id);
  run.verdict = verdict;
  run.reason = reason;
  return run;
}

/// A ledger whose runs have the parameters of their cells.
inline Ledger ledger(const std::vector<ScoreCell>& cells, std::vector<LedgerRun> runs) {
  Execution execution;
  execution.id = "e1";
  execution.suite = kScoreSuite;
  execution.seed = 7;
  for (auto& run : runs) {
    for (const auto& cell : cells) {
      if (run.id.starts_with(cell.id() + "/")) run.parameters = cell.parameters.front();
    }
  }
  execution.runs = std::move(runs);
  return {.executions = {std::move(execution)}, .reduced = {}};
}

}  // namespace capsize::harness::testing_score
