// The seeded bugs of the storage. The crash-point sweep finds a problem with the bug, and none
// without; damage and failed syncs are shown by single steps.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/bugs/active.h"
#include "tests/node/adapters/log_crash_sweep.h"

namespace capsize::storage {
namespace {

using testing::HasSubstr;

/// The problems that the sweep finds with a bug, over all settings; one line each.
std::string problems(const std::string& bug) {
  const bugs::ActiveBug active(bug);
  std::string found;
  for (const Setting& setting : crash_settings()) {
    sweep([&](CrashPoint point) {
      bool finished = false;
      const std::string problem = problem_after_crash(setting, point, finished);
      if (!problem.empty()) {
        found += fmt::format("{}, {}: {}\n", setting.name, point.show(), problem);
      }
      return finished;
    });
  }
  return found;
}

TEST(StorageBugs, WithoutABug_TheSweepFindsNoProblem) {
  EXPECT_EQ(problems(""), "");
}

/// What recovery makes of an entry of which a power loss has kept the first four fifths.
std::string after_torn_write(const std::string& bug) {
  const bugs::ActiveBug active(bug);
  MemoryFileSystem files;
  {
    auto log = std::move(std::get<Log::Opened>(Log::open(files, kDirectory)).log);
    log->add(batch(1, std::nullopt, {entry(1, 1, std::string(40, 'x'))}));
    files.fail_from(3, /*after_effect=*/false);  // the sync, after space was reserved and written
    if (log->sync()) return "synced";
  }
  files.crash(0.8);
  const auto entries = std::get<Log::Opened>(Log::open(files, kDirectory)).recovered.entries;
  if (entries.empty()) return "cut";
  return *entries.front().payload == std::string(40, 'x') ? "complete" : "torn";
}

TEST(StorageBugs, NoLogChecksum_ReplaysATornRecord) {
  EXPECT_EQ(after_torn_write("no-log-checksum"), "torn");
  EXPECT_EQ(after_torn_write(""), "cut");
  EXPECT_THAT(problems("no-log-checksum"), HasSubstr("found a malformed entry"));
}

TEST(StorageBugs, SnapshotInPlace_LosesBothSnapshots) {
  EXPECT_THAT(problems("snapshot-in-place"), HasSubstr("/snapshot at offset 0"));
}

TEST(StorageBugs, PurgeBeforeDurable_CannotStart) {
  EXPECT_THAT(problems("purge-before-durable"), HasSubstr("the log marks a snapshot up to entry"));
}

/// Recovers a log in whose second record a bit was flipped; how many entries it has, or why it is
/// refused.
std::string after_bit_flip(const std::string& bug) {
  const bugs::ActiveBug active(bug);
  MemoryFileSystem files;
  {
    auto log = std::move(std::get<Log::Opened>(Log::open(files, kDirectory)).log);
    for (std::uint64_t index = 1; index <= 4; ++index) {
      log->add(batch(index, std::nullopt, {entry(1, index, "content")}));
      if (!log->sync()) return "no sync";
    }
  }
  std::string& segment = files.content("d/log-00000001");
  const std::size_t at = segment.find("content", segment.find("content") + 1);
  segment[at] = static_cast<char>(segment[at] ^ 1);
  auto opened = Log::open(files, kDirectory);
  if (const auto* corrupt = std::get_if<CorruptLog>(&opened)) return corrupt->message();
  return fmt::format("{} entries", std::get<Log::Opened>(opened).recovered.entries.size());
}

TEST(StorageBugs, CutLogAtBadRecord_DropsSyncedEntries) {
  EXPECT_EQ(after_bit_flip("cut-log-at-bad-record"), "1 entries");
  EXPECT_THAT(after_bit_flip(""), HasSubstr("affected: entries 2 to 4"));
}

/// What is left after a power loss of a batch whose sync has failed.
std::string after_failed_sync(const std::string& bug) {
  const bugs::ActiveBug active(bug);
  MemoryFileSystem files;
  {
    auto log = std::move(std::get<Log::Opened>(Log::open(files, kDirectory)).log);
    log->add(batch(1, std::nullopt, {entry(1, 1, "a")}));
    files.fail_only(3);  // after the calls that reserve space and append
    if (const auto status = log->sync(); !status) return status.error().message;
  }
  files.crash(0);
  return show(std::get<Log::Opened>(Log::open(files, kDirectory)).recovered);
}

TEST(StorageBugs, FsyncErrorIgnored_LosesWhatItAcknowledged) {
  EXPECT_EQ(after_failed_sync("fsync-error-ignored"), "0/0");
  EXPECT_THAT(after_failed_sync(""), HasSubstr("fdatasync"));
}

}  // namespace
}  // namespace capsize::storage
