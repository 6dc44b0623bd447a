#include "node/simulator/known_bugs.h"

namespace capsize::simulator {

std::vector<KnownBug> known_bugs() {
  return {};
}

}  // namespace capsize::simulator
