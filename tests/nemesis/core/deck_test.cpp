#include "nemesis/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {
namespace {

using testing::Contains;
using testing::Not;

TEST(Deck, AStrategyOrAKind_HasOne_OtherNamesHaveNone) {
  EXPECT_GT(find_deck("partition")->cards.size(), 1U);
  const auto drop = find_deck("drop");
  ASSERT_TRUE(drop);
  EXPECT_EQ(drop->cards.size(), 1U);
  EXPECT_EQ(drop->cards[0].kind, "drop");
  EXPECT_EQ(drop->cards[0].planned_by, "drop");
  EXPECT_FALSE(find_deck("dorp"));
}

TEST(Deck, EveryKindAlone_HasACardItsParametersAllow) {
  for (const auto& kind : FaultKinds::instance().all()) {
    const Card card = kind->card();
    EXPECT_EQ(card.kind, kind->name());
    EXPECT_TRUE(check(kind->parameters(), card.params)) << kind->name();
    EXPECT_TRUE(check(kind->parameters(), with_defaults(kind->parameters(), card.params)))
        << kind->name();
  }
}

TEST(Deck, All_LeavesTheMembersAsTheyAre) {
  EXPECT_THAT(all_names(), Not(Contains("membership")));
  EXPECT_THAT(all_names(), testing::IsSupersetOf(default_names()));
  EXPECT_EQ(spares_of("membership"), 1U);
  EXPECT_EQ(spares_of("grow"), 1U);
  EXPECT_EQ(spares_of("kill"), 0U);
}

std::vector<Deck> all_decks() {
  std::vector<Deck> decks;
  for (const auto& name : all_names()) decks.push_back(*find_deck(name));
  return decks;
}

TEST(Swarm, DrawsOtherSubsetsFromOtherSeeds_NeverNothing) {
  std::set<std::string> mixtures;
  std::set<std::string> met;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    base::Prng prng(seed);
    const auto drawn = draw_swarm(all_decks(), prng);
    EXPECT_GE(drawn.size(), 2U);
    std::string mixture;
    for (const auto& deck : drawn) {
      EXPECT_FALSE(deck.cards.empty());
      met.insert(deck.name);
      mixture += deck.name + std::to_string(deck.cards.size()) + " ";
    }
    mixtures.insert(mixture);
  }
  EXPECT_GT(mixtures.size(), 20U);
  for (const auto& deck : all_decks()) {
    EXPECT_TRUE(deck.cards.empty() || met.contains(deck.name)) << deck.name;
  }
}

TEST(Swarm, SameSeed_SameMixture) {
  base::Prng a(7), b(7);
  const auto first = draw_swarm(all_decks(), a);
  const auto second = draw_swarm(all_decks(), b);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].cards, second[i].cards);
}

}  // namespace
}  // namespace capsize::nemesis
