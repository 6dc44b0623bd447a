#include "harness/suite_report/write_reports.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <system_error>

#include "harness/store/run_directory.h"
#include "harness/suite_report/assessment_json.h"
#include "harness/suite_report/issue_text.h"
#include "harness/suite_report/junit.h"
#include "harness/suite_report/markdown.h"

namespace capsize::harness {
namespace {

/// A signature comes from the ledger: anything else must not become part of a path.
bool is_signature(const std::string& text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Removes issues of earlier assessments: a group that is gone or muted must not be filed.
void remove_other_issues(const std::filesystem::path& directory,
                         const std::set<std::string>& written) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string file = entry.path().filename().string();
    const bool issue = file.size() == 25 && file.starts_with("issue-") && file.ends_with(".md") &&
                       is_signature(file.substr(6, 16));
    if (issue && !written.contains(file)) std::filesystem::remove(entry.path(), error);
  }
}

base::Status write_issues(const Assessment& assessment, const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return base::Error{
        fmt::format("{}: cannot be created: {}", directory.string(), error.message())};
  }
  std::set<std::string> written;
  for (const Group& group : assessment.groups) {
    if (!deserves_issue(group) || !is_signature(group.signature)) continue;
    const std::string file = "issue-" + group.signature + ".md";
    const auto status = write_file(directory / file, issue_file(issue_text(assessment, group)));
    if (!status) return status;
    written.insert(file);
  }
  remove_other_issues(directory, written);
  return {};
}

}  // namespace

ReportPaths ReportPaths::in(const std::filesystem::path& directory) {
  return {.junit = directory / "report.xml",
          .markdown = directory / "report.md",
          .json = directory / "report.json",
          .issues = directory / "issues"};
}

base::Status write_reports(const Assessment& assessment, const ReportPaths& paths) {
  std::optional<base::Error> first;
  const auto note = [&](const base::Status& status) {
    if (!status && !first) first = status.error();
  };
  for (const auto* path : {&paths.junit, &paths.markdown, &paths.json}) {
    std::error_code ignored;  // a missing directory is reported when the file is written
    if (path->has_parent_path()) {
      std::filesystem::create_directories(path->parent_path(), ignored);
    }
  }
  if (!paths.junit.empty()) note(write_file(paths.junit, junit_xml(assessment)));
  if (!paths.markdown.empty()) note(write_file(paths.markdown, markdown_summary(assessment)));
  if (!paths.json.empty()) note(write_json(paths.json, to_json(assessment)));
  if (!paths.issues.empty()) note(write_issues(assessment, paths.issues));
  if (first) return *first;
  return {};
}

}  // namespace capsize::harness
