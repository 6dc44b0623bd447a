#include "node/replica/forward_memory.h"

#include <gtest/gtest.h>

namespace capsize::replica {
namespace {

constexpr raft::NodeId kOne{1}, kTwo{2};

TEST(ForwardMemory, EachRequest_IsNewOnce) {
  ForwardMemory memory;
  EXPECT_TRUE(memory.is_first(kOne, 1, 5));
  EXPECT_FALSE(memory.is_first(kOne, 1, 5));
  EXPECT_TRUE(memory.is_first(kOne, 1, 9));
  EXPECT_TRUE(memory.is_first(kOne, 1, 7));  // reordered, not repeated
  EXPECT_FALSE(memory.is_first(kOne, 1, 7));
  EXPECT_TRUE(memory.is_first(kTwo, 1, 5));
}

TEST(ForwardMemory, NewIncarnation_ResetsTheMemory_AndTheOldOneCountsAsSeen) {
  ForwardMemory memory;
  EXPECT_TRUE(memory.is_first(kOne, 1, 5));
  EXPECT_TRUE(memory.is_first(kOne, 2, 5));
  EXPECT_FALSE(memory.is_first(kOne, 1, 6));
}

TEST(ForwardMemory, BeyondItsBound_OldRequestsCountAsSeen) {
  ForwardMemory memory(3);
  for (const std::uint64_t id : {10U, 20U, 30U, 40U}) EXPECT_TRUE(memory.is_first(kOne, 1, id));
  EXPECT_FALSE(memory.is_first(kOne, 1, 5));
  EXPECT_FALSE(memory.is_first(kOne, 1, 10));
  EXPECT_TRUE(memory.is_first(kOne, 1, 15));
  EXPECT_FALSE(memory.is_first(kOne, 1, 20));
}

}  // namespace
}  // namespace capsize::replica
