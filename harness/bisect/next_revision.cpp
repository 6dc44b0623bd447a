#include "harness/bisect/next_revision.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace capsize::harness {
namespace {

constexpr std::array<std::size_t, 5> kRunsAhead = {1, 2, 4, 8, 16};
/// Below this, a run says nothing: rounding errors of the sums are as large.
constexpr double kInformationMin = 1e-12;

double x_log_x(double x) {
  return x > 0 ? x * std::log(x) : 0;
}

/// C(runs, failed) rate^failed (1 - rate)^(runs - failed).
double binomial(std::size_t runs, std::size_t failed, double rate) {
  const auto n = static_cast<double>(runs);
  const auto f = static_cast<double>(failed);
  const double ways = std::lgamma(n + 1) - std::lgamma(f + 1) - std::lgamma(n - f + 1);
  return std::exp(ways + f * std::log(rate) + (n - f) * std::log1p(-rate));
}

/// Adds, for each revision i, -H(culprit, outcome) + H(outcome) of one outcome: `failed` of `runs`
/// runs of i failed. With culprit c <= i the outcome has the probability that the rates of c give
/// it, otherwise that of the background; so two prefix sums serve all revisions.
void add_outcome(const Posterior& posterior, std::size_t runs, std::size_t failed,
                 std::vector<double>& information) {
  const std::size_t revisions = posterior.revisions();
  std::vector<double> of_rate(kRates);
  for (std::size_t k = 0; k < kRates; ++k) {
    of_rate[k] = binomial(runs, failed, posterior.rates()[k]);
  }
  const double of_background = binomial(runs, failed, posterior.background());
  double after = 0;
  double after_log = 0;
  for (const double mass : posterior.culprit()) {
    after += mass * of_background;
    after_log += x_log_x(mass * of_background);
  }
  double upto = 0;
  double upto_log = 0;
  for (std::size_t i = 0; i < revisions; ++i) {
    const double* const joint = posterior.joint().data() + i * kRates;
    double mass = 0;
    for (std::size_t k = 0; k < kRates; ++k) mass += joint[k] * of_rate[k];
    upto += mass;
    upto_log += x_log_x(mass);
    after -= posterior.culprit()[i] * of_background;
    after_log -= x_log_x(posterior.culprit()[i] * of_background);
    information[i] += upto_log + after_log - x_log_x(upto + std::max(after, 0.0));
  }
}

}  // namespace

std::vector<double> expected_information(const Posterior& posterior, std::size_t runs) {
  // I(culprit; outcome) = H(culprit) + H(outcome) - H(culprit, outcome).
  double entropy = 0;
  for (const double mass : posterior.culprit()) entropy -= x_log_x(mass);
  std::vector<double> information(posterior.revisions(), entropy);
  for (std::size_t failed = 0; failed <= runs; ++failed) {
    add_outcome(posterior, runs, failed, information);
  }
  return information;
}

std::optional<std::size_t> choose_revision(const Posterior& posterior,
                                           const std::vector<RevisionState>& states,
                                           const RevisionCosts& costs) {
  CHECK(states.size() == posterior.revisions(), "each revision has a state");
  CHECK(costs.run > 0 && costs.build >= 0 && costs.jobs > 0, "runs cost something");
  std::optional<std::size_t> best;
  double best_rate = 0;
  for (const std::size_t runs : kRunsAhead) {
    const auto batches = static_cast<double>((runs + costs.jobs - 1) / costs.jobs);
    const std::vector<double> information = expected_information(posterior, runs);
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (states[i].skipped || information[i] < kInformationMin) continue;
      const double cost = batches * costs.run + (states[i].built ? 0 : costs.build);
      const double rate = information[i] / cost;
      // Rounding must not decide between equal revisions.
      if (rate <= best_rate * (1 + 1e-9)) continue;
      best = i;
      best_rate = rate;
    }
  }
  return best;
}

}  // namespace capsize::harness
