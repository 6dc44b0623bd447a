// Crash-point sweep (LevelDB's fault_injection_test, SQLite's fail-the-nth-call loop): the machine
// stops at every single call that modifies the disk, before or after its effect, and keeps none,
// half or all of the unsynced bytes. All acknowledged records are there afterwards, in order.
#include <gtest/gtest.h>

#include "node/storage/data_directory.h"
#include "node/storage/log.h"
#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"

namespace capsize::storage {
namespace {

const std::string kDirectory = "d";

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
bool save_own(Log::Opened& log, const raft::PersistBatch& item, Progress& progress) {
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
Progress run_incarnation(FileSystem& files, const Setting& setting) {
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

void expect_recovered(FileSystem& files, const Setting& setting, const Progress& progress,
                      const std::string& where) {
  const auto incarnation = next_incarnation(files, kDirectory);
  ASSERT_TRUE(std::holds_alternative<std::uint64_t>(incarnation)) << where;
  EXPECT_GT(std::get<std::uint64_t>(incarnation), progress.incarnation) << where;
  auto opened = Log::open(files, kDirectory, setting.options);
  const auto* log = std::get_if<Log::Opened>(&opened);
  ASSERT_NE(log, nullptr) << where;
  const auto states = states_after_each_record(setting.batches);
  const auto found = std::find(states.begin(), states.end(), show(log->recovered));
  ASSERT_NE(found, states.end()) << where << ": " << show(log->recovered);
  EXPECT_GE(static_cast<std::size_t>(found - states.begin()), progress.records_acknowledged)
      << where;
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

class LogCrash : public testing::TestWithParam<Setting> {};
INSTANTIATE_TEST_SUITE_P(
    Settings, LogCrash,
    testing::Values(Setting{"EntriesInOneSegment", sample_batches(), {4096}},
                    Setting{"EntriesInManySegments", sample_batches(), {1}},
                    Setting{"SnapshotsInOneSegment", snapshot_batches(), {4096}},
                    Setting{"SnapshotsInSomeSegments", snapshot_batches(), {250}},
                    Setting{"SnapshotsInManySegments", snapshot_batches(), {1}},
                    Setting{"OwnSnapshotsInOneSegment", snapshot_batches(), {4096}, true},
                    Setting{"OwnSnapshotsInManySegments", snapshot_batches(), {1}, true}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(LogCrash, AtEveryCall_KeepsWhatWasAcknowledged) {
  std::uint64_t points = 0;
  sweep([&](CrashPoint point) {
    MemoryFileSystem files;
    files.fail_from(point.call, point.after_effect);
    const Progress progress = run_incarnation(files, GetParam());
    files.crash(point.torn_kept);
    expect_recovered(files, GetParam(), progress, point.show());
    ++points;
    return progress.finished;
  });
  EXPECT_GT(points, 100U);
}

TEST_P(LogCrash, AtEveryCallOfRecoveryToo_KeepsWhatWasAcknowledged) {
  sweep([&](CrashPoint first) {
    bool first_finished = false;
    sweep([&](CrashPoint second) {
      MemoryFileSystem files;
      files.fail_from(first.call, first.after_effect);
      const Progress progress = run_incarnation(files, GetParam());
      first_finished = progress.finished;
      files.crash(first.torn_kept);
      files.fail_from(second.call, second.after_effect);
      const bool done = run_incarnation(files, {"", {}, GetParam().options}).finished;
      files.crash(second.torn_kept);
      expect_recovered(files, GetParam(), progress, first.show() + ", then " + second.show());
      return done;
    });
    return first_finished;
  });
}

TEST_P(LogCrash, AfterAKilledProcessWasRecovered_KeepsWhatWasRecovered) {
  // The process crashed, the machine did not: unsynced bytes are still read and acted upon, so a
  // later power loss must not lose them.
  sweep([&](CrashPoint point) {
    MemoryFileSystem files;
    files.fail_from(point.call, point.after_effect);
    const Progress progress = run_incarnation(files, GetParam());
    files.kill();
    std::string recovered;
    (void)next_incarnation(files, kDirectory);
    {
      auto opened = std::get<Log::Opened>(Log::open(files, kDirectory, GetParam().options));
      opened.log->add(batch(9, hard_state(99, 1), {}));
      EXPECT_TRUE(opened.log->sync());
      opened.recovered.hard_state = hard_state(99, 1);
      recovered = show(opened.recovered);
    }
    files.crash(0);
    auto again = Log::open(files, kDirectory, GetParam().options);
    EXPECT_EQ(show(std::get<Log::Opened>(again).recovered), recovered) << point.show();
    return progress.finished;
  });
}

TEST(Incarnation, DamagedFile_IsRefused) {
  MemoryFileSystem files;
  ASSERT_EQ(std::get<std::uint64_t>(next_incarnation(files, kDirectory)), 1U);
  ASSERT_EQ(std::get<std::uint64_t>(next_incarnation(files, kDirectory)), 2U);
  const std::string good = files.content("d/incarnation");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    files.content("d/incarnation") = damaged;
    EXPECT_TRUE(std::holds_alternative<CorruptLog>(next_incarnation(files, kDirectory))) << i;
    files.content("d/incarnation") = good.substr(0, i);
    EXPECT_TRUE(std::holds_alternative<CorruptLog>(next_incarnation(files, kDirectory))) << i;
  }
}

}  // namespace
}  // namespace capsize::storage
