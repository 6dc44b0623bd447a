#include "nemesis/deck.h"

#include <algorithm>

#include "base/check.h"
#include "nemesis/fault_kind.h"

namespace capsize::nemesis {
namespace {

constexpr double kDeckShare = 0.5;
constexpr double kCardShare = 0.7;
constexpr std::size_t kDecksMin = 2;

/// Each item with the given probability, but `least` of them if there are so many.
template <class Item>
std::vector<Item> subset(std::vector<Item> items, double share, std::size_t least,
                         base::Prng& prng) {
  prng.shuffle(items);
  std::size_t taken = 0;
  for (std::size_t i = 0; i < items.size(); ++i) taken += prng.chance(share) ? 1 : 0;
  items.resize(std::min(items.size(), std::max(taken, least)));
  return items;
}

}  // namespace

std::optional<Deck> find_deck(const std::string& name) {
  Deck deck{.name = name, .cards = {}};
  if (const Strategy* strategy = Strategies::instance().find(name)) {
    deck.cards = strategy->deck();
  } else if (const FaultKind* kind = FaultKinds::instance().find(name)) {
    deck.cards = {kind->card()};
  } else {
    return std::nullopt;
  }
  for (Card& card : deck.cards) card.planned_by = name;
  return deck;
}

std::size_t spares_of(const std::string& name) {
  if (const Strategy* strategy = Strategies::instance().find(name)) return strategy->spares();
  const FaultKind* kind = FaultKinds::instance().find(name);
  CHECK(kind != nullptr, "a name of a deck is a strategy's or a kind's");
  return kind->spares();
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto& strategy : Strategies::instance().all()) {
    if (strategy->spares() == 0) names.emplace_back(strategy->name());
  }
  return names;
}

std::vector<std::string> default_names() {
  std::vector<std::string> names;
  for (const auto& strategy : Strategies::instance().all()) {
    if (strategy->by_default()) names.emplace_back(strategy->name());
  }
  return names;
}

std::string known_names() {
  std::string names = Strategies::instance().names();
  for (const auto& kind : FaultKinds::instance().all()) {
    if (Strategies::instance().find(kind->name()) == nullptr) {
      names += ", " + std::string(kind->name());
    }
  }
  return names;
}

std::vector<Deck> draw_swarm(std::vector<Deck> decks, base::Prng& prng) {
  std::erase_if(decks, [](const Deck& deck) { return deck.cards.empty(); });
  std::vector<Deck> drawn = subset(std::move(decks), kDeckShare, kDecksMin, prng);
  for (Deck& deck : drawn) deck.cards = subset(std::move(deck.cards), kCardShare, 1, prng);
  return drawn;
}

}  // namespace capsize::nemesis
