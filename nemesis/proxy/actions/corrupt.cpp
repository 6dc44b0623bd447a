// corrupt: flips bits of a message with a probability. At most three: CRC32C detects every error of
// up to three bits, so a node that verifies checksums never applies a corrupted message.
#include "nemesis/proxy/actions/action.h"

namespace capsize::nemesis::proxy {
namespace {

class Corrupt : public Action {
 public:
  Corrupt(double probability, std::uint64_t bits) : probability_(probability), bits_(bits) {}
  Effect apply(const Message&, base::Prng& random, Fate& fate) override {
    if (!random.chance(probability_)) return Effect::kNone;
    // Drawn even if it is not needed: the draws must not depend on other rules.
    const std::uint64_t seed = random.next();
    // Only one corruption: a second could flip the same bit back.
    if (fate.corruption) return Effect::kNone;
    fate.corruption = Corruption{bits_, seed};
    return Effect::kCorrupted;
  }

 private:
  double probability_;
  std::uint64_t bits_;
};

class CorruptKind : public ActionKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "corrupt"; }
  [[nodiscard]] std::unique_ptr<Action> make(Parameters& parameters) const override {
    const double probability = parameters.probability("probability");
    return std::make_unique<Corrupt>(probability, parameters.count("bits", 1, 3));
  }
};

const base::Registered<ActionKind, CorruptKind> registered;

}  // namespace
}  // namespace capsize::nemesis::proxy
