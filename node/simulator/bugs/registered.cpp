#include "node/bugs/registry.h"
#include "node/simulator/known_bugs.h"

namespace capsize::simulator {

std::vector<KnownBug> known_bugs() {
  std::vector<KnownBug> known;
  for (const bugs::BugInfo& bug : bugs::seeded_bugs()) {
    known.push_back({std::string(bug.name), std::string(bug.what)});
  }
  return known;
}

}  // namespace capsize::simulator
