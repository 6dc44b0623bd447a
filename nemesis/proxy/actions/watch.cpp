// watch: does nothing to the messages; the rule counts them.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class Watch : public Action {
 public:
  Effect apply(const Message&, base::Prng&, Fate&) override { return Effect::kNone; }
};

class WatchKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "watch"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters&) const override {
    return std::make_unique<Watch>();
  }
};

const base::Registered<ActionKind, WatchKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
