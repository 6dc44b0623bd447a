// The write-ahead log under damage: truncated at every byte, every bit flipped, every call failed.
#include "node/storage/log.h"

#include <gtest/gtest.h>

#include "node/storage/log_format.h"
#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"

namespace capsize::storage {
namespace {

const std::string kDirectory = "d";
const std::string kPath = "d/log-00000001";

constexpr LogOptions kOneSegment{4096};

Log::Opened must_open(FileSystem& files) {
  auto opened = Log::open(files, kDirectory, kOneSegment);
  if (const auto* corrupt = std::get_if<CorruptLog>(&opened)) ADD_FAILURE() << corrupt->message();
  if (const auto* failure = std::get_if<IoFailure>(&opened)) ADD_FAILURE() << failure->message;
  return std::get<Log::Opened>(std::move(opened));
}

/// A file system with the sample log, without reserved space; the offsets of its records, and its
/// end.
struct Written {
  MemoryFileSystem files;
  std::vector<std::uint64_t> boundaries = {kSegmentHeaderBytes};
};
void write_samples(Written& written) {
  auto opened = must_open(written.files);
  for (const raft::PersistBatch& item : sample_batches()) {
    opened.log->add(item);
    ASSERT_TRUE(opened.log->sync());
  }
  std::string& bytes = written.files.content(kPath);
  while (true) {
    const auto record = read_record(std::string_view(bytes).substr(written.boundaries.back()));
    if (!record) break;
    written.boundaries.push_back(written.boundaries.back() + record->bytes);
  }
  ASSERT_EQ(bytes.size(), kOneSegment.segment_bytes) << "space is reserved up to a segment's end";
  bytes.resize(written.boundaries.back());
}

TEST(Log_, Open_EmptyDirectory_StartsEmpty) {
  MemoryFileSystem files;
  EXPECT_EQ(show(must_open(files).recovered), "0/0");
}

TEST(Log_, Reopen_AfterBatches_RecoversThemSuperseded) {
  Written written;
  write_samples(written);
  const auto opened = must_open(written.files);
  EXPECT_EQ(show(opened.recovered), states_after_each_record(sample_batches()).back());
  EXPECT_EQ(opened.bytes_cut, 0U);
}

TEST(Log_, Reopen_ThenAppend_ContinuesTheChain) {
  Written written;
  write_samples(written);
  {
    auto opened = must_open(written.files);
    opened.log->add(batch(1, hard_state(9, 3), {entry(9, 5, "later")}));
    ASSERT_TRUE(opened.log->sync());
  }
  const auto again = must_open(written.files);
  EXPECT_EQ(again.recovered.entries.size(), 5U);
  EXPECT_EQ(again.recovered.hard_state, hard_state(9, 3));
}

TEST(Log_, TailTornAtAnyByte_IsCutAndSaved) {
  Written written;
  write_samples(written);
  const std::string whole = written.files.content(kPath);
  const auto states = states_after_each_record(sample_batches());
  for (std::size_t size = kSegmentHeaderBytes; size < whole.size(); ++size) {
    Written torn;
    write_samples(torn);
    torn.files.content(kPath).resize(size);
    torn.files.content("d/synced") = old_marks();
    std::size_t records = 0;
    while (torn.boundaries[records + 1] <= size) ++records;
    const auto opened = must_open(torn.files);
    ASSERT_EQ(show(opened.recovered), states[records]) << "cut to " << size;
    const std::uint64_t valid = torn.boundaries[records];
    // Zeros at the end of a torn tail cannot be distinguished from reserved space.
    std::string tail = whole.substr(valid, size - valid);
    tail.resize(tail.find_last_not_of('\0') + 1);
    ASSERT_EQ(opened.bytes_cut, tail.size());
    ASSERT_EQ(torn.files.content(kPath).substr(0, valid), whole.substr(0, valid));
    if (opened.bytes_cut > 0) {
      ASSERT_EQ(torn.files.content(kPath).size(), valid);
      ASSERT_EQ(torn.files.content(opened.cut_file), tail);
    }
  }
}

TEST(Log_, TornHeader_IsCorruptNotEmpty) {
  for (std::size_t size = 0; size < kSegmentHeaderBytes; ++size) {
    Written torn;
    write_samples(torn);
    torn.files.content(kPath).resize(size);
    const auto opened = Log::open(torn.files, kDirectory, kOneSegment);
    ASSERT_TRUE(std::holds_alternative<CorruptLog>(opened)) << size;
  }
}

TEST(Log_, ZerosAfterTheEnd_AreReservedSpaceAndNotATornTail) {
  Written written;
  write_samples(written);
  const std::uint64_t end = written.boundaries.back();
  written.files.content(kPath).append(1000, '\0');
  {
    const auto opened = must_open(written.files);
    EXPECT_EQ(opened.bytes_cut, 0U);
    EXPECT_EQ(show(opened.recovered), states_after_each_record(sample_batches()).back());
    opened.log->add(batch(1, hard_state(9, 3), {}));
    ASSERT_TRUE(opened.log->sync());
  }
  EXPECT_TRUE(read_record(std::string_view(written.files.content(kPath)).substr(end)))
      << "the log continues where its records end";
  EXPECT_EQ(must_open(written.files).recovered.hard_state, hard_state(9, 3));
}

TEST(Log_, TornTailInReservedSpace_IsCutWithoutTheZerosAfterIt) {
  Written written;
  write_samples(written);
  const std::uint64_t end = written.boundaries.back();
  std::string torn;
  append_entry(torn, 7, entry(3, 5, "the rest is missing"));
  torn.resize(40);
  written.files.content(kPath).append(torn).append(1000, '\0');
  const auto opened = must_open(written.files);
  EXPECT_EQ(opened.bytes_cut, 40U);
  EXPECT_EQ(written.files.content(opened.cut_file), torn);
  EXPECT_EQ(written.files.content(kPath).size(), end);
}

TEST(Log_, BitFlippedAnywhere_IsRefusedAtItsRecord) {
  Written written;
  write_samples(written);
  const std::string whole = written.files.content(kPath);
  const std::string marks = written.files.content("d/synced");
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    MemoryFileSystem files;
    (void)must_open(files);
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    files.content(kPath) = damaged;
    files.content("d/synced") = marks;
    const auto opened = Log::open(files, kDirectory, kOneSegment);
    const auto* corrupt = std::get_if<CorruptLog>(&opened);
    ASSERT_NE(corrupt, nullptr) << "bit " << bit << " was not detected";
    ASSERT_EQ(corrupt->file, kPath);
    std::uint64_t damaged_record = 0;
    for (const std::uint64_t boundary : written.boundaries) {
      if (boundary <= bit / 8) damaged_record = boundary;
    }
    ASSERT_EQ(corrupt->offset, damaged_record) << bit;
    ASSERT_EQ(files.content(kPath), damaged) << "a refused log is not modified";
  }
}

TEST(Log_, RecordRemovedFromTheMiddle_IsRefused) {
  Written written;
  write_samples(written);
  const std::string whole = written.files.content(kPath);
  const auto& at = written.boundaries;
  for (std::size_t record = 0; record + 2 < at.size(); ++record) {
    written.files.content(kPath) = whole.substr(0, at[record]) + whole.substr(at[record + 1]);
    const auto opened = Log::open(written.files, kDirectory);
    ASSERT_TRUE(std::holds_alternative<CorruptLog>(opened)) << record;
    EXPECT_EQ(std::get<CorruptLog>(opened).offset, at[record]);
  }
}

TEST(Log_, GapBetweenEntries_IsRefused) {
  MemoryFileSystem files;
  (void)must_open(files);
  std::string& bytes = files.content(kPath);  // forged: the log itself never writes a gap
  const std::uint32_t first = append_entry(bytes, 0, entry(1, 1, "a"));
  append_entry(bytes, first, entry(1, 3, "c"));
  const auto again = Log::open(files, kDirectory);
  ASSERT_TRUE(std::holds_alternative<CorruptLog>(again));
  EXPECT_NE(std::get<CorruptLog>(again).message().find("entry 3 after entry 1"), std::string::npos);
}

TEST(Log_, UnsyncedTailOfAKilledProcess_IsSyncedByRecovery) {
  MemoryFileSystem files;
  {
    auto opened = must_open(files);
    opened.log->add(batch(1, hard_state(1, 1), {}));
    files.fail_from(3, /*after_effect=*/false);  // reserve and write succeed, the sync fails
    ASSERT_FALSE(opened.log->sync());
  }
  files.kill();
  // Only the process was killed: the bytes are in the page cache, and recovery uses them.
  const auto opened = must_open(files);
  EXPECT_EQ(opened.recovered.hard_state, hard_state(1, 1));
  files.crash(0);
  EXPECT_EQ(must_open(files).recovered.hard_state, hard_state(1, 1));
}

TEST(LogDeathTest, Log_UsedAfterAFailedSync_Dies) {
  MemoryFileSystem files;
  auto opened = must_open(files);
  opened.log->add(batch(1, hard_state(1, 1), {}));
  files.fail_from(2, false);
  ASSERT_FALSE(opened.log->sync());
  EXPECT_DEATH((void)opened.log->sync(), "never used again");
}

}  // namespace
}  // namespace capsize::storage
