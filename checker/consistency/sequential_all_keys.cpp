#include "checker/consistency/sequential_all_keys.h"

#include <fmt/core.h>

#include <utility>

#include "checker/consistency/sequential_graph.h"
#include "checker/consistency/sequential_order.h"
#include "checker/explain/wording.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kOperationsMax = 200'000;
constexpr std::size_t kClockCellsMax = std::size_t{1} << 24;  // 64 MiB
constexpr std::size_t kCycleNamedMax = 6;

using Holds = ConsistencyAnswer::Holds;

std::string described(const SequentialGraph::Node& node) {
  const Wording wording(*node.problem);
  if (node.writes()) return wording.by_process(*node.operation);
  return wording.saw(*node.operation);
}

ConsistencyAnswer refuted(const SequentialGraph& graph) {
  const auto cycle = graph.cycle();
  std::string text = "each must come before the next, and the last before the first: ";
  for (std::size_t i = 0; i < std::min(cycle.size(), kCycleNamedMax); ++i) {
    text += (i == 0 ? "" : "; ") + described(graph.nodes()[cycle[i]]);
  }
  if (cycle.size() > kCycleNamedMax) {
    text += fmt::format("; and {} more", cycle.size() - kCycleNamedMax);
  }
  return {.holds = Holds::kNo, .detail = std::move(text)};
}

ConsistencyAnswer search(const SequentialGraph& graph, const Budget& budget) {
  SequentialOrder order(graph);
  switch (order.find(budget)) {
    case SequentialOrder::Outcome::kNone:
      return {.holds = Holds::kNo, .detail = "every order was tried"};
    case SequentialOrder::Outcome::kBoundReached:
      return {.detail = fmt::format(
                  "nothing rules an order out, but none was found within the bounds ({} dead ends)",
                  order.dead_ends())};
    case SequentialOrder::Outcome::kFound:
      break;
  }
  if (!order.replays()) return {.detail = "the order that was found does not replay: a defect"};
  return {.holds = Holds::kYes};
}

}  // namespace

ConsistencyAnswer check_sequential_of_all_keys(const History& history, const Model& model,
                                               const DecodeOptions& options, const Budget& budget) {
  if (history.operations.size() > kOperationsMax) {
    return {.detail = fmt::format("asked of at most {} operations", kOperationsMax)};
  }
  std::vector<KeyProblem> problems;
  std::vector<RegisterVersions> versions;
  problems.reserve(history.keys.size());  // versions point into them
  for (KeyId key = 0; key < history.keys.size(); ++key) {
    if (budget.time_is_up()) return {.detail = "the time bound ended it"};
    problems.push_back({history, model, key, history.initial.value_or(kNullValue)});
    if (decode_key(problems.back(), options)) return {.detail = "an operation is malformed"};
    auto of_key = RegisterVersions::of(problems.back());
    if (!of_key) {
      return {.detail = "decided only for registers in which every value is written once"};
    }
    versions.push_back(*std::move(of_key));
  }
  SequentialGraph graph(problems, versions);
  if (graph.nodes().size() * graph.processes() > kClockCellsMax) {
    return {.detail =
                fmt::format("asked of at most {} operations times processes", kClockCellsMax)};
  }
  switch (graph.saturate(budget)) {
    case SequentialGraph::Outcome::kTimeIsUp:
      return {.detail = "the time bound ended it"};
    case SequentialGraph::Outcome::kCycle:
      return refuted(graph);
    case SequentialGraph::Outcome::kSaturated:
      break;
  }
  return search(graph, budget);
}

}  // namespace capsize::checker
