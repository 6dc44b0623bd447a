// Ledgers for tests: executions of the suite "nightly", with controls that pass.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/suite/ledger.h"

namespace capsize::harness::testing_ledger {

inline RunFailure failure(std::string signature, std::vector<std::string> faults = {}) {
  return {.signature = std::move(signature),
          .check = "linearizable",
          .anomaly = "stale read",
          .sentence = "read of r1 by process 7 returned 2489",
          .faults = std::move(faults)};
}

inline LedgerRun run(const std::string& id, checker::Verdict verdict = checker::Verdict::kValid) {
  LedgerRun run;
  run.id = id;
  run.case_name = id.substr(0, id.find('/'));
  run.verdict = verdict;
  run.seconds = 10;
  run.path = id;
  run.reproduce = "capsize run --seed 1";
  if (verdict != checker::Verdict::kValid) run.reason = "reason of " + id;
  return run;
}

inline LedgerRun failing(const std::string& id, const std::string& signature) {
  LedgerRun failing = run(id, checker::Verdict::kInvalid);
  failing.failures = {failure(signature)};
  return failing;
}

inline LedgerRun broken(const std::string& id, const std::string& cause,
                        const std::string& reason) {
  LedgerRun broken = run(id, checker::Verdict::kHarnessError);
  broken.cause = cause;
  broken.reason = reason;
  return broken;
}

inline LedgerRun bug_control(checker::Verdict verdict, int attempt = 1, double seconds = 11) {
  LedgerRun control = run("control/" + std::to_string(attempt), verdict);
  control.purpose = Purpose::kBugControl;
  control.bug = "read-without-quorum";
  control.seconds = seconds;
  if (verdict == checker::Verdict::kInvalid) control.failures = {failure("cccccccccccccccc")};
  return control;
}

inline LedgerRun healthy_control(checker::Verdict verdict) {
  LedgerRun control = run("healthy/1", verdict);
  control.purpose = Purpose::kHealthyControl;
  return control;
}

/// An execution that ran to its end, without controls.
inline Execution bare_execution(const std::string& id, std::vector<LedgerRun> runs) {
  Execution execution;
  execution.id = id;
  execution.suite = "nightly";
  execution.file = "nightly.json";
  execution.started = "2026-11-30T20:45:12Z";
  execution.revision = "revision-of-" + id;
  execution.host = "builder";
  execution.seed = 4711;
  execution.shard = "1/1";
  for (const LedgerRun& each : runs) execution.planned += each.purpose == Purpose::kTest ? 1 : 0;
  execution.runs = std::move(runs);
  execution.ended = true;
  execution.seconds = 90;
  return execution;
}

/// With a seeded bug that was caught and a healthy run that is valid.
inline Execution execution(const std::string& id, std::vector<LedgerRun> runs) {
  runs.push_back(bug_control(checker::Verdict::kInvalid));
  runs.push_back(healthy_control(checker::Verdict::kValid));
  return bare_execution(id, std::move(runs));
}

inline Ledger ledger(std::vector<Execution> executions) {
  return {.executions = std::move(executions), .torn_bytes = 0};
}

/// A text that ends elements, attributes, tables, blocks and encodings.
inline const std::string kHostile =
    "\x1b[31m]]> <script> & \"'` | **b** @team #12 https://evil www.evil.org\n```\n# h\n\x01 "
    "\xff\xc3"
    " \xef\xbf\xbf \xed\xa0\x80 \xe2\x80\xae";

}  // namespace capsize::harness::testing_ledger
