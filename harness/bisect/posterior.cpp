#include "harness/bisect/posterior.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace capsize::harness {
namespace {

constexpr double kTail = 0.025;

double as_number(std::uint64_t count) {
  return static_cast<double>(count);
}

/// Turns logarithms into probabilities that add up to 1. The largest one is subtracted first, so
/// that hundreds of runs do not make all of them 0.
void normalise(std::vector<double>& logs) {
  const double largest = *std::max_element(logs.begin(), logs.end());
  double total = 0;
  for (double& each : logs) {
    each = std::exp(each - largest);
    total += each;
  }
  for (double& each : logs) each /= total;
}

/// Where the cumulative distribution over equal cells of (low, 1) reaches `share`; linear in each
/// cell.
double quantile(const std::vector<double>& cells, double low, double share) {
  const double width = (1 - low) / static_cast<double>(cells.size());
  double sum = 0;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    if (sum + cells[k] >= share && cells[k] > 0) {
      return low + width * (static_cast<double>(k) + (share - sum) / cells[k]);
    }
    sum += cells[k];
  }
  return 1;
}

}  // namespace

Posterior::Posterior(const std::vector<Evidence>& evidence, double background)
    : background_(background),
      rates_(kRates),
      joint_(evidence.size() * kRates),
      culprit_(evidence.size()) {
  CHECK(!evidence.empty(), "a bisection has at least one revision");
  CHECK(background > 0 && background < 1, "a background rate is between 0 and 1");
  std::vector<double> log_fail(kRates);
  std::vector<double> log_pass(kRates);
  std::vector<double> log_prior(kRates);
  for (std::size_t k = 0; k < kRates; ++k) {
    rates_[k] = background + (1 - background) * (static_cast<double>(k) + 0.5) / kRates;
    log_fail[k] = std::log(rates_[k]);
    log_pass[k] = std::log1p(-rates_[k]);
    const double half = (1 - background) / kRates / 2;
    log_prior[k] = std::log(std::sqrt(rates_[k] + half) - std::sqrt(rates_[k] - half));
  }
  Evidence before;
  Evidence after;
  for (const Evidence& each : evidence) {
    after.failed += each.failed;
    after.passed += each.passed;
  }
  for (std::size_t c = 0; c < evidence.size(); ++c) {
    // Of a culprit c only sums count: those of the runs before it and of the runs from it on.
    const double log_before = as_number(before.failed) * std::log(background) +
                              as_number(before.passed) * std::log1p(-background);
    for (std::size_t k = 0; k < kRates; ++k) {
      joint_[c * kRates + k] = log_prior[k] + log_before + as_number(after.failed) * log_fail[k] +
                               as_number(after.passed) * log_pass[k];
    }
    before.failed += evidence[c].failed;
    before.passed += evidence[c].passed;
    after.failed -= evidence[c].failed;
    after.passed -= evidence[c].passed;
  }
  normalise(joint_);
  for (std::size_t c = 0; c < evidence.size(); ++c) {
    for (std::size_t k = 0; k < kRates; ++k) culprit_[c] += joint_[c * kRates + k];
  }
}

RateEstimate Posterior::rate() const {
  std::vector<double> cells(kRates);
  RateEstimate estimate;
  for (std::size_t at = 0; at < joint_.size(); ++at) {
    cells[at % kRates] += joint_[at];
    estimate.mean += joint_[at] * rates_[at % kRates];
  }
  estimate.low = quantile(cells, background_, kTail);
  estimate.high = quantile(cells, background_, 1 - kTail);
  return estimate;
}

std::vector<RevisionRange> separable_ranges(const Posterior& posterior,
                                            const std::vector<bool>& skipped) {
  CHECK(skipped.size() == posterior.revisions(), "each revision is skipped or not");
  std::vector<RevisionRange> ranges;
  for (std::size_t c = 0; c < skipped.size(); ++c) {
    // A run of revision c - 1 is what separates culprit c - 1 from culprit c.
    if (c == 0 || !skipped[c - 1]) ranges.push_back({.first = c, .last = c});
    ranges.back().last = c;
    ranges.back().probability += posterior.culprit()[c];
  }
  return ranges;
}

std::vector<RevisionRange> smallest_set(std::vector<RevisionRange> ranges, double share) {
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  double sum = 0;
  std::size_t size = 0;
  while (size < ranges.size() && sum < share) sum += ranges[size++].probability;
  ranges.resize(size);
  return ranges;
}

}  // namespace capsize::harness
