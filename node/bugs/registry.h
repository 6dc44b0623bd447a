// The seeded bugs of capsize-node-with-bugs: for --list-bugs, for --bug, and to score a nemesis by
// the bugs it finds. In every other binary the registry is empty (none/none.cpp is linked instead).
//
// Each bug has a file with one BugRegistration; the deviation itself is a SEEDED_BUG branch where
// the rule is implemented (seeded_bug.h).
#pragma once

#include <string_view>
#include <vector>

namespace capsize::bugs {

/// The part of the system that errs.
enum class Topic {
  kVotes,
  kReplication,
  kReads,
  kClients,
  kStorage,
  kSnapshots,
  kMembership,
  kAvailability,
};
[[nodiscard]] std::string_view name(Topic topic);

struct BugInfo {
  std::string_view name;        // of --bug
  std::string_view what;        // what the node does wrong
  std::string_view rule;        // the rule that it breaks, and its source
  std::string_view exposed_by;  // the faults that should expose it
  std::string_view seen_in;     // a real system that made the mistake
  Topic topic = Topic::kReplication;
  /// One of the two dozen bugs that every mixture of strategies is measured against.
  bool core = false;
  /// Each failure that is a proper report of this bug, as results.json names it: CHECK/ANOMALY or
  /// CHECK, such as "linearizable/stale read", "invariants/log-matching", "live", "crash".
  std::vector<std::string_view> reports;
};

/// Sorted by name.
[[nodiscard]] const std::vector<BugInfo>& seeded_bugs();
/// Null if there is no bug of that name.
[[nodiscard]] const BugInfo* find_bug(std::string_view name);

/// Registers a bug; a constant of this type in each bug's file.
struct BugRegistration {
  explicit BugRegistration(BugInfo info);
};

}  // namespace capsize::bugs
