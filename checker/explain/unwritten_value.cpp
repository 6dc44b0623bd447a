#include "checker/explain/unwritten_value.h"

#include <fmt/core.h>

#include <algorithm>

namespace capsize::checker {
namespace {

constexpr std::size_t kHintBytesMax = 40;

}  // namespace

const KeyOperation* failed_writer_before(
    const KeyProblem& problem, const KeyOperation& observer,
    const std::function<bool(const KeyOperation&)>& is_writer) {
  for (const KeyOperation& failed : problem.failed) {
    if (failed.invoke <= observer.complete && is_writer(failed)) return &failed;
  }
  return nullptr;
}

std::string initial_hint(const KeyProblem& problem, const KeyOperation& observer, ValueId value) {
  if (value == kNoValue || problem.history.initial) return "";
  const bool replaced = std::any_of(
      problem.operations.begin(), problem.operations.end(), [&](const KeyOperation& mutation) {
        return mutation.required && !mutation.pure && mutation.complete < observer.invoke;
      });
  const std::string json = problem.history.values.json(value);
  if (replaced || json.size() > kHintBytesMax) return "";
  const std::string& key = problem.history.keys[problem.key];
  const bool quoted = json.find_first_of("\"[{ ") != std::string::npos;
  return fmt::format("; if {} holds {} at first, check with --initial {}",
                     key.empty() ? "the object" : key, json,
                     quoted ? fmt::format("'{}'", json) : json);
}

Finding explain_unwritten_value(const KeyProblem& problem, const UnwrittenValue& value) {
  const Wording wording(problem);
  if (const auto* failed = failed_writer_before(problem, value.observer, value.is_writer)) {
    return {Anomaly::kAbortedRead,
            fmt::format("{}, which only the failed {} tried to {}: an aborted read", value.saw,
                        wording.by_process(*failed), value.to_write),
            {},
            {},
            {*failed}};
  }
  const std::string hint = initial_hint(problem, value.observer, value.as_initial);
  const auto later = std::find_if(problem.failed.begin(), problem.failed.end(), value.is_writer);
  if (later != problem.failed.end()) {
    return {Anomaly::kGarbageRead,
            fmt::format("{}, which no operation had tried to {} by then (the failed {} began only "
                        "{} that): a {}{}",
                        value.saw, value.to_write, wording.by_process(*later),
                        wording.after(value.observer, *later), name(Anomaly::kGarbageRead), hint),
            {},
            {},
            {*later}};
  }
  const std::uint64_t skipped = problem.history.skipped.count;
  return {Anomaly::kGarbageRead,
          fmt::format("{}, which no operation ever {}{}{}: a {}{}", value.saw, value.wrote,
                      wording.to_key(),
                      skipped == 0 ? "" : fmt::format(" ({} lines were skipped)", skipped),
                      name(Anomaly::kGarbageRead), hint)};
}

}  // namespace capsize::checker
