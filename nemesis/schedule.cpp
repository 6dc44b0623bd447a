#include "nemesis/schedule.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/prng.h"
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

namespace {

bool degrades(const Card& card) {
  const FaultKind* kind = FaultKinds::instance().find(card.kind);
  CHECK(kind != nullptr, "a strategy deals only registered faults");
  return kind->impact() == Impact::kDegrades;
}

std::vector<Card> collect(const std::vector<Deck>& decks, bool degrading) {
  std::vector<Card> cards;
  for (const Deck& deck : decks) {
    for (const Card& card : deck.cards) {
      if (degrades(card) == degrading) cards.push_back(card);
    }
  }
  return cards;
}

/// How many of the decks have a card of this impact.
std::size_t decks_with(const std::vector<Deck>& decks, bool degrading) {
  return static_cast<std::size_t>(std::count_if(decks.begin(), decks.end(), [&](const Deck& deck) {
    return deck.named && std::any_of(deck.cards.begin(), deck.cards.end(),
                                     [&](const Card& card) { return degrades(card) == degrading; });
  }));
}

std::size_t dealt_by(const std::vector<PlannedFault>& schedule, const std::string& name) {
  return static_cast<std::size_t>(
      std::count_if(schedule.begin(), schedule.end(),
                    [&](const PlannedFault& fault) { return fault.card.planned_by == name; }));
}

/// A named deck of which nothing was dealt takes the place of a fault whose deck has others.
void deal_named(const std::vector<Deck>& decks, std::uint64_t seed,
                std::vector<PlannedFault>& schedule) {
  auto prng = base::Prng::stream(seed, "schedule-named");
  for (const Deck& deck : decks) {
    if (!deck.named || deck.cards.empty() || dealt_by(schedule, deck.name) > 0) continue;
    const Card& card = deck.cards[prng.below(deck.cards.size())];
    const auto spare = [&](const PlannedFault& fault) {
      return degrades(fault.card) == degrades(card) &&
             dealt_by(schedule, fault.card.planned_by) > 1;
    };
    const auto taken = std::find_if(schedule.rbegin(), schedule.rend(), spare);
    if (taken == schedule.rend()) continue;
    const base::Duration drawn = prng.between(card.hold_min, card.hold_max);
    taken->hold = card.is_whole ? card.hold_min : std::min(taken->hold, drawn);
    taken->card = card;
  }
}

/// One lane: the deck, shuffled anew for each round, laid out at equal distances with a jitter of a
/// fifth of them.
void deal(const std::vector<Card>& deck, base::Duration begin, base::Duration end,
          std::size_t count, base::Duration hold_max, base::Prng& prng,
          std::vector<PlannedFault>& schedule) {
  if (deck.empty() || count == 0) return;
  const base::Duration step = (end - begin) / static_cast<std::int64_t>(count);
  std::vector<Card> round;
  base::Duration healed = begin;  // the faults so far
  const bool one_strategy = std::all_of(deck.begin(), deck.end(), [&](const Card& card) {
    return card.planned_by == deck.front().planned_by;
  });
  for (std::size_t i = 0; i < count; ++i) {
    if (round.empty()) {
      round = deck;
      prng.shuffle(round);
    }
    PlannedFault fault;
    fault.card = std::move(round.back());
    round.pop_back();
    fault.at = begin + step * static_cast<std::int64_t>(i) +
               prng.between(base::Duration::zero(), step / 5);
    fault.hold = prng.between(fault.card.hold_min, fault.card.hold_max);
    if (hold_max > base::Duration::zero()) {
      // One that must not be shorter takes the slots of those after it; but not those of another
      // strategy, which may have no other.
      if (fault.at < healed && one_strategy) continue;
      fault.hold = fault.card.is_whole ? fault.card.hold_min : std::min(fault.hold, hold_max);
    }
    fault.hold = std::max(std::min(fault.hold, end - fault.at), base::Duration::zero());
    healed = fault.at + fault.hold;
    schedule.push_back(std::move(fault));
  }
}

class Dealt final : public Script {
 public:
  explicit Dealt(std::vector<PlannedFault> schedule) : schedule_(std::move(schedule)) {}
  std::optional<Phase> next(const Situation&, base::Prng&) override {
    if (schedule_.empty()) return std::nullopt;
    return Phase{.faults = std::exchange(schedule_, {})};
  }

 private:
  std::vector<PlannedFault> schedule_;
};

}  // namespace

std::unique_ptr<Script> dealt(std::vector<PlannedFault> schedule) {
  return std::make_unique<Dealt>(std::move(schedule));
}

ScheduleOptions options_for(base::Duration time_limit, std::uint64_t seed) {
  ScheduleOptions options{.time_limit = time_limit, .seed = seed};
  if (time_limit >= kFullLength) return options;
  const base::Duration full = options.spacing;
  options.lead_in = std::min(options.lead_in, time_limit / 8);
  options.tail = std::min(options.tail, time_limit / 5);
  options.spacing = std::max(
      kSpacingMin, base::Duration(full.count() * (time_limit / std::chrono::milliseconds(1)) /
                                  (kFullLength / std::chrono::milliseconds(1))));
  // Room to recover before the next one.
  options.hold_max = options.spacing * 4 / 5;
  return options;
}

ScheduleOptions draw_options(ScheduleOptions options, base::Prng& prng) {
  options.spacing = prng.between(options.spacing * 7 / 10, options.spacing * 3 / 2);
  options.degrading_share = 0.2 + 0.6 * prng.unit();
  return options;
}

std::vector<PlannedFault> make_schedule(const std::vector<Deck>& decks,
                                        const ScheduleOptions& options) {
  const base::Duration begin = options.lead_in;
  const base::Duration end = options.time_limit - options.tail;
  std::vector<PlannedFault> schedule;
  if (end <= begin) return schedule;

  const auto hard = collect(decks, false);
  const auto soft = collect(decks, true);
  const auto slots =
      std::min(static_cast<std::size_t>((end - begin) / options.spacing), kScheduledMax / 2);
  auto hard_prng = base::Prng::stream(options.seed, "schedule-hard");
  auto soft_prng = base::Prng::stream(options.seed, "schedule-soft");
  deal(hard, begin, end, std::max({slots, std::size_t{1}, decks_with(decks, false)}),
       options.hold_max, hard_prng, schedule);
  // Degrading faults last two to three times as long, so fewer of them fill their lane.
  const double share = hard.empty() ? 1 : options.degrading_share;
  const auto soft_slots = static_cast<std::size_t>(static_cast<double>(slots) * share + 1e-9);
  deal(soft, begin, end, std::max({soft_slots, std::size_t{1}, decks_with(decks, true)}), {},
       soft_prng, schedule);

  std::stable_sort(schedule.begin(), schedule.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  deal_named(decks, options.seed, schedule);
  for (std::size_t i = 0; i < schedule.size(); ++i) schedule[i].id = i + 1;
  return schedule;
}

}  // namespace capsize::nemesis
