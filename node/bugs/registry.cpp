#include "node/bugs/registry.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/bugs/active.h"

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

std::string_view& active_name() {
  static std::string_view name;
  return name;
}

}  // namespace

std::string_view name(Topic topic) {
  switch (topic) {
    case Topic::kVotes:
      return "votes";
    case Topic::kReplication:
      return "replication";
    case Topic::kReads:
      return "reads";
    case Topic::kClients:
      return "clients";
    case Topic::kStorage:
      return "storage";
    case Topic::kSnapshots:
      return "snapshots";
    case Topic::kMembership:
      return "membership";
    case Topic::kAvailability:
      return "availability";
  }
  return "";
}

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
  bugs.insert(std::upper_bound(bugs.begin(), bugs.end(), info, before), std::move(info));
}

std::string_view active() {
  return active_name();
}

bool is_active(std::string_view name) {
  return active_name() == name;
}

ActiveBug::ActiveBug(std::string_view name) : before_(active_name()) {
  const BugInfo* bug = find_bug(name);
  CHECK(name.empty() || bug != nullptr, "only a registered bug can be activated");
  active_name() = bug == nullptr ? "" : bug->name;
}

ActiveBug::~ActiveBug() {
  active_name() = before_;
}

}  // namespace capsize::bugs
