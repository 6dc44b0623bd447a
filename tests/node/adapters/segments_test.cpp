// The log in segments: damage across files, and removal after snapshots.
#include <gtest/gtest.h>

#include "base/prng.h"
#include "node/storage/log.h"
#include "node/storage/log_format.h"
#include "node/storage/segment.h"
#include "tests/node/adapters/log_samples.h"
#include "tests/node/adapters/memory_file_system.h"

namespace capsize::storage {
namespace {

const std::string kDirectory = "d";
constexpr LogOptions kSegmentPerBatch{1};

std::variant<Log::Opened, CorruptLog, IoFailure> open(FileSystem& files, LogOptions options) {
  return Log::open(files, kDirectory, options);
}

Log::Opened must_open(FileSystem& files, LogOptions options = kSegmentPerBatch) {
  auto opened = open(files, options);
  if (const auto* corrupt = std::get_if<CorruptLog>(&opened)) ADD_FAILURE() << corrupt->message();
  return std::get<Log::Opened>(std::move(opened));
}

void write(FileSystem& files, const std::vector<raft::PersistBatch>& batches,
           LogOptions options = kSegmentPerBatch) {
  const auto opened = must_open(files, options);
  for (const raft::PersistBatch& item : batches) {
    opened.log->add(item);
    ASSERT_TRUE(opened.log->sync());
  }
}

std::vector<std::uint64_t> segments(FileSystem& files) {
  return list_segments(files, kDirectory).value();
}

std::string path(std::uint64_t number) {
  return kDirectory + "/" + segment_name(number);
}

/// "FILE: WHAT", or "opened".
std::string refusal(FileSystem& files) {
  const auto opened = open(files, kSegmentPerBatch);
  const auto* corrupt = std::get_if<CorruptLog>(&opened);
  return corrupt == nullptr ? "opened" : corrupt->file + ": " + corrupt->found;
}

TEST(SegmentName, IsParsedStrictly) {
  EXPECT_EQ(segment_name(7), "log-00000007");
  EXPECT_EQ(parse_segment_name("log-00000007"), 7U);
  EXPECT_EQ(parse_segment_name("log-123456789"), 123456789U);
  for (const char* other : {"log-7", "log-00000000", "log-00000007.new", "log-0000000x",
                            "log-000000007", "cut-1-1", "log-", "log-99999999999999999999"}) {
    EXPECT_FALSE(parse_segment_name(other)) << other;
  }
}

TEST(Segments, Reopen_ReadsTheChainThroughAllOfThem) {
  MemoryFileSystem files;
  write(files, sample_batches());
  EXPECT_EQ(segments(files), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(show(must_open(files).recovered), states_after_each_record(sample_batches()).back());
  write(files, {batch(9, hard_state(9, 3), {entry(9, 5, "later")})});
  EXPECT_EQ(must_open(files).recovered.entries.size(), 5U);
}

TEST(Segments, DamageInAnEarlierSegment_IsRefusedThoughNothingValidFollowsInIt) {
  MemoryFileSystem files;
  write(files, sample_batches());
  // The first segment has no entry: its records are summarised in the header of the second.
  for (const std::uint64_t number : {2U, 3U, 4U}) {
    std::string& bytes = files.content(path(number));
    const std::string good = bytes;
    const std::size_t end = good.find_last_not_of('\0');
    bytes[end] = static_cast<char>(bytes[end] ^ 1);
    EXPECT_NE(refusal(files), "opened") << number;
    bytes = good.substr(0, end);  // a torn tail, but not in the last segment
    EXPECT_NE(refusal(files), "opened") << number;
    bytes = good;
  }
  EXPECT_EQ(refusal(files), "opened");
}

TEST(Segments, MissingOrMisplacedSegment_IsRefused) {
  MemoryFileSystem files;
  write(files, sample_batches());
  const std::string third = files.content(path(3));
  ASSERT_TRUE(files.remove(path(3)));
  EXPECT_EQ(refusal(files), "d/log-00000003: a segment of the log is missing");
  ASSERT_TRUE(files.rename(path(2), path(3)));
  EXPECT_EQ(refusal(files),
            "d/log-00000003: found no valid header, expected that of this segment, version 2 or 3");
  files.content(path(3)) = third;
  ASSERT_TRUE(files.remove(path(1)));
  EXPECT_EQ(
      refusal(files),
      "d/log-00000003: found a log that begins after entry 3, and a snapshot only up to entry 0");
}

TEST(Segments, SegmentOfAnotherLog_IsRefused) {
  MemoryFileSystem files, other;
  write(files, sample_batches());
  write(other, {batch(1, hard_state(1, 3), {entry(1, 1, "b")}), batch(2, hard_state(2, 3), {})});
  files.content(path(2)) = other.content(path(2));
  EXPECT_EQ(refusal(files), "d/log-00000002: found a segment that does not follow segment 1");
}

TEST(Segments, CoveredByASnapshot_AreRemoved) {
  MemoryFileSystem files;
  const auto opened = must_open(files);
  for (std::uint64_t i = 1; i <= 200; ++i) {
    opened.log->add(batch(i, std::nullopt, {entry(1, i, std::string(100, 'x'))}));
    if (i % 10 == 0) opened.log->add(with_snapshot(batch(1000, {}, {}), 1, i));
    ASSERT_TRUE(opened.log->sync());
    ASSERT_LE(segments(files).size(), 11U);
  }
  EXPECT_EQ(segments(files), std::vector<std::uint64_t>{201});
}

TEST(Segments, LeftByACrashBetweenRemovals_AreRemovedByOpen) {
  MemoryFileSystem files;
  write(files, sample_batches());
  const std::string first = files.content(path(1)), third = files.content(path(3));
  write(files, {with_snapshot(batch(5, {}, {}), 3, 4)});
  const std::string state = show(must_open(files).recovered);
  (void)files.create(path(1));
  files.content(path(1)) = first;
  (void)files.create(path(3));
  files.content(path(3)) = third;
  EXPECT_EQ(show(must_open(files).recovered), state);
  EXPECT_EQ(segments(files), std::vector<std::uint64_t>{6});
}

/// Random batches as a core may write them: superseding entries, own and others' snapshots, hard
/// states.
raft::PersistBatch random_batch(base::Prng& random, const raft::Recovered& state) {
  raft::PersistBatch item = batch(1, std::nullopt, {});
  const std::uint64_t begin = state.snapshot.last.id.index.value();
  const std::uint64_t last = state.last().value();
  std::uint64_t next = last + 1;
  std::uint64_t term = state.hard_state.term.value();
  if (random.chance(0.3)) item.hard_state = hard_state(++term, random.chance(0.5) ? 1 : 2);
  if (random.chance(0.25)) {
    const std::uint64_t end = random.between(begin + 1, last + 3);
    const bool own = end <= last && random.chance(0.7);
    const std::uint64_t of = own ? state.entries[end - begin - 1].term.value() : term;
    item = with_snapshot(item, of, end);
    raft::Recovered after = state;
    after.install(item.snapshot);
    next = after.last().value() + 1;
  } else if (last > begin && random.chance(0.3)) {
    next = random.between(begin + 1, last);
  }
  for (std::uint64_t n = random.below(4); n > 0; --n, ++next) {
    item.entries.push_back(entry(term, next, std::string(random.below(60), 'e')));
  }
  return item;
}

TEST(Segments, RandomBatches_RecoverLikeTheReferenceReplay) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    base::Prng random = base::Prng::stream(seed, "segments");
    MemoryFileSystem files;
    const LogOptions options{random.between(std::uint64_t{1}, std::uint64_t{600})};
    raft::Recovered state;
    auto opened = must_open(files, options);
    for (int i = 0; i < 60; ++i) {
      const raft::PersistBatch item = random_batch(random, state);
      if (item.hard_state) state.hard_state = *item.hard_state;
      if (item.snapshot) state.install(item.snapshot);
      for (const raft::Entry& added : item.entries) state.write(added);
      opened.log->add(item);
      if (random.chance(0.6)) continue;  // several batches in one sync
      ASSERT_TRUE(opened.log->sync());
      if (random.chance(0.5))
        opened = must_open(files, options);
      else
        continue;
      ASSERT_EQ(show(opened.recovered), show(state)) << "seed " << seed << ", batch " << i;
    }
  }
}

}  // namespace
}  // namespace capsize::storage
