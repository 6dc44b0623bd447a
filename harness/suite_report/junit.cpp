#include "harness/suite_report/junit.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <vector>

#include "harness/suite_report/controls.h"
#include "harness/suite_report/texts.h"

namespace capsize::harness {
namespace {

using checker::Verdict;

constexpr std::size_t kMessageBytesMax = 1000;
constexpr std::size_t kLineBytesMax = 4000;

/// A <testcase> with at most one result.
struct TestCase {
  std::string classname;
  std::string name;
  double seconds = 0;
  enum class Result : std::uint8_t { kPassed, kFailure, kError, kSkipped };
  Result result = Result::kPassed;
  std::string type;
  std::string message;
  std::string body;
};
using Result = TestCase::Result;

double time_of(double seconds) {
  return std::isfinite(seconds) && seconds > 0 ? seconds : 0;
}

void add_line(std::string& body, std::string_view label, const std::string& value) {
  if (!value.empty()) body += fmt::format("{:<11}{}\n", label, one_line(value, kLineBytesMax));
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

/// The lines about one failure.
void add_failure(std::string& body, const Assessment& assessment, const RunFailure& failure) {
  body += one_line(failure.sentence, kLineBytesMax) + "\n";
  add_line(body, "check", failure.check);
  add_line(body, "anomaly", failure.anomaly);
  add_line(body, "signature", failure.signature);
  if (const Group* group = group_of(assessment, failure)) {
    add_line(body, "group",
             fmt::format("{}; {} in this suite; first seen {} ({})", name(group->status),
                         counted(group->runs, "run"), group->first.started, group->first.revision));
  }
  add_line(body, "faults", joined(failure.faults));
}

/// What a person needs to look into the run.
void add_place(std::string& body, const Assessment& assessment, const LedgerRun& run) {
  if (!run.path.empty()) {
    add_line(body, "run", (std::filesystem::path(assessment.store) / run.path).string());
    const bool vacuous = run.verdict == Verdict::kVacuous;  // such a run has no evidence
    add_line(body, "evidence", vacuous ? "" : evidence_of(assessment.store, run.path));
    add_line(body, "replay", command_on_run("replay", assessment.store, run.path));
  }
  add_line(body, "reproduce", run.reproduce);
}

std::string body_of(const Assessment& assessment, const LedgerRun& run) {
  std::string body;
  for (const RunFailure& failure : failures_of(run)) add_failure(body, assessment, failure);
  if (run.verdict != Verdict::kInvalid) {
    add_line(body, std::string(checker::name(run.verdict)) + " ", run.reason);
  }
  add_place(body, assessment, run);
  return body;
}

void set_failure(TestCase& test, const LedgerRun& run) {
  test.result = Result::kFailure;
  if (run.verdict != Verdict::kInvalid) {
    test.type = checker::name(run.verdict);
    test.message = run.reason;
  } else {
    const RunFailure main = failures_of(run).front();
    test.type = main.anomaly.empty() ? main.check : main.anomaly;
    test.message = main.sentence;
  }
}

TestCase test_case_of(const Assessment& assessment, const ReportedRun& reported) {
  const LedgerRun& run = reported.run;
  TestCase test{.classname = assessment.suite + "." + run.case_name,
                .name = fmt::format("seed {}", run.seed),
                .seconds = run.seconds};
  if (run.verdict == Verdict::kValid) return test;
  test.body = body_of(assessment, run);
  if (reported.mute) {
    test.result = Result::kSkipped;
    test.type = "muted";
    test.message = fmt::format("muted until {} by {}: {}", reported.mute->expires,
                               reported.mute->owner, reported.mute->reason);
  } else if (run.verdict == Verdict::kHarnessError || run.verdict == Verdict::kUsageError) {
    test.result = Result::kError;
    test.type = run.cause.empty() ? std::string(checker::name(run.verdict)) : run.cause;
    test.message = run.reason;
  } else {
    set_failure(test, run);
  }
  return test;
}

/// Names do not depend on seeds or numbers, so that trends over nights follow a control.
TestCase test_case_of(const Assessment& assessment, const Control& control) {
  TestCase test{.classname = assessment.suite + ".controls",
                .name = control.healthy ? std::string("healthy run is valid")
                                        : fmt::format("seeded bug {} is caught", control.bug),
                .seconds = control.seconds};
  if (control.passed()) return test;
  test.result = control.verdict == Verdict::kInvalid || control.verdict == Verdict::kVacuous
                    ? Result::kFailure
                    : Result::kError;
  test.type = control.healthy ? "healthy control" : "bug control";
  const std::size_t attempts = control.attempts.size();
  test.message = control.healthy
                     ? control.found
                     : fmt::format("not caught in {}: {}", counted(attempts, "run"), control.found);
  for (const LedgerRun& run : control.attempts) {
    test.body += fmt::format("seed {}: {}\n", run.seed, checker::name(run.verdict));
    test.body += body_of(assessment, run);
  }
  return test;
}

/// What no run shows: an expired mute, a missing control, a suite that was cut short.
TestCase test_case_of(const Assessment& assessment, const Reason& reason) {
  return {.classname = assessment.suite + ".suite",
          .name = reason.text,
          .result = Result::kFailure,
          .type = std::string(checker::name(reason.verdict)),
          .message = reason.text,
          .body = assessment.first_line};
}

void write(std::string& xml, const TestCase& test) {
  xml += fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.3f}")",
                     xml_attribute(one_line(test.classname, kMessageBytesMax)),
                     xml_attribute(one_line(test.name, kMessageBytesMax)), time_of(test.seconds));
  if (test.result == Result::kPassed) {
    xml += "/>\n";
    return;
  }
  const char* element = test.result == Result::kFailure ? "failure"
                        : test.result == Result::kError ? "error"
                                                        : "skipped";
  xml += fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n",
                     element, xml_attribute(one_line(test.type, kMessageBytesMax)),
                     xml_attribute(one_line(test.message, kMessageBytesMax)), xml_text(test.body));
}

std::size_t count(const std::vector<TestCase>& tests, Result result) {
  return static_cast<std::size_t>(std::count_if(
      tests.begin(), tests.end(), [&](const TestCase& test) { return test.result == result; }));
}

/// "2026-11-30T20:45:12": the schema permits neither a time zone nor anything else.
std::string timestamp(const std::string& started) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (started.size() < kForm.size()) return "1970-01-01T00:00:00";
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = std::isdigit(static_cast<unsigned char>(started[i])) != 0;
    if (kForm[i] == '0' ? !digit : started[i] != kForm[i]) return "1970-01-01T00:00:00";
  }
  return started.substr(0, kForm.size());
}

void write_property(std::string& xml, std::string_view name, const std::string& value) {
  xml += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name,
                     xml_attribute(one_line(value, kMessageBytesMax)));
}

void write_properties(std::string& xml, const Assessment& assessment, const Execution& execution) {
  xml += "    <properties>\n";
  write_property(xml, "verdict", std::string(checker::name(assessment.verdict)));
  write_property(xml, "execution", execution.id);
  write_property(xml, "shard", execution.shard);
  write_property(xml, "seed", fmt::format("{}", execution.seed));
  write_property(xml, "revision", execution.revision);
  write_property(xml, "jobs", fmt::format("{}", execution.jobs));
  write_property(xml, "controls", controls_text(assessment.controls));
  xml += "    </properties>\n";
}

/// Runs that were lost, and harness errors by cause: what a reader of the report must know of the
/// machine, apart from failures.
std::string infrastructure(const Assessment& assessment) {
  std::string text;
  for (const CauseGroup& group : assessment.harness_errors) {
    text += one_line(fmt::format("harness error {}: {}: {}", group.cause,
                                 counted(group.runs, "run"), group.reason),
                     kLineBytesMax) +
            "\n";
  }
  for (const ReportedLoss& loss : assessment.lost) {
    text += one_line(fmt::format("lost run {}: {}{}", loss.run.id, loss.run.path,
                                 loss.repeated ? " (repeated)" : ""),
                     kLineBytesMax) +
            "\n";
  }
  return text;
}

/// The test cases of one execution. What belongs to no run is in the first one.
std::vector<TestCase> test_cases_of(const Assessment& assessment, std::size_t position) {
  std::vector<TestCase> tests;
  const bool first = position == 0;
  for (const Reason& reason : assessment.reasons) {
    if (first && !reason.shown_by_runs) tests.push_back(test_case_of(assessment, reason));
  }
  for (const Control& control : assessment.controls) {
    const bool here =
        control.execution.empty() ? first : control.execution == assessment.executions[position].id;
    if (here) tests.push_back(test_case_of(assessment, control));
  }
  for (const ReportedRun& reported : assessment.all_runs) {
    if (reported.execution == position && reported.run.purpose == Purpose::kTest) {
      tests.push_back(test_case_of(assessment, reported));
    }
  }
  return tests;
}

void write_suite(std::string& xml, const Assessment& assessment, std::size_t position) {
  const Execution& execution = assessment.executions[position];
  const std::vector<TestCase> tests = test_cases_of(assessment, position);
  const bool sharded = !execution.shard.empty() && execution.shard != "1/1";
  const std::string name = sharded ? assessment.suite + " " + execution.shard : assessment.suite;
  xml += fmt::format(
      "  <testsuite id=\"{}\" package=\"capsize\" name=\"{}\" hostname=\"{}\" timestamp=\"{}\" "
      "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n",
      position, xml_attribute(one_line(name, kMessageBytesMax)),
      xml_attribute(execution.host.empty() ? "localhost"
                                           : one_line(execution.host, kMessageBytesMax)),
      timestamp(execution.started), tests.size(), count(tests, Result::kFailure),
      count(tests, Result::kError), count(tests, Result::kSkipped), time_of(execution.seconds));
  write_properties(xml, assessment, execution);
  for (const TestCase& test : tests) write(xml, test);
  xml += fmt::format("    <system-out>{}\n</system-out>\n", xml_text(assessment.first_line));
  xml += fmt::format("    <system-err>{}</system-err>\n  </testsuite>\n",
                     xml_text(infrastructure(assessment)));
}

}  // namespace

std::string junit_xml(const Assessment& assessment) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (std::size_t i = 0; i < assessment.executions.size(); ++i) write_suite(xml, assessment, i);
  return xml + "</testsuites>\n";
}

}  // namespace capsize::harness
