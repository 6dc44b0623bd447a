// The seeded bugs that capsize-node-with-bugs can be told to make: for --list-bugs, for --bug, and
// for whoever scores a nemesis by the bugs it finds. In every other binary the register
// is empty (none/none.cpp is linked instead).
//
// One file a bug, holding one BugRegistration; the deviation itself is one SEEDED_BUG branch at the
// place where the rule is implemented (node/raft/seeded_bug.h).
#pragma once

#include <string_view>
#include <vector>

namespace capsize::bugs {

struct BugInfo {
  std::string_view name;        // of --bug
  std::string_view what;        // what the node does wrong
  std::string_view rule;        // what it breaks, and where that stands
  std::string_view exposed_by;  // the faults that should bring it to light
  std::string_view report;      // the check that should report it
  std::string_view seen_in;     // a real system that made the mistake
};

/// Sorted by name.
[[nodiscard]] const std::vector<BugInfo>& seeded_bugs();
/// Null if there is no bug of that name.
[[nodiscard]] const BugInfo* find_bug(std::string_view name);

/// Makes a bug known; a constant of this type in each bug's file.
struct BugRegistration {
  explicit BugRegistration(BugInfo info);
};

}  // namespace capsize::bugs
