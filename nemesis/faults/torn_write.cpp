// A crash in the middle of a write: a prefix of it is on disk, the rest is lost.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class TornWrite final : public CrashFault {
 public:
  TornWrite() : CrashFault("torn-write", "a crash that keeps only a prefix of the last write") {}
  Declared parameters() const override {
    Declared declared = CrashFault::parameters();
    declared.push_back({.name = "keep",
                        .type = Parameter::Type::kProbability,
                        .default_value = 0.5,
                        .summary = "share of the bytes that is on disk"});
    return declared;
  }

 private:
  double kept_share(const base::Json& params) const override {
    return params["keep"].get<double>();
  }
  bool is_expected_loss(std::uint64_t held, std::uint64_t written) const override {
    return written > 0 && written < held;
  }
};

const base::Registered<FaultKind, TornWrite> registered;

}  // namespace
}  // namespace capsize::nemesis
