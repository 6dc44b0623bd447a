// The explanation page: what it shows, and that no history can write into it.
#include "harness/report/explanation_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checker/check/check.h"
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

// The same stale read on several keys.
Report stale_on(const std::vector<std::string>& keys, const std::string& first,
                const std::string& second) {
  std::string text;
  int time = 5'000;
  const auto event_of = [&](const std::string& key, int process, const char* type, const char* f,
                            const std::string& value) {
    text += R"({"time":)" + std::to_string(time += 1'500) + R"(,"process":)" +
            std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f + R"(","key":")" +
            key + R"(","value":)" + value + "}\n";
  };
  for (const std::string& key : keys) {
    for (const auto& value : {first, second}) {
      event_of(key, 1, "invoke", "write", value);
      event_of(key, 1, "ok", "write", value);
    }
    for (const auto& value : {first, second}) {
      event_of(key, 2, "invoke", "read", "null");
      event_of(key, 2, "ok", "read", value);
    }
  }
  return report_on(text);
}

TEST(ViolationText, ShowsTimesSinceTheFirstOperationAndMarksWhatTheSentenceNames) {
  const std::string text = violation_text(stale_on({"x"}, "1", "2").violations.at(0));
  EXPECT_THAT(text,
              HasSubstr("  *   1        1  write   2                     +3 us     +4.5 us  ok"));
  EXPECT_THAT(text, HasSubstr("  *   2"));
  EXPECT_THAT(text,
              HasSubstr("      3        1  write   1                         0     +1.5 us  ok"));
}

TEST(ViolationText, LongValues_AreCutWhereTheyDoNotDiffer) {
  const std::string common(80, 'a');
  const std::string rest(80, 'b');
  const auto quoted = [&](const char* middle) { return '"' + common + middle + rest + '"'; };
  const auto report = stale_on({"x"}, quoted("first"), quoted("second"));
  const std::string text = violation_text(report.violations.at(0));
  EXPECT_THAT(text, HasSubstr("aaafirstbbb"));
  EXPECT_THAT(text, HasSubstr("aaasecondbbb"));
  EXPECT_THAT(text, Not(HasSubstr(common)));
  EXPECT_THAT(text, Not(HasSubstr(rest)));
}

TEST(ViolationText, EqualViolationsOfOtherKeys_AreOneLine) {
  const Report report = stale_on({"k1", "k2", "k3"}, "1", "2");
  ASSERT_EQ(report.violations.size(), 3U);
  EXPECT_THAT(violation_text(report.violations[0]),
              HasSubstr("the same on 2 other keys: k2, k3\n"));
  EXPECT_EQ(violation_text(report.violations[1]), "");
  EXPECT_EQ(violation_text(report.violations[2]), "");
  const std::string weaker = weaker_models_text(report);
  EXPECT_THAT(weaker, HasSubstr("weaker, of key k1"));
  EXPECT_THAT(weaker, Not(HasSubstr("of key k2")));
  const std::string page = explanation_page({&report, 1});
  EXPECT_THAT(page, HasSubstr("the same on 2 other keys: k2, k3"));
  EXPECT_EQ(page.find("<h2>"), page.rfind("<h2>"));
  const auto json = checker::to_json(report);
  EXPECT_EQ(json["violations"].size(), 3U);
  EXPECT_EQ(json["violations"][0]["same-on"].size(), 2U);
}

TEST(WeakerModelsText, LeavesOutWhatIsNotKnown) {
  Report report = stale_on({"x"}, "1", "2");
  EXPECT_THAT(weaker_models_text(report), Not(HasSubstr("unknown")));
  for (auto& answer : report.weaker.at(0).answers) {
    answer.holds = checker::ConsistencyAnswer::Holds::kUnknown;
  }
  report.weaker[0].answers[0].holds = checker::ConsistencyAnswer::Holds::kNo;
  const std::string text = weaker_models_text(report);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  report.weaker[0].answers[0].holds = checker::ConsistencyAnswer::Holds::kUnknown;
  EXPECT_EQ(weaker_models_text(report), "");
}

TEST(ExplanationPage, LabelsThatDoNotFit_AreHidden) {
  Report report = stale_on({"x"}, "1", "2");
  EXPECT_THAT(explanation_page({&report, 1}), HasSubstr(">#1 write 2</text>"));
  EXPECT_THAT(explanation_page({&report, 1}), Not(HasSubstr("style=\"display:none\"")));
  report.violations[0].operations[0].value = std::string(400, '7');
  EXPECT_THAT(explanation_page({&report, 1}), HasSubstr("style=\"display:none\""));
}

TEST(ExplanationPage, MarksWhatTheSentenceNamesAndGreysBackground) {
  Report report = stale_on({"x"}, "1", "2");
  report.violations[0].operations[0].named = false;
  report.violations[0].operations[0].background = true;
  const std::string page = explanation_page({&report, 1});
  EXPECT_THAT(page, HasSubstr("<tr class=\"named\">"));
  EXPECT_THAT(page, HasSubstr("<tr class=\"background\">"));
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
