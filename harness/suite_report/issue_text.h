// The text of an issue about a group of failures.
//
// The body has the line "capsize-signature: HEX": a script that files issues searches for it and,
// on the second night, comments on the issue that has it instead of opening another one.
#pragma once

#include <string>
#include <vector>

#include "harness/suite_report/assessment.h"

namespace capsize::harness {

struct IssueText {
  std::string key;                  // "capsize-signature: 0123456789abcdef"
  std::string title;                // one line, at most 120 bytes
  std::vector<std::string> labels;  // a suggestion
  std::string body;                 // Markdown; contains the key on a line of its own
};

/// Precondition (CHECK): the group has a signature.
[[nodiscard]] IssueText issue_text(const Assessment& assessment, const Group& group);

/// As a file: "title: …", "labels: …", an empty line, the body.
[[nodiscard]] std::string issue_file(const IssueText& issue);

/// Whether the group deserves an issue: it failed in the reported runs and is not muted. A failure
/// that was recorded only beside harness errors is none.
[[nodiscard]] bool deserves_issue(const Group& group);

}  // namespace capsize::harness
