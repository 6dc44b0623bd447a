// cut: discards everything; nothing that was sent before the cut is healed ever arrives.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class Cut : public Action {
 public:
  Effect apply(const Message&, base::Prng&, Fate& fate) override {
    fate.discard = true;
    return Effect::kDiscarded;
  }
  [[nodiscard]] bool is_cut() const override { return true; }
};

class CutKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "cut"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters&) const override {
    return std::make_unique<Cut>();
  }
};

const base::Registered<ActionKind, CutKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
