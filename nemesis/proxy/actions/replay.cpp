// replay: with each message, and a probability, sends an old message of the same link again. The
// old messages are a uniform sample of all that the rule has seen, so some are of old terms.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class ReplayAction : public Action {
 public:
  ReplayAction(double probability, std::size_t keep) : probability_(probability), keep_(keep) {}
  Effect apply(const Message&, base::Prng& random, Fate& fate) override {
    fate.replay = Replay{keep_, random.chance(probability_)};
    return Effect::kNone;  // the switchboard knows whether the sample has a message, and counts
  }

 private:
  double probability_;
  std::size_t keep_;
};

class ReplayKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "replay"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters& parameters) const override {
    const double probability = parameters.probability("probability");
    return std::make_unique<ReplayAction>(probability, parameters.count("keep", 1, kKeptMax));
  }
};

const base::Registered<ActionKind, ReplayKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
