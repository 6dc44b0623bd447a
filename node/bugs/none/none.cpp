// The empty registry of the binaries without seeded bugs. Linked instead of registry.cpp.
#include "node/bugs/registry.h"

namespace capsize::bugs {

const std::vector<BugInfo>& seeded_bugs() {
  static const std::vector<BugInfo> none;
  return none;
}

const BugInfo* find_bug(std::string_view) {
  return nullptr;
}

}  // namespace capsize::bugs
