// A file system that lost the end of a file.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class TruncateLog final : public DamageFault {
 public:
  TruncateLog() : DamageFault("truncate-log", "the end of the log of a killed node is gone") {}

 private:
  Declared damage_parameters() const override {
    return {{.name = "share",
             .type = Parameter::Type::kProbability,
             .otherwise = 0.25,
             .summary = "how much of the newest segment goes"}};
  }
  base::Json damage(const base::Json& params) const override {
    return {{"kind", "truncate"}, {"share", params["share"]}};
  }
};

const base::Registered<FaultKind, TruncateLog> registered;

}  // namespace
}  // namespace capsize::nemesis
