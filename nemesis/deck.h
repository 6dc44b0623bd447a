// A deck: the cards that a name of `--nemesis` stands for. A name is a strategy's, or a kind of
// fault's, whose deck is then that one card.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nemesis/strategy.h"

namespace capsize::nemesis {

struct Deck {
  std::string name;
  std::vector<Card> cards;  // each planned by that name
};

/// Nothing when it is neither a strategy nor a kind of fault. A strategy that has only a script has
/// an empty deck.
[[nodiscard]] std::optional<Deck> find_deck(const std::string& name);
/// Nodes beside the members that it needs. Precondition: find_deck() knows it.
[[nodiscard]] std::size_t spares_of(const std::string& name);
/// Every strategy that leaves the members as they are.
[[nodiscard]] std::vector<std::string> all_names();
/// The strategies of a run that names none.
[[nodiscard]] std::vector<std::string> default_names();
/// For error messages and help.
[[nodiscard]] std::string known_names();

/// Swarm style (Groce et al., "Swarm Testing", ISSTA 2012): of the decks and of each deck's cards a
/// subset, drawn from the seed, so that a fault that hides another's effect is missing in some
/// runs. At least two decks, and one card of each, where there are so many.
[[nodiscard]] std::vector<Deck> draw_swarm(std::vector<Deck> decks, base::Prng& prng);

}  // namespace capsize::nemesis
