#include "harness/show/key_operations.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <span>
#include <vector>

#include "base/mismatch.h"
#include "base/printable.h"
#include "harness/evidence/role_history.h"
#include "harness/report/terminal.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kOperationLinesMax = 40;

using Operations = std::span<const checker::Operation>;

std::int64_t end_of(const checker::Operation& operation) {
  return operation.complete_time == checker::kNoTime ? operation.invoke_time
                                                     : operation.complete_time;
}

/// By distance from the focus: those that run then first.
std::int64_t distance(const checker::Operation& operation, std::int64_t focus) {
  if (operation.invoke_time > focus) return operation.invoke_time - focus;
  return std::max<std::int64_t>(focus - end_of(operation), 0);
}

std::vector<checker::Operation> chosen(Operations all, const ShownTime& time,
                                       std::size_t& left_out) {
  std::vector<checker::Operation> within;
  for (const auto& operation : all) {
    const bool overlaps =
        operation.invoke_time <= time.end.count() && end_of(operation) >= time.begin.count();
    if (operation.invoke_time != checker::kNoTime && overlaps) within.push_back(operation);
  }
  std::stable_sort(within.begin(), within.end(), [&](const auto& a, const auto& b) {
    return distance(a, time.focus.count()) < distance(b, time.focus.count());
  });
  left_out = within.size() - std::min(within.size(), kOperationLinesMax);
  within.resize(within.size() - left_out);
  std::sort(within.begin(), within.end(),
            [](const auto& a, const auto& b) { return a.invoke < b.invoke; });
  return within;
}

/// Indexes of the invocations that the main failure's counterexample has.
std::set<std::uint64_t> named_by(const Outcome& outcome) {
  std::set<std::uint64_t> indexes;
  if (outcome.failures.empty() || !outcome.failures.front().violation) return indexes;
  const auto& violation = outcome.linearizable->violations[*outcome.failures.front().violation];
  for (const auto& operation : violation.operations) {
    if (operation.named) indexes.insert(operation.index);
  }
  return indexes;
}

}  // namespace

std::string key_operations(const RecordedOutcome& run, const std::string& key,
                           const ShownTime& time, std::size_t columns) {
  const checker::History& history = *run.history;
  const auto found = std::find(history.keys.begin(), history.keys.end(), key);
  if (found == history.keys.end()) return {};
  const auto id = static_cast<checker::KeyId>(found - history.keys.begin());
  std::size_t left_out = 0;
  const auto operations = chosen(history.of_key(id), time, left_out);
  const auto named = named_by(run.outcome);
  std::string text = fmt::format("\n  key {} from {:.3f} ms to {:.3f} ms\n", base::printable(key),
                                 static_cast<double>(time.begin.count()) / 1e6,
                                 static_cast<double>(time.end.count()) / 1e6);
  if (operations.empty()) return text + "    no operation in this time\n";
  text += fmt::format("  {:>12} {:>10}  {:>7}  {:<4} {:<8} {:<7} {}\n", "invoked ms", "takes ms",
                      "process", "node", "f", "outcome", "value");
  for (const auto& operation : operations) {
    const auto view = checker::view(history, operation);
    const auto node = server_of(run.outcome.scenario, operation.process);
    const bool completes = view.complete_time != checker::kNoTime;
    const double took = static_cast<double>(view.complete_time - view.invoke_time) / 1e6;
    const std::string line = fmt::format(
        "{} {:>12.3f} {:>10}  {:>7}  {:<4} {:<8} {:<7} {}", named.contains(view.index) ? '*' : ' ',
        static_cast<double>(view.invoke_time) / 1e6,
        completes ? fmt::format("{:.3f}", took) : std::string("-"),
        base::printable(checker::client_text(view)), node ? nemesis::node_name(*node) : "-",
        base::printable(view.function), checker::name(view.outcome), base::excerpt(view.value));
    text += fitted(line, columns) + "\n";
  }
  if (left_out > 0) text += fmt::format("    {} more in this time are left out\n", left_out);
  return text;
}

}  // namespace capsize::harness
