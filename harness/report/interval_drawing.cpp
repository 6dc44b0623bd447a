#include "harness/report/interval_drawing.h"

#include <algorithm>
#include <cstdint>

namespace capsize::harness {
namespace {

constexpr std::size_t kColumnsMax = 60;
constexpr std::size_t kCharactersPerEvent = 2;

}  // namespace

Intervals intervals_of(std::span<const checker::OperationView> operations) {
  std::vector<std::uint64_t> events;
  for (const auto& operation : operations) {
    events.push_back(operation.index);
    if (operation.complete_index) events.push_back(*operation.complete_index);
  }
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  const auto place = [&](std::uint64_t event) {
    return static_cast<std::size_t>(std::lower_bound(events.begin(), events.end(), event) -
                                    events.begin());
  };
  Intervals drawn;
  drawn.columns = events.size();
  for (const auto& operation : operations) {
    const bool ends = operation.complete_index.has_value();
    drawn.intervals.push_back(
        {place(operation.index), ends ? place(*operation.complete_index) : events.size(), ends});
  }
  return drawn;
}

std::vector<std::string> interval_drawing(std::span<const checker::OperationView> operations) {
  std::vector<std::string> lines(operations.size());
  const Intervals drawn = intervals_of(operations);
  if (drawn.columns > kColumnsMax) return lines;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto& [begin, end, ends] = drawn.intervals[i];
    const bool failed = operations[i].outcome == checker::Outcome::kFail;
    std::string& line = lines[i];
    line.assign(begin * kCharactersPerEvent, ' ');
    line += '[';
    line.append((end - begin) * kCharactersPerEvent - 1, failed ? 'x' : '=');
    line += ends ? ']' : '>';
  }
  return lines;
}

}  // namespace capsize::harness
