// Crash-point sweep (LevelDB's fault_injection_test, SQLite's fail-the-nth-call loop): the machine
// stops at every single call that modifies the disk, before or after its effect, and keeps none,
// half or all of the unsynced bytes. All acknowledged records must be there afterwards, in order.
//
// The same sweep must find a problem when a seeded bug of the storage is active
// (tests/node/adapters_with_bugs).
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "node/storage/data_directory.h"
#include "node/storage/log.h"
#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"

namespace capsize::storage {

inline const std::string kDirectory = "d";

/// What one incarnation of a node has done before a call failed.
struct Progress {
  std::size_t records_acknowledged = 0;
  std::uint64_t incarnation = 0;
  bool finished = false;
};

using Batches = std::vector<raft::PersistBatch>;

/// What is written, and the segment size: one batch, several, or all of them per segment.
struct Setting {
  const char* name;
  Batches batches;
  LogOptions options;
  bool own = false;  // own snapshots: saved first, then marked in the log
};

/// Saves the batch's snapshot as the node's own, between its hard state and its entries.
inline bool save_own(Log::Opened& log, const raft::PersistBatch& item, Progress& progress) {
  log.log->add({item.token, item.hard_state, {}});
  if (!log.log->sync()) return false;
  progress.records_acknowledged += item.hard_state ? 1 : 0;
  if (!log.snapshots->save(item.snapshot, SnapshotStore::Origin::kOwn)) return false;
  ++progress.records_acknowledged;
  log.log->mark(item.snapshot.last);
  log.log->add({item.token, std::nullopt, item.entries});
  if (!log.log->sync()) return false;
  progress.records_acknowledged += item.entries.size();
  return true;
}

/// Runs a node's writes until a call fails.
inline Progress run_incarnation(FileSystem& files, const Setting& setting) {
  Progress progress;
  const auto incarnation = next_incarnation(files, kDirectory);
  if (!std::holds_alternative<std::uint64_t>(incarnation)) return progress;
  progress.incarnation = std::get<std::uint64_t>(incarnation);
  auto opened = Log::open(files, kDirectory, setting.options);
  auto* log = std::get_if<Log::Opened>(&opened);
  if (log == nullptr) return progress;
  for (const raft::PersistBatch& item : setting.batches) {
    if (setting.own && item.snapshot) {
      if (!save_own(*log, item, progress)) return progress;
      continue;
    }
    log->log->add(item);
    if (!log->log->sync()) return progress;
    progress.records_acknowledged += records_in(item);
  }
  progress.finished = true;
  return progress;
}

/// What a recovery finds wrong after a crash; empty if all acknowledged records are there, in
/// order.
inline std::string problem_after_recovery(FileSystem& files, const Setting& setting,
                                          const Progress& progress) {
  const auto incarnation = next_incarnation(files, kDirectory);
  if (!std::holds_alternative<std::uint64_t>(incarnation)) return "no incarnation";
  if (std::get<std::uint64_t>(incarnation) <= progress.incarnation) return "the same incarnation";
  auto opened = Log::open(files, kDirectory, setting.options);
  if (const auto* corrupt = std::get_if<CorruptLog>(&opened))
    return "refused: " + corrupt->message();
  const auto* log = std::get_if<Log::Opened>(&opened);
  if (log == nullptr) return "a failed call: " + std::get<IoFailure>(opened).message;
  const auto states = states_after_each_record(setting.batches);
  const auto found = std::find(states.begin(), states.end(), show(log->recovered));
  if (found == states.end()) return "a state that was never written: " + show(log->recovered);
  const auto records = static_cast<std::size_t>(found - states.begin());
  if (records >= progress.records_acknowledged) return "";
  return fmt::format("lost: {} of {} acknowledged records", progress.records_acknowledged - records,
                     progress.records_acknowledged);
}

struct CrashPoint {
  std::uint64_t call;
  bool after_effect;
  double torn_kept;
  [[nodiscard]] std::string show() const {
    return fmt::format("call {} {}, {} of the unsynced kept", call,
                       after_effect ? "after its effect" : "before its effect", torn_kept);
  }
};

/// All crash points of `run`, which returns whether it completed.
template <class Run>
void sweep(Run run) {
  for (const bool after_effect : {false, true}) {
    for (const double torn_kept : {0.0, 0.4, 1.0}) {
      for (std::uint64_t call = 1;; ++call) {
        ASSERT_LT(call, 1000U);
        if (run(CrashPoint{call, after_effect, torn_kept}) || ::testing::Test::HasFatalFailure()) {
          break;
        }
      }
    }
  }
}

/// The machine stops at the crash point, and a node recovers; the problem as above.
inline std::string problem_after_crash(const Setting& setting, CrashPoint point, bool& finished) {
  MemoryFileSystem files;
  files.fail_from(point.call, point.after_effect);
  const Progress progress = run_incarnation(files, setting);
  finished = progress.finished;
  files.crash(point.torn_kept);
  return problem_after_recovery(files, setting, progress);
}

inline std::vector<Setting> crash_settings() {
  return {{"EntriesInOneSegment", sample_batches(), {4096}},
          {"EntriesInManySegments", sample_batches(), {1}},
          {"SnapshotsInOneSegment", snapshot_batches(), {4096}},
          {"SnapshotsInSomeSegments", snapshot_batches(), {250}},
          {"SnapshotsInManySegments", snapshot_batches(), {1}},
          {"OwnSnapshotsInOneSegment", snapshot_batches(), {4096}, true},
          {"OwnSnapshotsInManySegments", snapshot_batches(), {1}, true}};
}

}  // namespace capsize::storage
