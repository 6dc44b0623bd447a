// Whether failures have become more frequent: an exact test of two samples.
#pragma once

#include <cstdint>

namespace capsize::harness {

/// Failures among independent runs.
struct Share {
  std::uint64_t failed = 0;
  std::uint64_t runs = 0;  // at least `failed`
};

/// Fisher's exact test (1935), one-sided: the probability that at least as many of all these
/// failures fall into the runs of `now` if both samples fail equally often. Small: `now` is worse.
/// 1 if one of the samples is empty. Precondition: no more runs failed than there are.
[[nodiscard]] double p_value_worse(const Share& now, const Share& before);

}  // namespace capsize::harness
