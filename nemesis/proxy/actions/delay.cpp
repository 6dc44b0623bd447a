// delay: each message is held for min..max, drawn evenly. The order of the link stays unless
// `reorder`: then a message with a short draw overtakes.
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
    // How many copies there are is another rule's decision, and must not move the next draws.
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
