// drop: loses each message with a probability, independently of the others.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class Drop : public Action {
 public:
  explicit Drop(double probability) : probability_(probability) {}
  Effect apply(const Message&, base::Prng& random, Fate& fate) override {
    if (!random.chance(probability_)) return Effect::kNone;
    fate.discard = true;
    return Effect::kDiscarded;
  }

 private:
  double probability_;
};

class DropKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "drop"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters& parameters) const override {
    return std::make_unique<Drop>(parameters.probability("probability"));
  }
};

const base::Registered<ActionKind, DropKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
