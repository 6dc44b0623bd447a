// reorder: with a probability, a message steps aside until `gap` later ones of its link went by
// (with 1 it changes places with its neighbour), or until `max` is over. One at a time on a link,
// so that with probability 1 every second message lets the next one pass.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class Reorder : public Action {
 public:
  Reorder(double probability, Overtake overtake) : probability_(probability), overtake_(overtake) {}
  Effect apply(const Message&, base::Prng& random, Fate& fate) override {
    // Whether it is overtaken, only the messages behind it can say: counted when they went by.
    if (random.chance(probability_)) fate.overtake = overtake_;
    return Effect::kNone;
  }

 private:
  double probability_;
  Overtake overtake_;
};

class ReorderKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "reorder"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters& parameters) const override {
    const double probability = parameters.probability("probability");
    const std::uint64_t gap = parameters.count("gap", 1, 1000);
    return std::make_unique<Reorder>(probability, Overtake{gap, parameters.duration("max")});
  }
};

const base::Registered<ActionKind, ReorderKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
