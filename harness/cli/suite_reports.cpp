#include "harness/cli/suite_reports.h"

#include <filesystem>

#include "harness/suite/dates.h"
#include "harness/suite/retention.h"

namespace capsize::harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kInterval = std::chrono::seconds(2);

}  // namespace

std::vector<ReportPaths> ReportOptions::resolve(const std::filesystem::path& store,
                                                const std::string& name) const {
  std::vector<ReportPaths> places = {ReportPaths::in(store / "reports" / name)};
  const std::string& named = !junit.empty() ? junit : !markdown.empty() ? markdown : json;
  if (named.empty()) return places;
  const auto beside = [&](const std::string& given, const char* extension) {
    return given.empty() ? std::filesystem::path(named).replace_extension(extension)
                         : std::filesystem::path(given);
  };
  places.push_back({.junit = beside(junit, ".xml"),
                    .markdown = beside(markdown, ".md"),
                    .json = beside(json, ".json"),
                    .issues = {}});
  return places;
}

base::Status write_reports(const Assessment& assessment, const std::vector<ReportPaths>& places) {
  base::Status first;
  for (const auto& paths : places) {
    if (auto written = write_reports(assessment, paths); !written && first.ok()) first = written;
  }
  return first;
}

Assessment assess_suite(const Suite& suite, const Ledger& ledger,
                        const std::vector<std::string>& executions,
                        const std::filesystem::path& store, bool all_shards, RateTester* tester) {
  SuiteContents contents;
  for (const auto& each : suite.cases) {
    if (each.purpose == Purpose::kTest) contents.cases.push_back(each.scenario.name);
    if (each.purpose == Purpose::kBugControl) contents.bugs.push_back(each.scenario.bug);
  }
  for (const auto& execution : ledger.executions) {
    // The runs of one group only: no other case was to run, and no control.
    if (execution.id == executions.front() && !execution.only.empty()) contents = {};
  }
  contents.all_shards = all_shards;
  Assessment assessment = assess(ledger, executions, suite.mutes, today(), contents, tester);
  assessment.store = store.string();
  assessment.ledger_store = store.string();
  return assessment;
}

SuiteReports::SuiteReports(const Suite& suite, const std::filesystem::path& store,
                           const std::vector<ReportPaths>& places, SuiteObserver& display)
    : suite_(suite), store_(store), places_(places), display_(display) {}

void SuiteReports::begun(const Execution& execution, const Ledger& earlier, bool resumed) {
  ledger_ = earlier;
  ledger_.executions.push_back(execution);
  display_.begun(execution, earlier, resumed);
}

void SuiteReports::note(const std::string& text) {
  display_.note(text);
}

void SuiteReports::finished(const Execution& execution) {
  display_.finished(execution);
  const bool due = !written_ || Clock::now() - *written_ > kInterval;
  if (due || !has_passed(execution.runs.back())) write(execution);
}

void SuiteReports::progress(const Execution& execution, const SuiteProgress& progress) {
  display_.progress(execution, progress);
}

void SuiteReports::write(const Execution& execution) {
  ledger_.executions.back() = execution;
  // A report that cannot be written now is written, or reported as an error, at the end.
  (void)write_reports(assess_suite(suite_, ledger_, {execution.id}, store_, false, &tester_),
                      places_);
  written_ = Clock::now();
}

}  // namespace capsize::harness
