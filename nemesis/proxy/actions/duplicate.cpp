// duplicate: delivers each message twice with a probability.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class Duplicate : public Action {
 public:
  explicit Duplicate(double probability) : probability_(probability) {}
  Effect apply(const Message&, base::Prng& random, Fate& fate) override {
    if (!random.chance(probability_) || fate.copies.size() >= kCopiesMax) return Effect::kNone;
    // The copy gets the delay of the original so far; a delay rule installed later draws one of its
    // own for it.
    fate.copies.add(fate.copies.front());
    return Effect::kDuplicated;
  }

 private:
  double probability_;
};

class DuplicateKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "duplicate"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters& parameters) const override {
    return std::make_unique<Duplicate>(parameters.probability("probability"));
  }
};

const base::Registered<ActionKind, DuplicateKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
