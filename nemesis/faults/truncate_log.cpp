// A file system that has lost the end of a file.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class TruncateLog final : public DamageFault {
 public:
  TruncateLog() : DamageFault("truncate-log", "the log of a killed node loses its end") {}

 private:
  Declared damage_parameters() const override {
    return {{.name = "share",
             .type = Parameter::Type::kProbability,
             .default_value = 0.25,
             .summary = "share of the newest segment that is lost"}};
  }
  base::Json damage(const base::Json& params) const override {
    return {{"kind", "truncate"}, {"share", params["share"]}};
  }
};

const base::Registered<FaultKind, TruncateLog> registered;

}  // namespace
}  // namespace capsize::nemesis
