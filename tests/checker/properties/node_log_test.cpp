#include "checker/properties/node_log.h"

#include <gtest/gtest.h>

namespace capsize::checker {
namespace {

TraceEvent event(TraceKind kind, std::uint64_t first, std::uint64_t index, std::uint64_t term,
                 std::uint64_t hash) {
  TraceEvent out;
  out.kind = kind;
  out.first = first;
  out.index = index;
  out.entry_term = term;
  out.hash = hash;
  out.has_index = out.has_hash = true;
  return out;
}

TEST(NodeLog, Append_AddsAPoint) {
  NodeLog log;
  log.follow(event(TraceKind::kAppendEntries, 1, 3, 1, 0xA));
  EXPECT_EQ(log.last_index(), 3u);
  EXPECT_EQ(log.hash_at(3), 0xAu);
  EXPECT_EQ(log.hash_at(2), std::nullopt);
  EXPECT_EQ(log.term_at(2), 1u);
  EXPECT_EQ(log.term_at(4), 0u);
}

TEST(NodeLog, TruncateInsideABatch_KeepsItsLowerPartWithoutAHash) {
  NodeLog log;
  log.follow(event(TraceKind::kAppendEntries, 1, 3, 1, 0xA));
  log.follow(event(TraceKind::kTruncate, 2, 2, 0, 0));
  EXPECT_EQ(log.last_index(), 2u);
  EXPECT_EQ(log.hash_at(2), std::nullopt);
  EXPECT_EQ(log.term_at(2), 1u);
}

TEST(NodeLog, AppendBelowTheEnd_Replaces) {
  NodeLog log;
  log.follow(event(TraceKind::kAppendEntries, 1, 3, 1, 0xA));
  log.follow(event(TraceKind::kAppendEntries, 3, 3, 2, 0xB));
  EXPECT_EQ(log.hash_at(3), 0xBu);
  EXPECT_EQ(log.term_at(2), 1u);
  EXPECT_EQ(log.term_at(3), 2u);
}

TEST(NodeLog, StartWithAnotherHash_ForgetsWhatWasKnown) {
  NodeLog log;
  log.follow(event(TraceKind::kAppendEntries, 1, 3, 1, 0xA));
  log.follow(event(TraceKind::kStart, 3, 3, 1, 0xC));
  EXPECT_EQ(log.hash_at(3), 0xCu);
  EXPECT_EQ(log.term_at(2), 0u);
}

TEST(NodeLog, Install_ReplacesTheLogUnlessItHasTheEntry) {
  NodeLog log;
  log.follow(event(TraceKind::kAppendEntries, 1, 3, 1, 0xA));
  log.follow(event(TraceKind::kAppendEntries, 4, 5, 1, 0xB));
  log.follow(event(TraceKind::kInstall, 3, 3, 1, 0xA));
  EXPECT_EQ(log.last_index(), 5u);
  log.follow(event(TraceKind::kInstall, 9, 9, 2, 0xD));
  EXPECT_EQ(log.last_index(), 9u);
  EXPECT_EQ(log.hash_at(3), std::nullopt);
}

}  // namespace
}  // namespace capsize::checker
