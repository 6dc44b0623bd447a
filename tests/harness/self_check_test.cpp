// What the harness checks of its own work: each test breaks it once.
#include "harness/judge/self_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "base/json.h"

namespace capsize::harness {
namespace {

TEST(CheckRecording, MissingOperations_AreCounted) {
  EXPECT_EQ(check_recording({.operations = 6, .ok = 3, .fail = 2, .info = 1},
                            {.ok = 3, .fail = 2, .info = 1}),
            std::nullopt);
  EXPECT_THAT(check_recording({.ok = 3}, {.ok = 4}),
              testing::Optional(testing::HasSubstr("3 ok, 0 failed and 0 indeterminate")));
  EXPECT_NE(check_recording({.fail = 1}, {}), std::nullopt);
  EXPECT_NE(check_recording({}, {.info = 1}), std::nullopt);
}

nemesis::FaultRecord cut_with(const base::Json& end) {
  auto planned = std::make_shared<nemesis::PlannedFault>();
  planned->id = 7;
  planned->spec.kind = "cut";
  nemesis::FaultRecord record;
  record.fault = planned;
  record.evidence["end"] = end;
  return record;
}

TEST(CheckCuts, OneMessageThatPassed_IsNamed) {
  EXPECT_EQ(check_cuts({cut_with({{"passed", 0}}), cut_with({}), cut_with("gone")}), std::nullopt);
  EXPECT_THAT(check_cuts({cut_with({{"passed", 0}}), cut_with({{"passed", 3}})}),
              testing::Optional(testing::HasSubstr("3 messages passed the cut 7")));
}

class LegalOrder : public testing::Test {
 protected:
  void SetUp() override {
    const std::string text = R"({"capsize-history":1,"model":"register"}
{"index":0,"time":0,"process":0,"type":"invoke","f":"write","key":"x","value":1}
{"index":1,"time":1,"process":0,"type":"ok","f":"write","key":"x","value":1}
{"index":2,"time":2,"process":1,"type":"invoke","f":"read","key":"x","value":null}
{"index":3,"time":3,"process":1,"type":"ok","f":"read","key":"x","value":1}
)";
    auto loaded = checker::load_history_text(text);
    ASSERT_TRUE(std::holds_alternative<checker::History>(loaded));
    history_ = std::make_unique<checker::History>(std::move(std::get<checker::History>(loaded)));
    const auto report = checker::check_history(*history_, {}, &order_);
    ASSERT_EQ(report.verdict, checker::Verdict::kValid);
    ASSERT_EQ(order_.operations.size(), 2U);
  }
  std::unique_ptr<checker::History> history_;
  checker::Linearization order_;
};

TEST_F(LegalOrder, OfTheChecker_CanBeReplayed) {
  EXPECT_EQ(check_legal_order(*history_, order_), std::nullopt);
}

TEST_F(LegalOrder, WithoutAnOperation_IsNone) {
  order_.operations.pop_back();
  EXPECT_THAT(check_legal_order(*history_, order_),
              testing::Optional(testing::HasSubstr("cannot be replayed")));
}

TEST_F(LegalOrder, InTheWrongOrder_IsNone) {
  std::swap(order_.operations[0], order_.operations[1]);
  EXPECT_NE(check_legal_order(*history_, order_), std::nullopt);
}

}  // namespace
}  // namespace capsize::harness
