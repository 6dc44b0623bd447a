#include "harness/suite_report/issue_text.h"

#include <fmt/core.h>

#include "base/check.h"
#include "harness/suite_report/rates.h"
#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kTitleBytesMax = 120;
constexpr std::size_t kIssueTextBytesMax = 1'000;

std::string issue_title(const Group& group) {
  if (group.sentence.empty()) return one_line(group.title(), kTitleBytesMax);
  if (group.sentence.starts_with(group.title())) return one_line(group.sentence, kTitleBytesMax);
  return one_line(fmt::format("{}: {}", group.title(), group.sentence), kTitleBytesMax);
}

std::string bullet(std::string_view label, const std::string& text) {
  if (text.empty()) return "";
  return fmt::format("- {}: {}\n", label, markdown_text(text, kIssueTextBytesMax));
}

std::string seen(const Sighting& sighting) {
  return fmt::format("{}, revision {}", sighting.started, sighting.revision);
}

/// Text in a block of code is neither a mention nor a link.
std::string commands_block(const std::string& lines) {
  std::string fence = "```";
  while (lines.find(fence) != std::string::npos) fence += '`';
  return fmt::format("{}text\n{}{}\n", fence, lines, fence);
}

}  // namespace

IssueText issue_text(const Assessment& assessment, const Group& group) {
  CHECK(!group.signature.empty(), "an issue has the signature of its group as its key");
  const LedgerRun& run = group.shown;
  IssueText issue;
  issue.key = "capsize-signature: " + one_line(group.signature, kTitleBytesMax);
  issue.title = issue_title(group);
  issue.labels = {"capsize", std::string(name(group.status))};
  issue.body = markdown_text(group.sentence, kIssueTextBytesMax) + "\n\n";
  issue.body += bullet("anomaly", group.anomaly);
  issue.body += bullet("check", group.check);
  issue.body += bullet("suite", assessment.suite);
  issue.body += bullet("status", std::string(name(group.status)));
  issue.body += bullet("failing runs", fmt::format("{} of {}", group.runs, assessment.runs));
  if (assessment.baseline) {
    issue.body += bullet("failing runs before",
                         fmt::format("{} of {}", group.runs_before, assessment.baseline->runs));
  }
  if (group.rate) issue.body += bullet("rate", rate_sentence(*group.rate));
  issue.body += bullet("cases", counts_text(group.cases));
  issue.body += bullet("faults active, with the number of runs", counts_text(group.faults));
  issue.body += bullet("first seen", seen(group.first));
  issue.body += bullet("last seen", seen(group.last));
  issue.body += bullet("shortest failing run",
                       fmt::format("{}, seed {}, {}, {}", run.case_name, run.seed,
                                   rounded_seconds(run.seconds), counted(run.faults, "fault")));
  issue.body += bullet("evidence", evidence_of(assessment.store, run.path));
  std::string commands;
  if (!run.reproduce.empty()) commands += one_line(run.reproduce, kIssueTextBytesMax) + "\n";
  if (!run.path.empty()) {
    for (const char* verb : {"replay", "bundle"}) {
      commands += one_line(command_on_run(verb, assessment.store, run.path), kIssueTextBytesMax);
      commands += "\n";
    }
  }
  issue.body += "\n" + commands_block(commands) + "\n" + issue.key + "\n";
  return issue;
}

std::string issue_file(const IssueText& issue) {
  std::string labels;
  for (const std::string& label : issue.labels) labels += (labels.empty() ? "" : ", ") + label;
  return fmt::format("title: {}\nlabels: {}\n\n{}", issue.title, labels, issue.body);
}

bool deserves_issue(const Group& group) {
  return !group.signature.empty() && group.status != GroupStatus::kGone && !group.mute &&
         group.runs > group.beside_harness_error;
}

}  // namespace capsize::harness
