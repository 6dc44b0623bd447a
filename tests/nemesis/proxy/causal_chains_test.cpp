// Chains of messages that may have caused one another, without nodes, terms and times.
#include "nemesis/proxy/causal_chains.h"

#include <gtest/gtest.h>

#include <map>

namespace capsize::nemesis::proxy {
namespace {

using wire::MessageType;

/// A network: every message is read by the proxy, and delivered unless a test says otherwise.
class Chains : public testing::Test {
 protected:
  static wire::Header header(MessageType type, std::uint32_t from, std::uint32_t to,
                             std::uint64_t term) {
    wire::Header made;
    made.type = type;
    made.from = from;
    made.to = to;
    made.term = term;
    return made;
  }
  static void pass(CausalChains& chains, const wire::Header& message,
                   MessageFate fate = MessageFate::kDelivered) {
    if (fate == MessageFate::kDelivered) chains.delivered(message, Arrival::kAtOnce);
    chains.sent(message, fate);
  }
  /// An election of `candidate` and a first heartbeat, with this voter.
  static void elect(CausalChains& chains, std::uint32_t candidate, std::uint32_t voter,
                    std::uint64_t term) {
    pass(chains, header(MessageType::kRequestVote, candidate, voter, term));
    pass(chains, header(MessageType::kRequestVoteReply, voter, candidate, term));
    pass(chains, header(MessageType::kHeartbeat, candidate, voter, term));
    pass(chains, header(MessageType::kAppendEntriesReply, voter, candidate, term));
  }
  using Counted = std::map<std::pair<std::string, std::uint32_t>, std::uint64_t>;
  static Counted counted(const CausalChains& chains) {
    Counted all;
    for (const auto& each : chains.counts()) all[{each.context, each.chain}] = each.times;
    return all;
  }
};

TEST_F(Chains, OfOtherNodesAndTerms_AreTheSame) {
  CausalChains one, other;
  elect(one, 1, 2, 1);
  elect(other, 3, 5, 41);
  EXPECT_EQ(counted(one), counted(other));
  EXPECT_EQ(counted(one).size(), 4U);
}

TEST_F(Chains, TheSameAgain_IsCountedAndNotNew) {
  CausalChains chains;
  elect(chains, 1, 2, 1);
  for (int i = 0; i < 3; ++i) {
    pass(chains, header(MessageType::kHeartbeat, 1, 2, 1));
    pass(chains, header(MessageType::kAppendEntriesReply, 2, 1, 1));
  }
  const auto before = counted(chains).size();
  pass(chains, header(MessageType::kHeartbeat, 1, 2, 1));
  EXPECT_EQ(counted(chains).size(), before);
}

TEST_F(Chains, AMessageOfAnOldTerm_IsAnother) {
  CausalChains current, stale;
  for (CausalChains* chains : {&current, &stale}) {
    elect(*chains, 1, 2, 1);
    elect(*chains, 2, 3, 2);
  }
  pass(current, header(MessageType::kHeartbeat, 2, 3, 2));
  pass(stale, header(MessageType::kHeartbeat, 1, 3, 1));
  EXPECT_NE(counted(current), counted(stale));
}

TEST_F(Chains, AMessageThatIsStopped_CausesNothing) {
  CausalChains delivered, stopped;
  for (CausalChains* chains : {&delivered, &stopped}) elect(*chains, 1, 2, 1);
  const auto before = counted(stopped).size();
  pass(delivered, header(MessageType::kHeartbeat, 1, 3, 1));
  pass(stopped, header(MessageType::kHeartbeat, 1, 3, 1), MessageFate::kStopped);
  pass(delivered, header(MessageType::kPreVote, 3, 2, 2));
  pass(stopped, header(MessageType::kPreVote, 3, 2, 2));
  EXPECT_EQ(counted(stopped).size(), before + 2);
  EXPECT_NE(counted(delivered), counted(stopped));
}

TEST_F(Chains, InAnotherContext_AreApart) {
  CausalChains chains;
  pass(chains, header(MessageType::kHeartbeat, 1, 2, 1));
  chains.set_context("cut");
  pass(chains, header(MessageType::kHeartbeat, 3, 2, 1));
  chains.set_context("");
  const auto all = counted(chains);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all.begin()->first.first, "");
  EXPECT_EQ(all.rbegin()->first.first, "cut");
}

TEST_F(Chains, OfMoreContextsThanTheBound_CountAsTheEmptyOne) {
  CausalChains chains;
  for (std::size_t i = 0; i < CausalChains::kContextsMax + 10; ++i) {
    chains.set_context("kind " + std::to_string(i));
    pass(chains, header(MessageType::kForward, 1, 2, 1));
  }
  EXPECT_EQ(counted(chains).size(), CausalChains::kContextsMax);
}

TEST_F(Chains, BeyondTheirBound_AreNotCounted) {
  CausalChains chains;
  for (std::uint64_t term = 1; chains.uncounted() == 0; ++term) {
    ASSERT_LT(term, 300U);
    for (std::size_t context = 0; context < CausalChains::kContextsMax; ++context) {
      chains.set_context(std::to_string(context));
      const auto type = static_cast<MessageType>(1 + term % 14);
      const auto cause = static_cast<MessageType>(1 + term / 14 % 14);
      pass(chains, header(cause, 1, 2, 1));
      pass(chains, header(type, 2, 1, 1));
    }
  }
  EXPECT_EQ(counted(chains).size(), CausalChains::kChainsMax);
}

}  // namespace
}  // namespace capsize::nemesis::proxy
