// The test of failure rates as it was declared before the first run of an execution: a level that
// is chosen after the results proves nothing.
#pragma once

#include <cstdint>

#include "base/json.h"
#include "base/result.h"

namespace capsize::harness {

inline constexpr std::uint64_t kRateRunsMax = 10'000;

struct RateTest {
  double alpha = 0.01;       // probability of any false "worse" in a night
  std::uint64_t runs = 100;  // of a group, up to which its cases are repeated
  bool confirm = false;      // whether they are repeated (capsize suite --confirm)
  friend bool operator==(const RateTest&, const RateTest&) = default;
};

/// Whether a level can be declared: above 0, at most 0.5.
[[nodiscard]] bool is_alpha(double alpha);

/// {"alpha": 0.01, "runs": 100, "confirm": false}.
[[nodiscard]] base::Json to_json(const RateTest& test);
/// Error: what was found and what was expected. Missing keys have their defaults.
[[nodiscard]] base::Result<RateTest> rate_test_of(const base::Json& json);

}  // namespace capsize::harness
