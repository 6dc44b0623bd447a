// What most strategies are alike in. Out of line, so that each does not compile it again.
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
