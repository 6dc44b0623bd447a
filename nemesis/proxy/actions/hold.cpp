// hold: messages wait until the rule is removed; then they leave in order, in reverse or shuffled.
// Unlike a cut, it discards nothing.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class Hold : public Action {
 public:
  explicit Hold(ReleaseOrder order) : order_(order) {}
  Effect apply(const Message&, base::Prng&, Fate&) override { return Effect::kHeld; }
  [[nodiscard]] bool is_hold() const override { return true; }
  [[nodiscard]] ReleaseOrder release_order() const override { return order_; }

 private:
  ReleaseOrder order_;
};

class HoldKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "hold"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters& parameters) const override {
    constexpr std::array kOrders = {ReleaseOrder::kAsSent, ReleaseOrder::kReverse,
                                    ReleaseOrder::kShuffled};
    return std::make_unique<Hold>(
        kOrders.at(parameters.choice("order", {"as-sent", "reverse", "shuffled"})));
  }
};

const base::Registered<ActionKind, HoldKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
