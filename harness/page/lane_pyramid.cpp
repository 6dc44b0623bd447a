#include "harness/page/lane_pyramid.h"

#include <algorithm>
#include <bit>

namespace capsize::harness {
namespace {

constexpr std::size_t kBinsOfLaneMin = 64;
constexpr std::size_t kBinsOfLaneMax = 2'048;  // more than a wide screen has pixels
constexpr std::size_t kBinsOfAllMax = std::size_t{1} << 19U;

std::uint32_t bins_for(std::size_t lanes) {
  const std::size_t share = kBinsOfAllMax / std::max<std::size_t>(lanes, 1);
  const std::size_t bins = std::clamp(std::bit_floor(share), kBinsOfLaneMin, kBinsOfLaneMax);
  return static_cast<std::uint32_t>(bins);
}

/// The bins of one lane.
class LaneBins {
 public:
  LaneBins(LanePyramid& all, std::size_t lane)
      : all_(all), first_(lane * (2 * std::size_t{all.bins} - 1)) {}

  void add(std::uint32_t begin, std::uint32_t end, std::uint32_t duration, BinOutcome outcome) {
    const std::size_t first = first_ + begin / all_.width;
    const std::size_t last = first_ + end / all_.width;
    ++all_.count[first];
    all_.shortest[first] =
        all_.count[first] == 1 ? duration : std::min(all_.shortest[first], duration);
    all_.longest[first] = std::max(all_.longest[first], duration);
    for (std::size_t bin = first; bin <= last; ++bin) {
      all_.worst[bin] = std::max(all_.worst[bin], static_cast<std::uint8_t>(outcome));
    }
  }

  /// Builds each level from the finer one before it.
  void build_levels() {
    std::size_t finer = first_;
    for (std::size_t bins = all_.bins; bins > 1; bins /= 2) {
      const std::size_t coarser = finer + bins;
      for (std::size_t i = 0; i < bins / 2; ++i) merge(finer + 2 * i, coarser + i);
      finer = coarser;
    }
  }

 private:
  void merge(std::size_t two, std::size_t into) {
    const std::size_t next = two + 1;
    all_.count[into] = all_.count[two] + all_.count[next];
    all_.longest[into] = std::max(all_.longest[two], all_.longest[next]);
    all_.worst[into] = std::max(all_.worst[two], all_.worst[next]);
    if (all_.count[two] == 0 || all_.count[next] == 0) {
      all_.shortest[into] = std::max(all_.shortest[two], all_.shortest[next]);
    } else {
      all_.shortest[into] = std::min(all_.shortest[two], all_.shortest[next]);
    }
  }

  LanePyramid& all_;
  std::size_t first_;
};

}  // namespace

LanePyramid pyramid_of(const RunOperations& operations,
                       const std::unordered_set<std::uint32_t>& violating) {
  LanePyramid all;
  all.bins = bins_for(operations.lanes.size());
  all.width = operations.span / all.bins + 1;
  const std::size_t size = operations.lanes.size() * (2 * std::size_t{all.bins} - 1);
  for (auto* column : {&all.count, &all.shortest, &all.longest}) column->resize(size);
  all.worst.resize(size);
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const bool named = violating.contains(operations.index[i]);
    const auto outcome = static_cast<BinOutcome>(operations.outcome[i] + 1);
    LaneBins(all, operations.lane[i])
        .add(operations.invoke[i], operations.end_of(i), operations.duration[i],
             named ? BinOutcome::kViolation : outcome);
  }
  for (std::size_t lane = 0; lane < operations.lanes.size(); ++lane) {
    LaneBins(all, lane).build_levels();
  }
  return all;
}

}  // namespace capsize::harness
