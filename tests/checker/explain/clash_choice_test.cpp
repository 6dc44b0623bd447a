// Histories such as two seeded bugs of the node leave; each must get its own name.
#include "checker/explain/clash_choice.h"

#include <gtest/gtest.h>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

class Script {
 public:
  void done(int process, const std::string& f, const std::string& asked,
            const std::string& learnt) {
    event(process, "invoke", f, asked);
    event(process, "ok", f, learnt);
  }
  void write(int process, int value) {
    done(process, "write", std::to_string(value), std::to_string(value));
  }
  void read(int process, int value) { done(process, "read", "null", std::to_string(value)); }

  Report report() const {
    const auto loaded = load_history_text(text_, {.model = "cas-register"});
    return check_history(std::get<History>(loaded), {.model = "cas-register"});
  }

 private:
  void event(int process, const std::string& type, const std::string& f, const std::string& value) {
    text_ += R"({"process":)" + std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f +
             R"(","key":"x","value":)" + value + "}\n";
  }
  std::string text_;
};

Anomaly anomaly_of(const Script& script) {
  const Report report = script.report();
  EXPECT_EQ(report.violations.size(), 1U);
  return report.violations.empty() ? Anomaly::kNoLegalOrder : report.violations.front().anomaly;
}

TEST(ClashChoice, AcknowledgedEarlyAndLost_IsALostWrite_ThoughAnotherClashComesFirst) {
  Script script;
  script.write(0, 1);
  script.write(0, 2);  // acknowledged too early: a read before its commit is behind …
  script.read(1, 1);
  script.read(1, 2);   // … and after it sees the write
  script.write(0, 3);  // acknowledged by a leader that is alone, and gone
  script.read(1, 2);
  script.read(2, 2);
  EXPECT_EQ(anomaly_of(script), Anomaly::kLostWrite);
}

TEST(ClashChoice, WriteThatMayHaveBeenOverwritten_IsPassedOverForAStaleReadThatIsProved) {
  Script script;
  script.write(0, 1);
  script.write(0, 2);
  script.read(1, 1);
  script.read(1, 2);
  script.write(0, 3);
  script.read(1, 2);  // late, or 3 is gone: 4 hides which
  script.write(2, 4);
  script.read(1, 4);
  EXPECT_EQ(anomaly_of(script), Anomaly::kStaleRead);
}

TEST(ClashChoice, ReadsThatDisagree_AreAStaleRead_ThoughSomeWriteIsNeverSeen) {
  Script script;
  script.write(0, 1);
  script.write(0, 2);  // by the new leader; overwritten before any read
  script.read(1, 1);   // by the old one
  script.write(0, 3);
  script.read(2, 3);
  script.read(1, 1);  // the old one again
  script.read(2, 3);  // 3 is still there
  EXPECT_EQ(anomaly_of(script), Anomaly::kStaleRead);
}

TEST(ClashChoice, AcknowledgedEarlyButNotLost_IsAStaleRead) {
  Script script;
  script.write(0, 1);
  script.write(0, 2);
  script.read(1, 1);
  script.read(1, 2);
  EXPECT_EQ(anomaly_of(script), Anomaly::kStaleRead);
}

}  // namespace
}  // namespace capsize::checker
