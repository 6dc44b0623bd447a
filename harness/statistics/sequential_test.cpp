#include "harness/statistics/sequential_test.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <utility>

#include "base/check.h"
#include "harness/statistics/interval.h"

namespace capsize::harness {
namespace {

using Counts = std::vector<std::uint64_t>;

/// The probability that the search for the worst common share leaves out the true one.
constexpr double kShareMissed = 1e-7;
/// The search ends when its bound is this close to a value that is attained: on a plateau, which is
/// common, each further digit multiplies the number of cells.
constexpr double kBoundSlack = 0.05;
constexpr int kCellsFirst = 16;
constexpr int kCellsMax = 4'000;
/// Two p-values that differ by rounding are equal: ties count as extreme.
constexpr double kTie = 1 + 1e-9;
/// For 3 % in 1,000 runs before against 15 % in up to 100 now, at the level of one of four tests,
/// the power is 92.8 % with exponent 1, 93.1 % with 2 and 93.8 % with 3; one look at 100 runs has
/// 93.9 %, and no sequence of looks can have more.
constexpr double kWeightExponent = 3;
/// Smaller probabilities are not followed; they count as extreme. There are some hundreds of them.
constexpr double kNegligible = 1e-13;

double real(std::uint64_t count) {
  return static_cast<double>(count);
}

/// Binomial probabilities of 0 to `last` successes in n trials.
std::vector<double> binomial(std::uint64_t n, double share, std::uint64_t last,
                             const std::vector<double>& log_factorials) {
  std::vector<double> masses(std::min(n, last) + 1);
  if (share <= 0 || share >= 1) {
    std::fill(masses.begin(), masses.end(), 0.0);
    if (share <= 0) masses.front() = 1;
    if (share >= 1 && masses.size() == n + 1) masses.back() = 1;
    return masses;
  }
  const double log_success = std::log(share);
  const double log_failure = std::log1p(-share);
  for (std::uint64_t k = 0; k < masses.size(); ++k) {
    masses[k] = std::exp(log_factorials[n] - log_factorials[k] - log_factorials[n - k] +
                         real(k) * log_success + real(n - k) * log_failure);
  }
  return masses;
}

/// Follows how many runs have failed from look to look, with the probability of each number while
/// no boundary has been reached.
class Path {
 public:
  /// `steps`: for each look the probabilities of new failures since the one before.
  explicit Path(const std::vector<std::vector<double>>& steps) : steps_(steps) {}

  /// The probability that from look `first` on some boundary is reached, from `failed` failures.
  double reaching(const Counts& boundaries, std::size_t first, std::uint64_t failed) {
    alive_.assign(failed + 1, 0.0);
    alive_[failed] = 1;
    double reached = 0;
    for (std::size_t look = first; look < boundaries.size(); ++look) {
      reached += step(steps_[look], boundaries[look]);
    }
    return std::min(1.0, reached);
  }

 private:
  /// Adds the runs of a look. Returns the probability that this look is the first at its boundary:
  /// what was alive and is not any more.
  double step(const std::vector<double>& added, std::uint64_t boundary) {
    double before = 0;
    for (const double mass : alive_) before += mass;
    const std::uint64_t most = alive_.size() - 1 + added.size();  // one more than can have failed
    next_.assign(std::min(boundary, most), 0.0);
    for (std::size_t failed = 0; failed < alive_.size(); ++failed) {
      if (alive_[failed] < kNegligible) continue;  // counts as if it reached the boundary
      for (std::size_t more = 0; more < added.size() && failed + more < next_.size(); ++more) {
        next_[failed + more] += alive_[failed] * added[more];
      }
    }
    double after = 0;
    for (const double mass : next_) after += mass;
    alive_.swap(next_);
    return std::max(0.0, before - after);
  }

  const std::vector<std::vector<double>>& steps_;
  std::vector<double> alive_;
  std::vector<double> next_;
};

/// Boundaries that hold for a range of numbers of failures before.
struct BoundaryRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  Counts boundaries;
};

/// The probability of a result as extreme as the one that was found, as a function of the shares.
class ExtremeResults {
 public:
  ExtremeResults(const Share& before, const Counts& looks, std::vector<BoundaryRange> ranges,
                 const std::vector<double>& log_factorials)
      : before_(before),
        looks_(looks),
        ranges_(std::move(ranges)),
        log_factorials_(log_factorials) {}

  /// If runs fail with the probability `share_before` before and `share_now` now. It falls with the
  /// first and rises with the second, since boundaries rise with the number of failures before. So
  /// with the ends of an interval it bounds all common shares in it.
  [[nodiscard]] double probability(double share_before, double share_now) const {
    std::vector<std::vector<double>> steps;
    std::uint64_t runs = 0;
    for (const std::uint64_t look : looks_) {
      steps.push_back(
          binomial(look - runs, share_now, ranges_.back().boundaries.back(), log_factorials_));
      runs = look;
    }
    Path path(steps);
    double sum = 0;
    double covered = 0;
    for (const BoundaryRange& range : ranges_) {
      const double mass = mass_before(share_before, range.first, range.last);
      if (mass < kNegligible) continue;
      covered += mass;
      sum += mass * path.reaching(range.boundaries, 0, 0);
    }
    // The numbers of failures before that no range has count as if all of them were extreme.
    return std::min(1.0, sum + std::max(0.0, 1 - covered));
  }

 private:
  [[nodiscard]] double mass_before(double share, std::uint64_t first, std::uint64_t last) const {
    if (share <= 0) return first == 0 ? 1 : 0;
    if (share >= 1) return last == before_.runs ? 1 : 0;
    const std::uint64_t n = before_.runs;
    double mass =
        std::exp(log_factorials_[n] - log_factorials_[first] - log_factorials_[n - first] +
                 real(first) * std::log(share) + real(n - first) * std::log1p(-share));
    double sum = mass;
    for (std::uint64_t k = first; k < last; ++k) {
      mass *= real(n - k) / real(k + 1) * share / (1 - share);
      sum += mass;
    }
    return sum;
  }

  const Share& before_;
  const Counts& looks_;
  std::vector<BoundaryRange> ranges_;
  const std::vector<double>& log_factorials_;
};

/// Common shares on the scale of the arcsine, on which the variance of a binomial share is the same
/// everywhere.
double to_scale(double share) {
  return std::asin(std::sqrt(share));
}
double to_share(double scaled) {
  const double root = std::sin(scaled);
  return root * root;
}

struct Cell {
  double low = 0;  // on that scale
  double high = 0;
  double bound = 1;
  bool operator<(const Cell& other) const { return bound < other.bound; }
};

/// Bounds the largest probability of any common share in the interval from above: the cell with the
/// largest bound is halved until its bound is hardly above a value that is attained.
double maximum(const ExtremeResults& results, const ShareInterval& shares) {
  std::priority_queue<Cell> cells;
  const auto add = [&](double low, double high) {
    cells.push({low, high, results.probability(to_share(low), to_share(high))});
  };
  const double low = to_scale(shares.low);
  const double width = (to_scale(shares.high) - low) / kCellsFirst;
  for (int i = 0; i < kCellsFirst; ++i) add(low + i * width, low + (i + 1) * width);
  double attained = 0;
  for (int count = 0; count < kCellsMax; ++count) {
    const Cell cell = cells.top();
    const double middle = (cell.low + cell.high) / 2;
    const double share = to_share(middle);
    attained = std::max(attained, results.probability(share, share));
    if (cell.bound <= attained * (1 + kBoundSlack) + kShareMissed / 10) break;
    cells.pop();
    add(cell.low, middle);
    add(middle, cell.high);
  }
  return cells.top().bound;
}

}  // namespace

std::vector<std::uint64_t> looks_between(std::uint64_t first, std::uint64_t last) {
  constexpr std::uint64_t kStepMin = 10;
  Counts looks = {first};
  while (first > 0 && looks.back() < last) {
    const std::uint64_t step = std::max(kStepMin, looks.back() / 2);
    const std::uint64_t next = looks.back() + step;
    // A last step of a few runs would be a look that decides nothing.
    looks.push_back(next + kStepMin > last ? last : next);
  }
  return looks;
}

double look_weight(std::uint64_t runs, std::uint64_t last) {
  return std::pow(real(runs) / real(last), kWeightExponent);
}

SequentialTest::SequentialTest(const Share& before, std::vector<std::uint64_t> looks)
    : before_(before), looks_(std::move(looks)) {
  CHECK(before.failed <= before.runs, "no more runs fail than there are");
  CHECK(!looks_.empty() && looks_.front() > 0, "a look has runs");
  CHECK(std::adjacent_find(looks_.begin(), looks_.end(), std::greater_equal<>()) == looks_.end(),
        "each look has more runs than the one before");
  log_factorials_.resize(before.runs + looks_.back() + 1);
  for (std::size_t i = 2; i < log_factorials_.size(); ++i) {
    log_factorials_[i] = std::lgamma(real(i) + 1);
  }
}

double SequentialTest::fisher(std::uint64_t look, std::uint64_t failed,
                              std::uint64_t before) const {
  if (failed == 0) return 1;
  const std::uint64_t now = looks_[look];
  const std::uint64_t failures = failed + before;
  const std::uint64_t runs = before_.runs + now;
  const auto log_choose = [&](std::uint64_t n, std::uint64_t k) {
    return log_factorials_[n] - log_factorials_[k] - log_factorials_[n - k];
  };
  // Of all runs, `now` are drawn: the probability that `failed` or more of the failures are among
  // them. Each term follows from the one before.
  double mass = std::exp(log_choose(failures, failed) + log_choose(runs - failures, now - failed) -
                         log_choose(runs, now));
  double sum = mass;
  for (std::uint64_t k = failed; k < std::min(now, failures); ++k) {
    mass *=
        real(failures - k) * real(now - k) / real(k + 1) / real(before_.runs - failures + k + 1);
    sum += mass;
    if (mass < sum * 1e-17) break;
  }
  return std::min(1.0, sum);
}

double SequentialTest::statistic(const std::vector<std::uint64_t>& failed) const {
  CHECK(failed.size() <= looks_.size(), "only declared looks take place");
  double smallest = 2 / look_weight(looks_.front(), looks_.back());
  for (std::size_t look = 0; look < failed.size(); ++look) {
    CHECK(failed[look] <= looks_[look], "no more runs fail than there are");
    smallest = std::min(smallest, fisher(look, failed[look], before_.failed) /
                                      look_weight(looks_[look], looks_.back()));
  }
  return smallest;
}

std::uint64_t SequentialTest::boundary(std::uint64_t look, std::uint64_t before, double statistic,
                                       std::uint64_t from) const {
  const double level = statistic * look_weight(looks_[look], looks_.back()) * kTie;
  std::uint64_t failed = from;
  while (failed <= looks_[look] && fisher(look, failed, before) > level) ++failed;
  return failed;
}

double SequentialTest::p_value_of(double statistic) const {
  const ShareInterval shares = confidence_interval(before_.failed, before_.runs, kShareMissed);
  // Ten standard deviations beyond the shares that are searched, in either direction.
  const auto reach = [&](double share) {
    return 10 * std::sqrt(real(before_.runs) * share * (1 - share)) + 30;
  };
  const double low = real(before_.runs) * shares.low - reach(shares.low);
  const double high = real(before_.runs) * shares.high + reach(shares.high);
  const auto first = static_cast<std::uint64_t>(std::max(0.0, low));
  const std::uint64_t last = std::min(before_.runs, static_cast<std::uint64_t>(high));
  std::vector<BoundaryRange> ranges;
  Counts boundaries(looks_.size(), 0);
  for (std::uint64_t before = first; before <= last; ++before) {
    for (std::size_t look = 0; look < looks_.size(); ++look) {
      boundaries[look] = boundary(look, before, statistic, boundaries[look]);
    }
    if (!ranges.empty() && ranges.back().boundaries == boundaries) {
      ranges.back().last = before;
    } else {
      ranges.push_back({before, before, boundaries});
    }
  }
  const ExtremeResults results(before_, looks_, std::move(ranges), log_factorials_);
  return std::min(1.0, maximum(results, shares) + kShareMissed);
}

double SequentialTest::p_value(const std::vector<std::uint64_t>& failed) const {
  const double smallest = statistic(failed);
  if (before_.runs == 0 || failed.empty() || failed.back() == 0) return 1;
  return p_value_of(smallest);
}

std::vector<std::uint64_t> SequentialTest::failures_needed(double level) const {
  std::vector<double> statistics;
  for (std::size_t look = 0; look < looks_.size(); ++look) {
    for (std::uint64_t failed = 1; failed <= looks_[look]; ++failed) {
      const double p = fisher(look, failed, before_.failed);
      // The p-value of several looks is hardly below Fisher's of one; ten leaves room for that.
      if (p <= 10 * level) statistics.push_back(p / look_weight(looks_[look], looks_.back()));
    }
  }
  std::sort(statistics.begin(), statistics.end());
  // The p-value rises with the statistic.
  const auto end = before_.runs == 0 ? statistics.begin()
                                     : std::partition_point(
                                           statistics.begin(), statistics.end(),
                                           [&](double each) { return p_value_of(each) <= level; });
  Counts needed;
  for (std::size_t look = 0; look < looks_.size(); ++look) {
    needed.push_back(end == statistics.begin()
                         ? looks_[look] + 1
                         : boundary(look, before_.failed, *std::prev(end), 1));
  }
  return needed;
}

double SequentialTest::chance_of(const std::vector<std::uint64_t>& needed,
                                 const std::vector<std::uint64_t>& failed, double share) const {
  CHECK(needed.size() == looks_.size() && failed.size() <= looks_.size(), "a number for each look");
  std::vector<std::vector<double>> steps;
  std::uint64_t runs = 0;
  for (const std::uint64_t look : looks_) {
    steps.push_back(binomial(look - runs, share, look - runs, log_factorials_));
    runs = look;
  }
  return Path(steps).reaching(needed, failed.size(), failed.empty() ? 0 : failed.back());
}

}  // namespace capsize::harness
