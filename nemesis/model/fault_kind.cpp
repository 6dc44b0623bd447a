// Defaults that most kinds of fault keep. Out of line, so that each kind does not compile them
// again.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {

FaultKind::~FaultKind() = default;

bool FaultKind::deposes_leader() const {
  return impact() != Impact::kDegrades;
}

Declared FaultKind::parameters() const {
  return {};
}

FaultSpec FaultKind::spec() const {
  return {.kind = std::string(name())};
}

std::vector<int> FaultKind::exit_codes() const {
  return {};
}

base::Duration FaultKind::period(const base::Json& /*params*/) const {
  return base::Duration::zero();
}

ActionResult FaultKind::pulse(const Injection& /*injection*/, Cluster& /*cluster*/,
                              std::uint64_t /*count*/) const {
  return {.done = true};
}

std::string_view NamedFault::name() const {
  return name_;
}

std::string_view NamedFault::summary() const {
  return summary_;
}

Impact NamedFault::impact() const {
  return impact_;
}

}  // namespace capsize::nemesis
