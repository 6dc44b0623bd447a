// One run from start to verdict.
//
//   main thread    starts the cluster, carries out the schedule, watches the processes
//   client thread  clients, history (load_generator.h)
//
//   start ─ load under faults ─ heal ─ settle ─ a write on every node ─ final reads ─ stop ─ check
//
// Main must be the thread that exists as long as the process (child_process.h). SIGINT and SIGTERM
// end the load early: the cluster is healed and the recorded prefix is checked.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "harness/judge/outcome.h"
#include "harness/report/progress.h"
#include "harness/run/interactive_control.h"
#include "harness/scenario/scenario.h"
#include "harness/store/run_directory.h"
#include "nemesis/plan/recorded_faults.h"

namespace capsize::harness {

struct RunOptions {
  std::filesystem::path store = kStoreDefault;
  std::filesystem::path binaries;
  /// Not empty: the run directory; otherwise one is created in the store (RunDirectory::adopt).
  std::filesystem::path run_directory = {};
  bool move_latest = true;  // point the store's link `latest` to this run
  bool page = true;         // write report.html
  std::function<void(const Progress&)> progress;
  /// Called when the run directory exists, before anything is started. May be empty.
  std::function<void(const std::filesystem::path&)> created = {};
  /// Not null: these faults instead of those that the scenario plans (capsize replay).
  const nemesis::RecordedFaults* recorded = nullptr;
  std::filesystem::path recorded_from = {};  // the run that they come from
  /// Not null: these requests control the run (interactive_control.h); `answer` gets the replies.
  LineInput* requests = nullptr;
  std::function<void(const base::Json&)> answer;
};

/// Never throws: a failure of the infrastructure is in Outcome::cause. The first one stops the
/// load and skips the final reads; what was recorded is checked. Precondition: `scenario` is
/// validated and has a seed.
[[nodiscard]] Outcome run_scenario(const Scenario& scenario, const RunOptions& options);

}  // namespace capsize::harness
