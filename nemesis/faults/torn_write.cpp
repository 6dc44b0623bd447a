// A crash in the middle of a write: its first part is on disk, the rest is not.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class TornWrite final : public CrashFault {
 public:
  TornWrite() : CrashFault("torn-write", "a crash that leaves the first part of the last write") {}
  Declared parameters() const override {
    return {{.name = "keep",
             .type = Parameter::Type::kProbability,
             .otherwise = 0.5,
             .summary = "the share of the bytes that is on disk"}};
  }

 private:
  double keep(const base::Json& params) const override { return params["keep"].get<double>(); }
  bool bit(std::uint64_t held, std::uint64_t written) const override {
    return written > 0 && written < held;
  }
};

const base::Registered<FaultKind, TornWrite> registered;

}  // namespace
}  // namespace capsize::nemesis
