// The explanation page: what it shows, and that no history can write into it.
#include "harness/report/explanation_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checker/check.h"
#include "harness/report/violation_text.h"

namespace capsize::harness {
namespace {

using checker::History;
using checker::Outcome;
using checker::Report;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Report report_on(const std::string& text) {
  const auto loaded = checker::load_history_text(text, {}, "<script>alert(0)</script>.jsonl");
  return checker::check_history(std::get<History>(loaded));
}

std::string event(int process, const char* type, const char* f, const std::string& value) {
  return R"({"time":)" + std::to_string(process * 1000) + R"(,"process":)" +
         std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f +
         R"(","key":"</script><img src=x onerror=alert(1)>","value":)" + value + "}\n";
}

// A stale read, every text of which would like to be more than text.
Report hostile() {
  const std::string bad = R"("\"'><script>alert(2)</script>\u0007&")";
  return report_on(event(1, "invoke", "write", bad) + event(1, "ok", "write", bad) +
                   event(2, "invoke", "write", "2") + event(2, "ok", "write", "2") +
                   event(3, "invoke", "read", "null") + event(3, "ok", "read", bad) +
                   event(4, "invoke", "read", "null") + event(4, "ok", "read", "2"));
}

TEST(ExplanationPage, EscapesWhatComesFromTheHistory) {
  const Report report = hostile();
  ASSERT_EQ(report.violations.size(), 1U);
  const std::string page = explanation_page({&report, 1});
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(2)"));
  // One script, the page's own.
  EXPECT_EQ(page.find("<script>"), page.rfind("<script>"));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
}

TEST(ExplanationPage, ShowsSentenceBarsAndHowFarBehind) {
  const Report report = hostile();
  const std::string page = explanation_page({&report, 1});
  EXPECT_THAT(page, HasSubstr("a stale read"));
  EXPECT_THAT(page, HasSubstr("Behind by at least 1 us and 1 version"));
  EXPECT_THAT(page, HasSubstr("process 3</text>"));
  EXPECT_THAT(page, HasSubstr("data-o="));
}

TEST(ExplanationPage, ValidHistory_HasAPageToo) {
  const Report report = report_on("");
  EXPECT_THAT(explanation_page({&report, 1}), HasSubstr("vacuous"));
}

TEST(ViolationText, DrawsIntervalsAndNamesWhatWasConcurrent) {
  const std::string text = violation_text(hostile().violations[0]);
  EXPECT_THAT(text, HasSubstr("behind by at least 1 us and 1 version"));
  EXPECT_THAT(text, HasSubstr("[=]"));
  EXPECT_THAT(text, Not(HasSubstr("\x07")));
}

TEST(ViolationText, LeavesOutWhatTheSentenceSpeaksFor_WhereThereIsMuch) {
  checker::Violation violation = hostile().violations[0];
  violation.operations.resize(1);
  violation.operations.front().function = "telling";
  checker::OperationView besides = violation.operations.front();
  besides.function = "besides";
  besides.background = true;
  violation.operations.push_back(besides);
  EXPECT_THAT(violation_text(violation), HasSubstr("besides"));
  violation.operations.resize(20, besides);
  const std::string text = violation_text(violation);
  EXPECT_THAT(text, HasSubstr("(19 that the sentence speaks for are left out here"));
  EXPECT_THAT(text, HasSubstr("telling"));
  EXPECT_THAT(text, Not(HasSubstr("besides")));
}

checker::OperationView operation(std::uint64_t invoke, std::optional<std::uint64_t> complete,
                                 Outcome outcome = Outcome::kOk) {
  checker::OperationView view;
  view.index = invoke;
  view.complete_index = complete;
  view.outcome = outcome;
  return view;
}

TEST(IntervalDrawing, ToTheRightIsLater) {
  const checker::OperationView operations[] = {operation(10, 30), operation(20, {}, Outcome::kInfo),
                                               operation(40, 50, Outcome::kFail)};
  EXPECT_THAT(interval_drawing(operations), ElementsAre("[===]", "  [=======>", "      [x]"));
}

}  // namespace
}  // namespace capsize::harness
