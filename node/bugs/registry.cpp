#include "node/bugs/registry.h"

#include <algorithm>

#include "base/check.h"

namespace capsize::bugs {
namespace {

// In a function, since registrations run before main in unspecified order.
std::vector<BugInfo>& registered() {
  static std::vector<BugInfo> bugs;
  return bugs;
}

bool before(const BugInfo& a, const BugInfo& b) {
  return a.name < b.name;
}

}  // namespace

const std::vector<BugInfo>& seeded_bugs() {
  return registered();
}

const BugInfo* find_bug(std::string_view name) {
  for (const BugInfo& bug : registered()) {
    if (bug.name == name) return &bug;
  }
  return nullptr;
}

BugRegistration::BugRegistration(BugInfo info) {
  CHECK(find_bug(info.name) == nullptr, "the names of seeded bugs are unique");
  auto& bugs = registered();
  bugs.insert(std::upper_bound(bugs.begin(), bugs.end(), info, before), info);
}

}  // namespace capsize::bugs
