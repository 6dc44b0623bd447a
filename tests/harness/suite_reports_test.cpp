// The reports of a suite: JUnit, Markdown, JSON, issues, the text on a terminal, and their files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "harness/suite_report/assessment_json.h"
#include "harness/suite_report/issue_text.h"
#include "harness/suite_report/junit.h"
#include "harness/suite_report/markdown.h"
#include "harness/suite_report/text_report.h"
#include "harness/suite_report/texts.h"
#include "harness/suite_report/write_reports.h"
#include "tests/harness/suite_ledger.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using namespace testing_ledger;  // NOLINT: the vocabulary of these tests
using checker::Verdict;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kKnown(16, 'a');
const std::string kMuted(16, 'b');
const std::string kFresh(16, 'd');

/// A night with everything: failures that are new, known and muted, harness errors, unknown and
/// vacuous runs.
Assessment varied_night() {
  auto fresh = failing("a/7", kFresh);
  fresh.seed = 7;
  fresh.failures[0].faults = {"partition"};
  auto now = execution("now", {run("a/1"), failing("a/2", kKnown), failing("b/3", kMuted), fresh,
                               broken("b/4", "disk-full", "no space left"),
                               run("b/5", Verdict::kUnknown), run("b/6", Verdict::kVacuous)});
  now.lost = {{.id = "b/9", .seed = 9, .path = "b/9"}};
  auto assessment = assess(
      ledger({execution("before", {failing("a/2", kKnown)}), now}), {"now"},
      {{.signature = kMuted, .reason = "issue 12", .owner = "storage", .expires = "2027-01-31"}},
      "2026-11-30");
  assessment.store = "store";
  return assessment;
}

/// A night in which every text is hostile.
Assessment hostile_night(std::size_t failures = 1) {
  std::vector<LedgerRun> runs;
  for (std::size_t i = 0; i < failures; ++i) {
    auto bad = failing(kHostile + "/" + std::to_string(i), std::to_string(i) + kHostile);
    bad.failures[0].anomaly = bad.failures[0].check = bad.failures[0].sentence = kHostile;
    bad.failures[0].faults = {kHostile};
    bad.reproduce = bad.reason = bad.path = kHostile;
    runs.push_back(bad);
    runs.push_back(broken(kHostile, kHostile + std::to_string(i), kHostile));
    runs.push_back(run(kHostile, Verdict::kUnknown));
  }
  auto night = execution("now", std::move(runs));
  night.suite = night.host = night.shard = night.started = night.revision = night.file = kHostile;
  night.lost = {{.id = kHostile, .seed = 9, .path = kHostile}};
  auto assessment = assess(
      ledger({night}), {"now"},
      {{.signature = kHostile, .reason = kHostile, .owner = kHostile, .expires = "2026-01-01"}},
      "2026-11-30");
  assessment.store = kHostile;
  return assessment;
}

std::size_t count(const std::string& text, std::string_view piece) {
  std::size_t found = 0;
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

TEST(Texts, RoundedSeconds) {
  EXPECT_EQ(rounded_seconds(0.42), "0.4 s");
  EXPECT_EQ(rounded_seconds(9.96), "10 s");
  EXPECT_EQ(rounded_seconds(59.4), "59 s");
  EXPECT_EQ(rounded_seconds(59.6), "1 min 0 s");
  EXPECT_EQ(rounded_seconds(252), "4 min 12 s");
  EXPECT_EQ(rounded_seconds(3599.7), "1 h 0 min");
  EXPECT_EQ(rounded_seconds(14280), "3 h 58 min");
  EXPECT_EQ(rounded_seconds(-1), "0 s");
  EXPECT_EQ(rounded_seconds(std::numeric_limits<double>::quiet_NaN()), "0 s");
  EXPECT_EQ(rounded_seconds(1e300), "277777 h 47 min");
}

TEST(Texts, OneLine_CutsBetweenCharacters) {
  EXPECT_EQ(one_line("abc", 3), "abc");
  EXPECT_EQ(one_line("abcdefgh", 6), "ab …");
  EXPECT_EQ(one_line("äöüäöü", 9), "äö …");
  EXPECT_EQ(one_line("a\nb", 10), "a\\x0ab");
}

TEST(Texts, CommandOnRun_IsQuotedForAShell) {
  EXPECT_EQ(command_on_run("replay", "store", "a/1"), "capsize replay store/a/1");
  EXPECT_EQ(command_on_run("replay", "it's $HOME", "a/1"), "capsize replay 'it'\\''s $HOME/a/1'");
}

TEST(JUnit, EachRunAndControl_IsATestCase) {
  const auto xml = junit_xml(varied_night());
  EXPECT_THAT(xml,
              HasSubstr(R"(<testsuite id="0" package="capsize" name="nightly" hostname="builder" )"
                        R"(timestamp="2026-11-30T20:45:12" tests="9" failures="4" errors="1" )"
                        R"(skipped="1" time="90.000">)"));
  EXPECT_EQ(count(xml, "<testcase "), 9);
  EXPECT_THAT(xml, HasSubstr(R"(<testcase classname="nightly.a" name="seed 0" time="10.000"/>)"));
  EXPECT_THAT(xml, HasSubstr(R"(<failure type="stale read" message="read of r1 by process 7)"));
  EXPECT_THAT(xml, HasSubstr(R"(<error type="disk-full" message="no space left">)"));
  EXPECT_THAT(xml, HasSubstr(R"(<failure type="unknown" message="reason of b/5">)"));
  EXPECT_THAT(xml, HasSubstr(R"(<failure type="vacuous" message="reason of b/6">)"));
  EXPECT_THAT(
      xml,
      HasSubstr(R"(<skipped type="muted" message="muted until 2027-01-31 by storage: issue 12">)"));
  EXPECT_THAT(xml, HasSubstr(R"(<testcase classname="nightly.controls" )"
                             R"(name="seeded bug read-without-quorum is caught" time="11.000"/>)"));
  EXPECT_THAT(xml, HasSubstr("signature  " + kFresh + "\ngroup      new; 1 run in this suite"));
  EXPECT_THAT(xml, HasSubstr("faults     partition\nrun        store/a/7\n"
                             "evidence   store/a/7/evidence.json\n"));
  EXPECT_THAT(xml, HasSubstr("reproduce  capsize run --seed 1\n"));
}

TEST(JUnit, ValidSuite_HasNoRedTestCase) {
  const auto assessment =
      assess(ledger({execution("now", {run("a/1")})}), {"now"}, {}, "2026-11-30");
  const auto xml = junit_xml(assessment);
  EXPECT_THAT(xml, HasSubstr(R"(tests="3" failures="0" errors="0" skipped="0")"));
}

TEST(JUnit, WhatNoRunShows_IsARedTestCase) {
  auto interrupted = bare_execution("now", {run("a/1")});
  interrupted.ended = false;
  interrupted.ended_early = "interrupted by a signal";
  interrupted.early_cause = "interrupted";
  interrupted.planned = 2;
  const auto xml = junit_xml(assess(
      ledger({interrupted}), {"now"},
      {{.signature = kMuted, .reason = "r", .owner = "o", .expires = "2026-01-01"}}, "2026-11-30"));
  EXPECT_EQ(count(xml, R"(classname="nightly.suite")"), 4);
  EXPECT_THAT(xml, HasSubstr(R"(name="the mute of bbbbbbbbbbbbbbbb expired on 2026-01-01)"));
  EXPECT_THAT(xml, HasSubstr(R"(name="no healthy control ran")"));
  EXPECT_THAT(xml, HasSubstr(R"(failures="4")"));
}

TEST(JUnit, MissedControl_IsAFailureAndABrokenOneAnError) {
  const auto xml_of = [](Verdict verdict) {
    return junit_xml(assess(ledger({bare_execution("now", {run("a/1"), bug_control(verdict),
                                                           healthy_control(Verdict::kValid)})}),
                            {"now"}, {}, "2026-11-30"));
  };
  EXPECT_THAT(xml_of(Verdict::kValid),
              HasSubstr(R"(<failure type="bug control" message="not caught in 1 run: valid">)"));
  EXPECT_THAT(xml_of(Verdict::kHarnessError), HasSubstr(R"(<error type="bug control")"));
}

TEST(JUnit, Shards_AreTestSuites) {
  auto first = execution("s1", {run("a/1")});
  auto second = execution("s2", {run("a/2")});
  first.shard = "1/2";
  second.shard = "2/2";
  const auto xml = junit_xml(assess(ledger({first, second}), {"s1", "s2"}, {}, "2026-11-30"));
  EXPECT_THAT(xml, HasSubstr(R"(name="nightly 1/2")"));
  EXPECT_THAT(xml, HasSubstr(R"(<testsuite id="1" package="capsize" name="nightly 2/2")"));
}

TEST(Markdown, Shards_SayWhichOfThemHasTheShownRun) {
  auto first = execution("s1", {run("a/1")});
  auto second = execution("s2", {failing("a/2", kFresh)});
  first.shard = "1/2";
  second.shard = "2/2";
  second.host = "builder-2";
  const auto assessment = assess(ledger({first, second}), {"s1", "s2"}, {}, "2026-11-30");
  EXPECT_THAT(markdown_summary(assessment),
              HasSubstr("0 faults, shard 2/2 on `builder-2`; evidence: "));
  EXPECT_EQ(to_json(assessment)["groups"][0]["shown"]["shard"], "2/2");
  EXPECT_THAT(text_report(assessment, {}), HasSubstr("10 s, shard 2/2\n"));
}

TEST(JUnit, HostileText_ContainsNoMarkupAndNoForbiddenCharacter) {
  const auto xml = junit_xml(hostile_night());
  for (const unsigned char c : xml) EXPECT_TRUE(c >= 0x20 || c == '\n') << int{c};
  EXPECT_THAT(xml, Not(HasSubstr("<script>")));
  EXPECT_THAT(xml, Not(HasSubstr("]]>")));
  EXPECT_THAT(xml, Not(HasSubstr("\xef\xbf\xbf")));
  EXPECT_THAT(xml, HasSubstr(R"(timestamp="1970-01-01T00:00:00")"));
  EXPECT_EQ(xml_text("a\xff\x01]]>\xef\xbf\xbf\r\n"),
            "a\xef\xbf\xbd\xef\xbf\xbd]]&gt;\xef\xbf\xbd&#13;\n");
  EXPECT_EQ(xml_attribute("\"\n\t'"), "&quot;&#10;&#9;'");
  EXPECT_EQ(xml_text("\xc0\xaf\xf4\x90\x80\x80ä😀"),
            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
            "\xef\xbf\xbd\xef\xbf\xbdä😀");
}

TEST(Markdown, ShowsGroupsWithTheWayToGoOn) {
  const auto text = markdown_summary(varied_night());
  EXPECT_THAT(text, StartsWith("## nightly: invalid\n\nnightly: invalid: 1 new failure in 7 runs"));
  EXPECT_THAT(text, HasSubstr("| **new** | stale read | 1 | 0 | a 1 | partition 1 | "
                              "2026-11-30T20:45:12Z (revision-of-now) | `dddddddddddddddd` |\n"));
  EXPECT_THAT(text, HasSubstr("| **known** | stale read | 1 | 1 | a 1 |"));
  EXPECT_THAT(text, HasSubstr("| muted until 2027-01-31 | stale read |"));
  EXPECT_THAT(text, HasSubstr("```text\ncapsize run --seed 1\ncapsize replay store/a/7\n"
                              "capsize bundle store/a/7\ncapsize suite nightly.json --only "
                              "dddddddddddddddd\n```\n"));
  EXPECT_THAT(text, HasSubstr("1 failing run: `a`, seed 7, 10 s, 0 faults; evidence: "
                              "`store/a/7/evidence.json`\n"));
  EXPECT_THAT(text, HasSubstr("| seeded bug `read-without-quorum` | caught | 1 | 11 s |"));
  EXPECT_THAT(text, HasSubstr("### Infrastructure\n\nThese runs say nothing"));
  EXPECT_THAT(text, HasSubstr("| disk-full | 1 | no space left | b 1 | `b/4` |"));
  EXPECT_THAT(text, HasSubstr("| b | 4 | harness error 1, muted 1, unknown 1, vacuous 1 | 40 s |"));
  EXPECT_THAT(text, HasSubstr("- Lost run `b/9`: its directory `b/9` has what it recorded."));
}

/// Removes code spans, in which nothing is a mention or a link.
std::string without_code(std::string line) {
  for (std::size_t begin = 0; (begin = line.find('`', begin)) != std::string::npos;) {
    if (begin > 0 && line[begin - 1] == '\\') {
      ++begin;
      continue;
    }
    const std::size_t content = line.find_first_not_of('`', begin);
    const std::string fence = line.substr(begin, content - begin);
    const std::size_t end = line.find(fence, content);
    EXPECT_NE(end, std::string::npos) << line;
    if (end == std::string::npos) break;
    line.erase(begin, end + fence.size() - begin);
  }
  return line;
}

TEST(Markdown, HostileText_BreaksNeitherTableNorBlockNorMentions) {
  const auto text = markdown_summary(hostile_night());
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\n# h")));
  std::istringstream lines(text);
  std::string fence;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      fence = fence.empty() ? line.substr(0, line.find('t')) : "";
      continue;
    }
    if (!fence.empty()) continue;
    const std::string prose = without_code(line);
    EXPECT_THAT(prose, Not(HasSubstr("<script>")));
    EXPECT_THAT(prose, Not(HasSubstr(" @team")));
    EXPECT_THAT(prose, Not(HasSubstr("https://evil")));
    EXPECT_THAT(prose, Not(HasSubstr("www.evil")));
    if (!line.starts_with("| ")) continue;
    std::size_t columns = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '|' && (i == 0 || line[i - 1] != '\\')) ++columns;
    }
    EXPECT_TRUE(columns == 9 || columns == 6 || columns == 5) << columns << ": " << line;
  }
  EXPECT_EQ(fence, "");
  EXPECT_EQ(markdown_text("@team #12 GH-12 www.x.org a://b", 100),
            "@&#8203;team #&#8203;12 GH-&#8203;12 www.&#8203;x.org a:&#8203;//b");
  EXPECT_EQ(markdown_text("<b> & *b* [x](y) a_b `c` ~ $ | \\", 100),
            "&lt;b&gt; &amp; \\*b\\* \\[x\\](y) a\\_b \\`c\\` \\~ \\$ \\| \\\\");
  EXPECT_EQ(markdown_code("a`b|c", 100), "``a`b\\|c``");
  EXPECT_EQ(markdown_code("`a", 100), "`` `a ``");
}

TEST(Markdown, ManyFailures_StayBelowTheBoundAndAreCounted) {
  for (const std::size_t failures : {std::size_t{100}, std::size_t{3000}}) {
    const auto text = markdown_summary(hostile_night(failures));
    EXPECT_LE(text.size(), kMarkdownBytesMax);
    EXPECT_THAT(text, ContainsRegex("[0-9]+ groups not shown here; the JSON report has all"));
  }
}

TEST(SuiteJson, HasVersionVerdictGroupsAndControls) {
  const auto json = to_json(varied_night());
  EXPECT_EQ(json["capsize-suite-report"], 1);
  EXPECT_EQ(json["verdict"], "invalid");
  EXPECT_EQ(json["exit-code"], 1);
  EXPECT_EQ(json["groups"].size(), 3);
  EXPECT_EQ(json["groups"][0]["signature"], kFresh);
  EXPECT_EQ(json["groups"][0]["status"], "new");
  EXPECT_EQ(json["groups"][0]["shown"]["seed"], 7);
  EXPECT_EQ(json["groups"][2]["mute"]["owner"], "storage");
  EXPECT_EQ(json["controls"][0]["passed"], true);
  EXPECT_EQ(json["harness-errors"][0]["cause"], "disk-full");
  EXPECT_EQ(json["undecided"].size(), 2);
  EXPECT_EQ(json["verdicts"]["muted"], 1);
  EXPECT_EQ(json["baseline"]["runs"], 1);
  EXPECT_EQ(json["lost"][0]["repeated"], false);
  EXPECT_FALSE(base::Json::parse(to_json(hostile_night()).dump()).is_invalid());
}

TEST(IssueText, HasTheKeyOnALineOfItsOwn) {
  const auto assessment = varied_night();
  const auto issue = issue_text(assessment, *assessment.group(kFresh));
  EXPECT_EQ(issue.title, "stale read: read of r1 by process 7 returned 2489");
  EXPECT_EQ(issue.key, "capsize-signature: dddddddddddddddd");
  EXPECT_THAT(issue.labels, ElementsAre("capsize", "new"));
  EXPECT_THAT(issue.body, HasSubstr("\n\ncapsize-signature: dddddddddddddddd\n"));
  EXPECT_THAT(issue.body, HasSubstr("- failing runs: 1 of 7\n- failing runs before: 0 of 1\n"));
  EXPECT_THAT(issue_file(issue), StartsWith("title: stale read: read of r1 by process 7 returned "
                                            "2489\nlabels: capsize, new\n\nread of r1"));
}

TEST(IssueText, HostileText_LeavesTitleOneLineAndCodeClosed) {
  const auto assessment = hostile_night();
  const auto issue = issue_text(assessment, assessment.groups[0]);
  EXPECT_LE(issue.title.size(), 120);
  EXPECT_THAT(issue.title, Not(HasSubstr("\n")));
  EXPECT_THAT(issue.body, Not(HasSubstr("<script>\n")));
  EXPECT_EQ(count(issue.body, "\n````"), 2);
}

TEST(IssueText, OnlyFailuresOfThisNightThatAreNotMuted) {
  const auto assessment = varied_night();
  EXPECT_TRUE(deserves_issue(*assessment.group(kFresh)));
  EXPECT_TRUE(deserves_issue(*assessment.group(kKnown)));
  EXPECT_FALSE(deserves_issue(*assessment.group(kMuted)));
  Group gone = *assessment.group(kFresh);
  gone.status = GroupStatus::kGone;
  EXPECT_FALSE(deserves_issue(gone));
  Group doubtful = *assessment.group(kFresh);
  doubtful.beside_harness_error = doubtful.runs;
  EXPECT_FALSE(deserves_issue(doubtful));
}

TEST(TextReport, BeginsWithTheFirstLineAndEndsWithTheFiles) {
  const auto assessment = varied_night();
  const auto text = text_report(assessment, ReportPaths::in("store/suite"));
  EXPECT_THAT(text, StartsWith(assessment.first_line + "\n"));
  EXPECT_THAT(text,
              HasSubstr("  new    dddddddddddddddd  stale read: 1 of 7 runs, 0 of 1 before\n"));
  EXPECT_THAT(text, HasSubstr("         run        store/a/7\n"));
  EXPECT_THAT(text, HasSubstr("  muted  bbbbbbbbbbbbbbbb"));
  EXPECT_THAT(text, HasSubstr("  caught    seeded bug read-without-quorum"));
  EXPECT_THAT(text, HasSubstr("  disk-full      1 run: no space left\n"));
  EXPECT_THAT(text, HasSubstr("  summary        store/suite/report.md\n"));
  EXPECT_THAT(text, Not(HasSubstr("\033[")));
  EXPECT_THAT(text_report(assessment, {}, true), StartsWith("\033[1;31mnightly: invalid"));
  EXPECT_THAT(text_report(hostile_night(), {}), Not(HasSubstr("\x1b")));
}

TEST(WriteReports, WritesAllAndRemovesIssuesThatAreOver) {
  const TemporaryDirectory directory;
  const auto paths = ReportPaths::in(directory.path());
  std::filesystem::create_directories(paths.issues);
  const auto over = paths.issues / ("issue-" + kMuted + ".md");
  std::ofstream(over) << "title: over\n";
  std::ofstream(paths.issues / "issue-template.md") << "mine\n";
  ASSERT_TRUE(write_reports(varied_night(), paths).ok());
  for (const auto& path :
       {paths.junit, paths.markdown, paths.json, paths.issues / ("issue-" + kFresh + ".md"),
        paths.issues / ("issue-" + kKnown + ".md"), paths.issues / "issue-template.md"}) {
    EXPECT_TRUE(std::filesystem::exists(path)) << path;
  }
  EXPECT_FALSE(std::filesystem::exists(over));
}

TEST(WriteReports, SignatureThatIsNone_BecomesNoPath) {
  const TemporaryDirectory directory;
  auto assessment = varied_night();
  for (Group& group : assessment.groups) group.signature = "../../../escape";
  const auto paths = ReportPaths::in(directory.path() + "/reports");
  std::filesystem::create_directories(directory.path() + "/reports");
  ASSERT_TRUE(write_reports(assessment, paths).ok());
  EXPECT_TRUE(std::filesystem::is_empty(paths.issues));
}

TEST(WriteReports, OneThatFails_DoesNotPreventTheOthers) {
  const TemporaryDirectory directory;
  auto paths = ReportPaths::in(directory.path());
  std::ofstream(directory.path() + "/file") << "no directory\n";
  paths.junit = directory.path() + "/file/report.xml";
  const auto status = write_reports(varied_night(), paths);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("file/report.xml"));
  EXPECT_TRUE(std::filesystem::exists(paths.markdown));
}

}  // namespace
}  // namespace capsize::harness
