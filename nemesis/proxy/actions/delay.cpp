// delay: delays each message by min..max, drawn uniformly. Keeps the order of the link unless
// `reorder` is set: then a message with a shorter delay overtakes.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class Delay : public Action {
 public:
  Delay(base::Duration min, base::Duration max, bool reorder)
      : min_(min), max_(max), reorder_(reorder) {}
  Effect apply(const Message&, base::Prng& random, Fate& fate) override {
    base::Duration* held = fate.copies.begin();
    *held++ += random.between(min_, max_);
    // Another rule decides how many copies there are; that must not shift this rule's next draws.
    // So the delays of further copies come from a stream of their own.
    const std::uint64_t seed = random.next();
    if (held != fate.copies.end()) {
      base::Prng of_copies(seed);
      for (; held != fate.copies.end(); ++held) *held += of_copies.between(min_, max_);
    }
    fate.reorder = fate.reorder || reorder_;
    return Effect::kDelayed;
  }

 private:
  base::Duration min_, max_;
  bool reorder_;
};

class DelayKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "delay"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters& parameters) const override {
    const base::Duration min = parameters.duration("min");
    const base::Duration max = parameters.duration("max");
    const bool reorder = parameters.flag("reorder", false);
    if (min > max) parameters.refuse("min is above max");
    return std::make_unique<Delay>(min, max, reorder);
  }
};

const base::Registered<ActionKind, DelayKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
