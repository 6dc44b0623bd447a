// Exhaustive damage to a data directory of about 16 KiB: every single bit flipped, every file
// truncated to every length, every file removed. Each time the node either refuses to start, with
// file and offset, or recovers everything. If an operator accepts the loss, it is reported, only
// the end of the log is missing, and the node must not vote. Nothing else is ever recovered.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "node/storage/data_directory.h"
#include "node/storage/log.h"
#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"

namespace capsize::storage {
namespace {

const std::string kDamaged = "d";
constexpr raft::NodeId kSelf{3};

struct Start {
  std::optional<CorruptLog> refused;
  std::optional<Log::Opened> opened;
};

/// The steps of a node's start on its directory, in order.
Start start(FileSystem& files, LogOptions options = {.segment_bytes = 4096}) {
  auto incarnation = next_incarnation(files, kDamaged);
  if (auto* corrupt = std::get_if<CorruptLog>(&incarnation)) return {std::move(*corrupt), {}};
  auto log = Log::open(files, kDamaged, options);
  if (auto* corrupt = std::get_if<CorruptLog>(&log)) return {std::move(*corrupt), {}};
  return {{}, std::get<Log::Opened>(std::move(log))};
}

/// A vote, 4 KiB of snapshot, and entries in three segments; ended by a kill, not by a clean stop.
void fill(MemoryFileSystem& files, const std::vector<raft::PersistBatch>& last) {
  const Start begun = start(files);
  Log& log = *begun.opened->log;
  log.add(batch(1, hard_state(1, 2), {}));
  ASSERT_TRUE(log.sync());
  for (std::uint64_t i = 1; i <= 70; ++i) {
    log.add(batch(i + 1, std::nullopt, {entry(1, i, std::string(100, 'x') + std::to_string(i))}));
    ASSERT_TRUE(log.sync());
    if (i != 10) continue;
    raft::Snapshot snapshot = with_snapshot({}, 1, i).snapshot;
    snapshot.state = std::make_shared<const std::string>(std::string(4096, 's'));
    ASSERT_TRUE(begun.opened->snapshots->save(snapshot, SnapshotStore::Origin::kOwn));
    log.mark(snapshot.last);
  }
  for (const raft::PersistBatch& item : last) {
    log.add(item);
    ASSERT_TRUE(log.sync());
  }
}

class Damage : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    // The last record is an entry, a vote, or a vote followed by an entry.
    const std::vector<raft::PersistBatch> last = {
        batch(100, std::nullopt, {entry(1, 71, "last")}), batch(101, hard_state(2, 1), {}),
        batch(102, std::nullopt, {entry(2, 72, std::string(3, '\0'))})};
    ASSERT_NO_FATAL_FAILURE(fill(files_, {last.begin(), last.begin() + GetParam()}));
    intact_ = files_.all();
    for (const auto& [path, bytes] : intact_) {
      if (path.starts_with("d/log-")) newest_ = path;
    }
    const Start again = start(files_);
    ASSERT_TRUE(again.opened);
    expected_ = show(again.opened->recovered);
    restore();
  }

  void restore() {
    const auto found = files_.all();
    for (const auto& [path, bytes] : found) {
      if (intact_.contains(path)) continue;
      EXPECT_TRUE(files_.remove(path).ok());
    }
    for (const auto& [path, bytes] : intact_) {
      EXPECT_TRUE(found.contains(path) || files_.create(path).ok());
      files_.content(path) = bytes;
    }
  }

  void flip(const std::string& path, std::size_t bit) {
    char& byte = files_.content(path)[bit / 8];
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
  }

  /// Makes the directory survive a power loss.
  void damage_last_record(FileSystem& files) const {
    std::string log = std::move(files.read(newest_)).value().value();
    log[log.find_last_not_of('\0') - 1] ^= 1;
    EXPECT_TRUE(write_atomically(files, kDamaged, newest_.substr(kDamaged.size() + 1), log));
  }

  /// True if the directory is unchanged: a refusal writes nothing.
  bool expect_refused_or_whole(const std::string& what) {
    const Start found = start(files_);
    if (found.refused) {
      ++refused_;
      EXPECT_TRUE(found.refused->file.starts_with(kDamaged + "/")) << what;
      EXPECT_FALSE(found.refused->found.empty()) << what;
      return true;
    }
    ++whole_;
    EXPECT_EQ(show(found.opened->recovered), expected_) << what << " was not detected";
    EXPECT_EQ(found.opened->recovered.lost, raft::Index{0}) << what;
    return false;
  }

  /// The operator accepts the loss.
  void expect_announced(const std::string& what) {
    const Start found = start(files_, {4096, kSelf});
    if (found.refused) return;
    const raft::Recovered& state = found.opened->recovered;
    if (found.opened->loss.empty()) {
      EXPECT_EQ(show(state), expected_) << what;
      return;
    }
    ++announced_;
    EXPECT_GT(state.lost, raft::Index{0}) << what;
    const std::string entries = show({{}, state.entries, state.snapshot});
    const std::string whole = expected_.substr(expected_.find(' '));
    EXPECT_TRUE(whole.starts_with(entries.substr(entries.find(' ')))) << what << ": " << entries;
    EXPECT_GE(state.hard_state.term, raft::Term(GetParam() > 1 ? 2 : 1)) << what;
    EXPECT_NE(state.hard_state.vote, raft::kNoNode) << what << ": a vote may be lost";
    const Start again = start(files_);
    ASSERT_TRUE(again.opened) << what << ": " << again.refused->message();
    EXPECT_EQ(again.opened->recovered.lost, state.lost) << what << " is not recorded";
  }

  std::map<std::string, std::string> intact_;
  MemoryFileSystem files_;
  std::string newest_, expected_;
  std::size_t refused_ = 0, whole_ = 0, announced_ = 0;
};

TEST_P(Damage, EveryBitFlipped_IsRefusedOrHarmless) {
  std::size_t bytes = 0;
  for (const auto& [path, content] : intact_) {
    bytes += content.size();
    // Files that do not depend on the kind of the last record are damaged only once.
    if (GetParam() > 1 && path != "d/synced" && path != newest_) continue;
    for (std::size_t bit = 0; bit < content.size() * 8; ++bit) {
      flip(path, bit);
      const std::string what = fmt::format("bit {} of {}", bit, path);
      const bool unchanged = expect_refused_or_whole(what);
      // The other offsets are slow to test, and neighbours behave alike.
      if (unchanged && bit % 61 == 0) expect_announced(what);
      if (unchanged && bit % 61 != 0) {
        flip(path, bit);
      } else {
        restore();
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(bytes, 16'000U);
  EXPECT_GT(refused_, GetParam() > 1 ? 10'000U : 90'000U);
  EXPECT_GT(whole_, 0U);
  EXPECT_GT(announced_, 0U);
}

TEST_P(Damage, EveryFileTruncatedToEveryLength_IsRefusedOrHarmless) {
  for (const auto& [path, content] : intact_) {
    for (std::size_t size = 0; size < content.size(); ++size) {
      files_.content(path).resize(size);
      const std::string what = fmt::format("{} cut to {}", path, size);
      const bool unchanged = expect_refused_or_whole(what);
      if (unchanged && size % 13 == 0) expect_announced(what);
      if (unchanged && size % 13 != 0) {
        files_.content(path) = content;
      } else {
        restore();
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(refused_, 10'000U);
  EXPECT_GT(announced_, 0U);
}

TEST_P(Damage, EveryFileRemoved_IsRefused) {
  for (const auto& [path, content] : intact_) {
    ASSERT_TRUE(files_.remove(path));
    expect_refused_or_whole(path + " removed");
    expect_announced(path + " removed");
    restore();
  }
  EXPECT_EQ(refused_, intact_.size()) << "no file may be skipped";
}

/// The last record is damaged, an operator accepts the loss, and the machine stops at any call that
/// modifies the disk. Afterwards the loss is recorded, whether or not it is accepted once more.
TEST_P(Damage, CrashWhileALossIsAccepted_KeepsItRecorded) {
  for (const bool after_effect : {false, true}) {
    for (std::uint64_t call = 1;; ++call) {
      MemoryFileSystem files;
      ASSERT_NO_FATAL_FAILURE(fill(files, {}));
      damage_last_record(files);
      files.fail_from(call, after_effect);
      auto interrupted = Log::open(files, kDamaged, {4096, kSelf});
      const bool finished = std::holds_alternative<Log::Opened>(interrupted);
      interrupted = IoFailure{};
      files.crash(call % 2 == 0 ? 1 : 0);
      const Start plain = start(files);
      if (plain.opened) {
        EXPECT_GE(plain.opened->recovered.lost, raft::Index{70}) << call;
      }
      const Start again = start(files, {4096, kSelf});
      ASSERT_TRUE(again.opened) << call << ": " << again.refused->message();
      EXPECT_GE(again.opened->recovered.lost, raft::Index{70}) << call;
      EXPECT_EQ(again.opened->recovered.entries.size(), 59U) << call;
      EXPECT_EQ(again.opened->recovered.hard_state, hard_state(1, 2)) << call;
      if (finished) break;
    }
  }
}

/// After a power loss the sync mark may be older. A record above it is damaged, and a later one
/// shows that the node had seen term 5. Wherever a crash interrupts the recovery, the opened log
/// has that term.
TEST(Loss, CrashAfterACutAboveTheMark_KeepsTheTerm) {
  for (const bool after_effect : {false, true}) {
    for (std::uint64_t call = 1;; ++call) {
      MemoryFileSystem files;
      {
        const Start begun = start(files);
        Log& log = *begun.opened->log;
        log.add(batch(1, hard_state(1, 2), {entry(1, 1, "below the mark")}));
        ASSERT_TRUE(log.sync());
        const std::string marks = files.content("d/synced");
        log.add(batch(2, std::nullopt, {entry(1, 2, "above the mark")}));
        log.add(batch(3, hard_state(5, 1), {}));
        ASSERT_TRUE(log.sync());
        ASSERT_TRUE(write_atomically(files, kDamaged, "synced", marks));
      }
      std::string bytes = files.content("d/log-00000001");
      bytes[bytes.find("above")] ^= 1;
      ASSERT_TRUE(write_atomically(files, kDamaged, "log-00000001", bytes));
      files.fail_from(call, after_effect);
      auto interrupted = Log::open(files, kDamaged, {4096, kSelf});
      const bool finished = std::holds_alternative<Log::Opened>(interrupted);
      interrupted = IoFailure{};
      files.crash(call % 2 == 0 ? 1 : 0);
      const Start plain = start(files);
      if (plain.opened) {
        EXPECT_EQ(plain.opened->recovered.hard_state, hard_state(5, 3)) << call;
      }
      const Start again = start(files, {4096, kSelf});
      ASSERT_TRUE(again.opened) << call << ": " << again.refused->message();
      EXPECT_EQ(again.opened->recovered.hard_state, hard_state(5, 3)) << call;
      EXPECT_GE(again.opened->recovered.lost, raft::Index{2}) << call;
      if (finished) break;
    }
  }
}

/// The snapshot mark of an own snapshot still waits for the next write when the operator restores
/// the vote.
TEST_P(Damage, RestoredVoteWithAWaitingSnapshotMark_IsDurable) {
  damage_last_record(files_);
  {
    const Start found = start(files_, {4096, kSelf});
    ASSERT_TRUE(found.opened);
    const raft::Snapshot snapshot = with_snapshot({}, 1, 20).snapshot;
    ASSERT_TRUE(found.opened->snapshots->save(snapshot, SnapshotStore::Origin::kOwn));
    found.opened->log->mark(snapshot.last);
    ASSERT_TRUE(found.opened->log->restore_vote());
    files_.crash(0);
  }
  const Start found = start(files_);
  ASSERT_TRUE(found.opened);
  EXPECT_EQ(found.opened->recovered.lost, raft::Index{0});
}

/// The record of a loss is cleared when the operator restores the vote, and not before.
TEST_P(Damage, RestoredVote_IsDurable) {
  damage_last_record(files_);
  {
    const Start found = start(files_, {4096, kSelf});
    ASSERT_TRUE(found.opened);
    found.opened->log->add(batch(200, hard_state(5, 0), {}));
    ASSERT_TRUE(found.opened->log->sync());
    files_.crash(0);
  }
  {
    const Start found = start(files_);
    ASSERT_TRUE(found.opened);
    EXPECT_GT(found.opened->recovered.lost, raft::Index{0});
    EXPECT_EQ(found.opened->recovered.hard_state, hard_state(5, 0));
    ASSERT_TRUE(found.opened->log->restore_vote());
    files_.crash(0);
  }
  const Start found = start(files_);
  ASSERT_TRUE(found.opened);
  EXPECT_EQ(found.opened->recovered.lost, raft::Index{0});
}

/// Two sectors in the middle of a large last record were never written: above the mark a torn
/// write, below it damage.
TEST(SyncMark_, SectorOfZerosInTheLastRecord_IsATornTailOnlyAboveTheMark) {
  for (const bool below_mark : {false, true}) {
    MemoryFileSystem files;
    const Start begun = start(files, {});
    const std::string marks = files.content("d/synced");
    begun.opened->log->add(batch(1, std::nullopt, {entry(1, 1, std::string(8192, 'x'))}));
    ASSERT_TRUE(begun.opened->log->sync());
    files.content("d/log-00000001").replace(1024, 1024, 1024, '\0');
    if (!below_mark) files.content("d/synced") = marks;
    const Start found = start(files, {});
    EXPECT_EQ(found.refused.has_value(), below_mark);
    if (found.opened) {
      EXPECT_GT(found.opened->bytes_cut, 8000U);
    }
  }
}

/// No byte is missing, and one is wrong: no torn write looks like that.
TEST(SyncMark_, WrongByteInTheLastRecord_IsDamageAboveTheMarkToo) {
  MemoryFileSystem files;
  const Start begun = start(files, {});
  const std::string marks = files.content("d/synced");
  begun.opened->log->add(batch(1, std::nullopt, {entry(1, 1, "payload")}));
  ASSERT_TRUE(begun.opened->log->sync());
  files.content("d/log-00000001")[100] ^= 1;
  files.content("d/synced") = marks;
  const Start found = start(files, {});
  ASSERT_TRUE(found.refused);
  EXPECT_EQ(found.refused->offset, kSegmentHeaderBytes);
}

TEST(SyncMark_, OneBadSlot_FallsBackToThePreviousMark) {
  const std::string good = encode_sync_marks({.segment = 4, .offset = 80});
  std::string first = good, second = good;
  first[20] ^= 1;
  second[kSyncMarkSlotOffset + 20] ^= 1;
  EXPECT_EQ(decode_sync_marks(first)->segment, 4U);
  EXPECT_EQ(decode_sync_marks(second)->offset, 80U);
  first[kSyncMarkSlotOffset + 79] ^= 1;
  EXPECT_FALSE(decode_sync_marks(first));
}

/// Written by a node of version 0.1.0, which had no sync mark: four writes, then a kill.
TEST(SyncMark_, DirectoryOfVersionTwo_IsReadAndContinuesInVersionThree) {
  PosixFileSystem disk;
  MemoryFileSystem files;
  for (const std::string name : {"log-00000001", "incarnation"}) {
    const auto bytes = disk.read(CAPSIZE_TEST_DIR "/node/adapters/data/version-2/" + name);
    ASSERT_TRUE(bytes.value()) << name;
    ASSERT_TRUE(write_atomically(files, kDamaged, name, *bytes.value()));
  }
  {
    const Start found = start(files, {});
    ASSERT_TRUE(found.opened) << found.refused->message();
    EXPECT_EQ(found.opened->recovered.hard_state, hard_state(1, 1));
    ASSERT_EQ(found.opened->recovered.entries.size(), 5U);
    EXPECT_NE(found.opened->recovered.entries.back().payload->find("value 3"), std::string::npos);
  }
  ASSERT_TRUE(files.all().contains("d/log-00000002")) << "a segment of version 3";
  const Start again = start(files, {});
  ASSERT_TRUE(again.opened) << again.refused->message();
  EXPECT_EQ(again.opened->recovered.entries.size(), 5U);
  ASSERT_TRUE(files.remove("d/synced"));
  const Start unmarked = start(files, {});
  ASSERT_TRUE(unmarked.refused);
  EXPECT_EQ(unmarked.refused->file, "d/synced");
}

INSTANTIATE_TEST_SUITE_P(LastRecord, Damage, ::testing::Values(1, 2, 3));

}  // namespace
}  // namespace capsize::storage
