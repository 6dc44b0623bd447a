#include "harness/behaviour/estimate.h"

#include <cmath>

namespace capsize::harness {
namespace {

/// Behaviours that no run has shown, at least (the estimator Chao2). Without a behaviour that two
/// runs have shown, its bias-corrected form.
double unseen(const BehaviourPoint& point) {
  const auto runs = static_cast<double>(point.runs);
  const auto once = static_cast<double>(point.once);
  const auto twice = static_cast<double>(point.twice);
  const double share = (runs - 1) / runs;
  return twice > 0 ? share * once * once / (2 * twice) : share * once * (once - 1) / 2;
}

}  // namespace

std::vector<BehaviourPoint> curve(const BehaviourRecord& record) {
  std::vector<BehaviourPoint> points;
  BehaviourPoint now;
  for (const BehaviourLine& line : record.lines) {
    ++now.runs;
    now.fresh = line.first.size();
    now.seen += line.first.size();
    now.once += line.first.size();
    now.once -= line.second.size();
    now.twice += line.second.size();
    now.twice -= line.third.size();
    now.incidences += line.seen;
    points.push_back(now);
  }
  return points;
}

double unseen_share(const BehaviourPoint& point) {
  if (point.runs == 0 || point.incidences == 0) return 1;
  const auto runs = static_cast<double>(point.runs);
  const auto once = static_cast<double>(point.once);
  const auto twice = static_cast<double>(point.twice);
  const double denominator = (runs - 1) * once + 2 * twice;
  const double correction = denominator > 0 ? (runs - 1) * once / denominator : 1;
  return once / static_cast<double>(point.incidences) * (once > 0 ? correction : 0);
}

double expected_new(const BehaviourPoint& point, std::uint64_t further) {
  const double missing = point.runs == 0 ? 0 : unseen(point);
  if (missing <= 0) return 0;
  const auto runs = static_cast<double>(point.runs);
  const auto once = static_cast<double>(point.once);
  const double rate = once / (runs * missing + once);
  return missing * (1 - std::pow(1 - rate, static_cast<double>(further)));
}

}  // namespace capsize::harness
