// Script: a short notation for a history, and the violation that the checker finds in it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "checker/check/check.h"

namespace capsize::checker::testing {

/// One event a call, a millisecond apart.
class Script {
 public:
  Script& invoke(int process, const std::string& f, const std::string& value = "null") {
    return event(process, "invoke", f, value);
  }
  Script& ok(int process, const std::string& f, const std::string& value = "null") {
    return event(process, "ok", f, value);
  }
  Script& info(int process, const std::string& f, const std::string& value = "null") {
    return event(process, "info", f, value);
  }
  Script& fail(int process, const std::string& f, const std::string& value = "null") {
    return event(process, "fail", f, value);
  }
  /// Invoked and completed at once.
  Script& call(int process, const std::string& f, const std::string& value,
               const std::string& result = "null") {
    return invoke(process, f, value).ok(process, f, result);
  }
  Script& read(int process, const std::string& result) {
    return call(process, "read", "null", result);
  }

  Violation violation(const std::string& model = "cas-register") const {
    const CheckOptions options{.model = model};
    const LoadResult loaded = load_history_text(text_, options);
    const Report report = check_history(std::get<History>(loaded), options);
    if (report.violations.empty()) {
      ADD_FAILURE() << "no violation: " << report.reason;
      return {};
    }
    EXPECT_TRUE(report.violations[0].minimal);
    return report.violations[0];
  }

 private:
  Script& event(int process, const std::string& type, const std::string& f,
                const std::string& value) {
    text_ += R"({"time":)" + std::to_string(time_ms_++ * 1'000'000) + R"(,"process":)" +
             std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f +
             R"(","key":"x","value":)" + value + "}\n";
    return *this;
  }

  std::string text_;
  int time_ms_ = 0;
};

}  // namespace capsize::checker::testing
