// The empty registry of the binaries without seeded bugs. Linked instead of registry.cpp.
#include "base/check.h"
#include "node/bugs/active.h"
#include "node/bugs/registry.h"

namespace capsize::bugs {

std::string_view name(Topic) {
  return "";
}

const std::vector<BugInfo>& seeded_bugs() {
  static const std::vector<BugInfo> none;
  return none;
}

const BugInfo* find_bug(std::string_view) {
  return nullptr;
}

std::string_view active() {
  return "";
}

bool is_active(std::string_view) {
  return false;
}

ActiveBug::ActiveBug(std::string_view name) {
  CHECK(name.empty(), "this binary has no seeded bugs");
}

ActiveBug::~ActiveBug() = default;

}  // namespace capsize::bugs
