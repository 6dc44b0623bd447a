// Session guarantees (Terry et al., "Session Guarantees for Weakly Consistent Replicated Data",
// PDIS 1994), as far as real time shows which value is newer:
//
//  - monotonic reads: no process sees a value that is older than one it has seen before;
//  - read your writes: no process sees a value that is older than one it has written itself.
//
// A value is older than another if it was the current one before the write of the other one began;
// values written at the same time are no evidence. For registers with distinct values; otherwise
// unknown.
#include <map>
#include <set>

#include "checker/consistency/register_versions.h"
#include "checker/consistency/weaker_models.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kProcessesNamed = 5;

std::string named(const std::set<std::int64_t>& processes) {
  std::string text = processes.size() == 1 ? "process" : "processes";
  std::size_t count = 0;
  for (const std::int64_t process : processes) {
    if (count++ == kProcessesNamed) return text + ", ...";
    text += (count == 1 ? " " : ", ") + std::to_string(process);
  }
  return text;
}

// For each process only the known version whose writer began last is stored: a value that is older
// than another version known to the process is also older than that one, or its write overlaps with
// it.
template <class Known>
ConsistencyAnswer ask(const KeyProblem& problem, const Known& makes_known) {
  const auto versions = RegisterVersions::of(problem);
  if (!versions) {
    return {.detail = "decided only for registers in which every value is written once"};
  }
  const auto began = [&](ValueId value) {
    const KeyOperation* writer = (*versions)[value].writer;
    return writer == nullptr ? std::int64_t{-1} : std::int64_t{writer->invoke};
  };
  std::map<std::int64_t, ValueId> newest;  // the newest known version, by process
  std::set<std::int64_t> broken;
  for (const KeyOperation* operation : versions->operations()) {
    if (!operation->required) continue;
    const std::int64_t process = problem.source(*operation).process;
    const auto known = newest.find(process);
    if (operation->observed != kNoValue && known != newest.end() &&
        versions->is_older(operation->observed, known->second)) {
      broken.insert(process);
    }
    const ValueId value = makes_known(*operation);
    if (value == kNoValue) continue;
    if (known == newest.end()) {
      newest[process] = value;
    } else if (began(value) > began(known->second)) {
      known->second = value;
    }
  }
  if (broken.empty()) return {.holds = ConsistencyAnswer::Holds::kYes};
  return {.holds = ConsistencyAnswer::Holds::kNo, .detail = "not for " + named(broken)};
}

ConsistencyAnswer check_monotonic(const KeyProblem& problem, const Budget&) {
  return ask(problem, [](const KeyOperation& operation) { return operation.observed; });
}

ConsistencyAnswer check_own_writes(const KeyProblem& problem, const Budget&) {
  return ask(problem, [](const KeyOperation& operation) { return operation.written; });
}

const ConsistencyModelRegistrar kMonotonicReads({
    .name = "monotonic-reads",
    .summary = "no process sees a value older than one that it has seen",
    .ask = &check_monotonic,
});

const ConsistencyModelRegistrar kReadYourWrites({
    .name = "read-your-writes",
    .summary = "no process sees a value older than one that it has written",
    .ask = &check_own_writes,
});

}  // namespace
}  // namespace capsize::checker
