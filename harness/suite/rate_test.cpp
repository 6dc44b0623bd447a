#include "harness/suite/rate_test.h"

#include "base/mismatch.h"

namespace capsize::harness {

bool is_alpha(double alpha) {
  return alpha > 0 && alpha <= 0.5;
}

base::Json to_json(const RateTest& test) {
  return base::Json::object(
      {{"alpha", test.alpha}, {"runs", test.runs}, {"confirm", test.confirm}});
}

base::Result<RateTest> rate_test_of(const base::Json& json) {
  RateTest test;
  if (!json.is_object()) return base::Error{base::mismatch(json.dump(), "an object")};
  test.alpha = json.value("alpha", test.alpha);
  test.runs = json.value("runs", test.runs);
  test.confirm = json.value("confirm", test.confirm);
  if (!is_alpha(test.alpha) || test.runs == 0 || test.runs > kRateRunsMax) {
    return base::Error{
        base::mismatch(json.dump(), "alpha above 0 and at most 0.5, and runs from 1 to 10000")};
  }
  return test;
}

}  // namespace capsize::harness
