// reorder: with a probability, defers a message until `gap` later ones of its link have overtaken
// it (with a gap of 1, neighbours swap) or `max` has passed. Defers one message at a time on a
// link, so that with probability 1 every second message is overtaken by the next.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class Reorder : public Action {
 public:
  Reorder(double probability, Overtake overtake) : probability_(probability), overtake_(overtake) {}
  Effect apply(const Message&, base::Prng& random, Fate& fate) override {
    // Only later messages can show that it was overtaken: counted when it leaves.
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
