#include "harness/statistics/change_points.h"

#include <algorithm>
#include <boost/math/special_functions/binomial.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

#include "base/check.h"
#include "base/prng.h"

namespace capsize::harness {
namespace {

/// Up to this size of the smaller side, rank-sum p-values are exact.
constexpr std::size_t kExactSideMax = 10;

double log_choose(double n, double k) {
  using boost::math::lgamma;
  return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

/// Part of a series whose level differs from that of the rest. Up to the end: one step.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  double p = 2;  // above every p-value: nothing found
};

/// The stretch of [begin, end) of a series that differs most, if it differs at all.
using FindStretch = std::function<std::optional<Stretch>(std::size_t begin, std::size_t end)>;

/// Searches the part, and then the parts on both sides of each change, for further changes.
void segment(std::size_t begin, std::size_t end, const FindStretch& find,
             std::vector<ChangePoint>& found) {
  auto stretch = find(begin, end);
  if (!stretch) return;
  segment(begin, stretch->begin, find, found);
  found.push_back({stretch->begin, stretch->p});
  segment(stretch->begin, stretch->end, find, found);
  if (stretch->end == end) return;
  found.push_back({stretch->end, stretch->p});
  segment(stretch->end, end, find, found);
}

/// Calls `visit(begin, end)` for each stretch of `count` values that leaves `side_min` values on
/// both sides; with `steps` for those up to the end only, otherwise for the others only.
template <class Visit>
void for_each_stretch(std::size_t count, std::size_t side_min, bool steps, const Visit& visit) {
  for (std::size_t begin = side_min; begin + side_min <= count; ++begin) {
    if (steps) {
      visit(begin, count);
      continue;
    }
    for (std::size_t end = begin + side_min; end + side_min <= count; ++end) visit(begin, end);
  }
}

/// How unlikely the rank sum of a stretch is, for all stretches of series of one length.
///
/// The sum differs from its mean by as much as the sum of the rest does, so the table has only
/// the smaller of both.
class RankSumTable {
 public:
  RankSumTable(std::size_t count, std::size_t side_min) : count_(count) {
    const std::size_t side_max = std::min(kExactSideMax, count / 2);
    // ways[m][s]: in how many ways m of the ranks 1 to count have the sum s.
    std::vector<std::vector<double>> ways(side_max + 1,
                                          std::vector<double>(side_max * count + 1, 0));
    ways[0][0] = 1;
    for (std::size_t rank = 1; rank <= count; ++rank) {
      for (std::size_t m = std::min(side_max, rank); m >= 1; --m) {
        for (std::size_t sum = ways[m].size() - 1; sum >= rank; --sum) {
          ways[m][sum] += ways[m - 1][sum - rank];
        }
      }
    }
    exact_.resize(side_max + 1);
    for (std::size_t m = side_min; m <= side_max; ++m) exact_[m] = tails(m, ways[m]);
  }

  /// Two-sided. `twice_sum`: twice the rank sum of `inside` values, because values that are equal
  /// share the mean of their ranks. With equal values this is an approximation, which weighs the
  /// stretch; what is reported follows from random orders of the same values.
  [[nodiscard]] double p_value(std::size_t inside, std::uint64_t twice_sum) const {
    const auto mean = static_cast<std::uint64_t>(inside) * (count_ + 1);
    const std::uint64_t distance = twice_sum > mean ? twice_sum - mean : mean - twice_sum;
    const std::size_t side = std::min(inside, count_ - inside);
    if (side < exact_.size()) {
      const auto& tail = exact_[side];
      return tail[std::min<std::size_t>(distance, tail.size() - 1)];
    }
    const double variance = static_cast<double>(inside) * static_cast<double>(count_ - inside) *
                            static_cast<double>(count_ + 1) / 12;
    return boost::math::erfc(static_cast<double>(distance) / 2 / std::sqrt(2 * variance));
  }

 private:
  /// The p-value for each distance of twice the sum from twice the mean.
  [[nodiscard]] std::vector<double> tails(std::size_t m, const std::vector<double>& ways) const {
    const std::size_t mean = m * (count_ + 1);
    std::vector<double> tail(mean + 1, 0);
    const double all = boost::math::binomial_coefficient<double>(static_cast<unsigned>(count_),
                                                                 static_cast<unsigned>(m));
    for (std::size_t sum = 0; sum < ways.size(); ++sum) {
      const std::size_t distance = 2 * sum > mean ? 2 * sum - mean : mean - 2 * sum;
      if (distance < tail.size()) tail[distance] += ways[sum] / all;
    }
    for (std::size_t i = tail.size() - 1; i-- > 0;) tail[i] += tail[i + 1];
    return tail;
  }

  std::size_t count_;
  std::vector<std::vector<double>> exact_;
};

/// Twice the rank of each value; equal values share the mean of their ranks.
std::vector<std::uint64_t> twice_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<std::uint64_t> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    // Ranks count from 1: the first of these values has begin + 1, the last has end.
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = begin + 1 + end;
    begin = end;
  }
  return ranks;
}

/// The stretch with the smallest rank-sum p-value, which is not yet corrected for the choice.
/// `sums` is scratch space.
Stretch least_likely(const std::vector<std::uint64_t>& ranks, const RankSumTable& table,
                     std::size_t side_min, bool steps, std::vector<std::uint64_t>& sums) {
  sums.assign(1, 0);
  for (const std::uint64_t rank : ranks) sums.push_back(sums.back() + rank);
  Stretch best;
  for_each_stretch(ranks.size(), side_min, steps, [&](std::size_t begin, std::size_t end) {
    const double p = table.p_value(end - begin, sums[end] - sums[begin]);
    if (p < best.p) best = {begin, end, p};
  });
  return best;
}

/// The p-value of `score` of these items, larger ones being less likely: the share of random orders
/// with at least this score, for one of the two searches. Stops when it is above alpha: then it is
/// 1. Rounding must not make the real order differ from a random one that is equally extreme.
template <class Item, class Score>
double p_among_orders(std::vector<Item> items, const ChangeOptions& options, const Score& score) {
  const double real = score(items);
  const double bound = real - std::abs(real) * 1e-9;
  const auto total = static_cast<double>(options.permutations + 1);
  const auto extreme_max = static_cast<std::size_t>(options.alpha / 2 * total);
  base::Prng random = base::Prng::stream(options.seed, "change points", items.size());
  std::size_t as_extreme = 1;  // the real one
  for (std::size_t i = 0; i < options.permutations && as_extreme <= extreme_max; ++i) {
    random.shuffle(items);
    if (score(items) >= bound) ++as_extreme;
  }
  if (as_extreme > extreme_max) return 1;
  return std::min(1.0, 2 * static_cast<double>(as_extreme) / total);
}

std::optional<Stretch> level_stretch(std::span<const double> part, const ChangeOptions& options,
                                     const RankSumTable& table, bool steps) {
  const auto ranks = twice_ranks(part);
  std::vector<std::uint64_t> sums;
  Stretch best = least_likely(ranks, table, options.segment_min, steps, sums);
  if (best.p > 1) return std::nullopt;
  best.p = p_among_orders(ranks, options, [&](const std::vector<std::uint64_t>& order) {
    return -least_likely(order, table, options.segment_min, steps, sums).p;
  });
  if (best.p > options.alpha) return std::nullopt;
  return best;
}

/// Element i: the sum of the first i shares.
void sum_up(std::span<const Share> shares, std::vector<Share>& sums) {
  sums.assign(1, {});
  for (const Share& share : shares) {
    sums.push_back({sums.back().failed + share.failed, sums.back().runs + share.runs});
  }
}

/// The largest chi-squared of a stretch, but for a factor that no order changes.
double largest_chi_squared(std::span<const Share> shares, std::size_t side_min, bool steps,
                           std::vector<Share>& sums) {
  sum_up(shares, sums);
  const auto runs = static_cast<double>(sums.back().runs);
  const double rate = static_cast<double>(sums.back().failed) / runs;
  double largest = 0;
  for_each_stretch(shares.size(), side_min, steps, [&](std::size_t begin, std::size_t end) {
    const auto inside = static_cast<double>(sums[end].runs - sums[begin].runs);
    const auto failed = static_cast<double>(sums[end].failed - sums[begin].failed);
    const double difference = failed - rate * inside;
    if (inside == 0 || inside == runs) return;
    largest = std::max(largest, difference * difference / (inside * (runs - inside)));
  });
  return largest;
}

std::optional<Stretch> share_stretch(std::span<const Share> part, const ChangeOptions& options,
                                     bool steps) {
  std::vector<Share> sums;
  sum_up(part, sums);
  const Share& all = sums.back();
  Stretch best;
  std::size_t stretches = 0;
  for_each_stretch(
      part.size(), options.segment_min, steps, [&](std::size_t begin, std::size_t end) {
        ++stretches;
        const Share inside{sums[end].failed - sums[begin].failed,
                           sums[end].runs - sums[begin].runs};
        const double p =
            p_value_differs(inside, {all.failed - inside.failed, all.runs - inside.runs});
        if (p < best.p) best = {begin, end, p};
      });
  best.p *= 2 * static_cast<double>(stretches);
  if (stretches == 0 || best.p > options.alpha) return std::nullopt;
  // Fisher's test takes runs as independent. If all runs of a night tend to fail together, nights
  // differ more than it expects, and only an order of nights that is rare shows a change.
  std::vector<Share> order_sums;
  const double among_orders = p_among_orders(
      std::vector<Share>(part.begin(), part.end()), options, [&](const std::vector<Share>& order) {
        return largest_chi_squared(order, options.segment_min, steps, order_sums);
      });
  best.p = std::max(best.p, among_orders);
  if (best.p > options.alpha) return std::nullopt;
  return best;
}

/// Moves the positions of a stretch of a part to those in the series.
std::optional<Stretch> moved(std::optional<Stretch> stretch, std::size_t by) {
  if (stretch) {
    stretch->begin += by;
    stretch->end += by;
  }
  return stretch;
}

/// The hypergeometric distribution of the failures of the first sample, in logarithms, because a
/// probability may be less than what a double holds.
class Divisions {
 public:
  Divisions(const Share& a, const Share& b)
      : failed_(static_cast<double>(a.failed + b.failed)),
        a_runs_(static_cast<double>(a.runs)),
        b_runs_(static_cast<double>(b.runs)),
        log_all_(log_choose(a_runs_ + b_runs_, failed_)) {}

  [[nodiscard]] double low() const { return std::max(0.0, failed_ - b_runs_); }
  [[nodiscard]] double high() const { return std::min(failed_, a_runs_); }
  [[nodiscard]] double mode() const {
    const double mode = std::floor((failed_ + 1) * (a_runs_ + 1) / (a_runs_ + b_runs_ + 2));
    return std::clamp(mode, low(), high());
  }
  [[nodiscard]] double log_density(double x) const {
    return log_choose(a_runs_, x) + log_choose(b_runs_, failed_ - x) - log_all_;
  }
  /// The logarithm of the probability of x and everything beyond it, away from the mode.
  [[nodiscard]] double log_tail(double x, double step) const {
    constexpr double kNegligible = 1e-18;
    double sum = 1;
    double term = 1;
    for (double at = x; at + step >= low() && at + step <= high(); at += step) {
      // The ratio of neighbours; each term is at most as large as the one before.
      term *= step > 0 ? (failed_ - at) * (a_runs_ - at) / ((at + 1) * (b_runs_ - failed_ + at + 1))
                       : at * (b_runs_ - failed_ + at) / ((failed_ - at + 1) * (a_runs_ - at + 1));
      sum += term;
      if (term < kNegligible * sum) break;
    }
    return log_density(x) + std::log(sum);
  }
  /// The value nearest to the mode, on the side of `step`, that is at most as likely as `density`
  /// says; beyond the last value if there is none.
  [[nodiscard]] double first_at_most(double log_density_max, double step) const {
    double likely = mode();  // more likely than that, or the mode itself
    double end = step > 0 ? high() + 1 : low() - 1;
    while (std::abs(end - likely) > 1) {
      const double middle = std::floor((likely + end) / 2);
      (log_density(middle) <= log_density_max ? end : likely) = middle;
    }
    return end;
  }

 private:
  double failed_, a_runs_, b_runs_, log_all_;
};

}  // namespace

double p_value_differs(const Share& a, const Share& b) {
  CHECK(a.failed <= a.runs && b.failed <= b.runs, "no more runs fail than there are");
  if (a.runs == 0 || b.runs == 0) return 1;
  const Divisions divisions(a, b);
  const auto seen = static_cast<double>(a.failed);
  constexpr double kEqual = 1e-7;  // as R's fisher.test() does
  const double density = divisions.log_density(seen);
  if (density + kEqual >= divisions.log_density(divisions.mode())) return 1;
  const double away = seen < divisions.mode() ? -1 : 1;
  const double other = divisions.first_at_most(density + kEqual, -away);
  double p = std::exp(divisions.log_tail(seen, away));
  if (other >= divisions.low() && other <= divisions.high()) {
    p += std::exp(divisions.log_tail(other, -away));
  }
  return std::min(1.0, p);
}

std::vector<ChangePoint> share_changes(std::span<const Share> series,
                                       const ChangeOptions& options) {
  CHECK(options.segment_min > 0, "a side has a value");
  std::vector<ChangePoint> found;
  const auto find = [&](std::size_t begin, std::size_t end) {
    const auto part = series.subspan(begin, end - begin);
    auto step = share_stretch(part, options, true);
    return moved(step ? step : share_stretch(part, options, false), begin);
  };
  segment(0, series.size(), find, found);
  return found;
}

std::vector<ChangePoint> level_changes(std::span<const double> series,
                                       const ChangeOptions& options) {
  CHECK(options.segment_min > 0, "a side has a value");
  CHECK(std::all_of(series.begin(), series.end(), [](double x) { return std::isfinite(x); }),
        "values are finite");
  std::vector<ChangePoint> found;
  const auto find = [&](std::size_t begin, std::size_t end) -> std::optional<Stretch> {
    const auto part = series.subspan(begin, end - begin);
    if (part.size() < 2 * options.segment_min) return std::nullopt;
    const RankSumTable table(part.size(), options.segment_min);
    auto step = level_stretch(part, options, table, true);
    return moved(step ? step : level_stretch(part, options, table, false), begin);
  };
  segment(0, series.size(), find, found);
  return found;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace capsize::harness
