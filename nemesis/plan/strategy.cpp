// Defaults that most strategies keep. Out of line, so that each strategy does not compile them
// again.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {

Strategy::~Strategy() = default;

std::vector<FaultSpec> Strategy::faults() const {
  return {};
}

std::unique_ptr<Script> Strategy::script() const {
  return nullptr;
}

}  // namespace capsize::nemesis
