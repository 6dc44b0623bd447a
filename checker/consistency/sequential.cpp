// Sequential consistency of one key: some order of all operations explains all observations and
// keeps the order of each process, though not real time (Lamport, IEEE Trans. Computers 28(9),
// 1979).
//
// Decided for registers with different values: a value is the current one during one stretch, so a
// block (a write, the reads of its value, the cas on it and so on) stays whole. It holds iff no
// process has an operation of a higher level of a block before one of a lower level, and the
// blocks, with an edge wherever a process goes from one to another, form no cycle. (Gibbons &
// Korach, SIAM J. Comput. 26(4), 1997, section 4: with a known reads-from mapping and one
// variable.)
#include <map>
#include <set>
#include <unordered_map>

#include "checker/consistency/register_versions.h"
#include "checker/consistency/weaker_models.h"

namespace capsize::checker {
namespace {

struct Place {
  ValueId root = kNoValue;
  std::uint64_t level = 0;
};

// By value: the value at which its chain of cas begins, and the number of steps from there. Nothing
// for cyclic cas.
std::optional<std::unordered_map<ValueId, Place>> places_of(const RegisterVersions& versions) {
  std::unordered_map<ValueId, Place> places;
  for (const auto& [start, version] : versions.all()) {
    std::vector<ValueId> chain;
    ValueId value = start;
    while (!places.contains(value)) {
      if (chain.size() > versions.all().size()) return std::nullopt;
      chain.push_back(value);
      const KeyOperation* writer = versions[value].writer;
      if (writer == nullptr || writer->observed == kNoValue) break;
      value = writer->observed;
      if (versions.all().find(value) == versions.all().end()) return std::nullopt;
    }
    const auto known = places.find(value);
    Place place = known != places.end() ? Place{known->second.root, known->second.level + 2}
                                        : Place{value, 0};
    for (; !chain.empty(); chain.pop_back(), place.level += 2) places[chain.back()] = place;
  }
  return places;
}

// Two cas on one value would both be the next level of its block, but only one can be.
bool branches(const RegisterVersions& versions) {
  for (const auto& [value, version] : versions.all()) {
    int cas = 0;
    for (const KeyOperation* observer : version.observers) cas += observer->written != kNoValue;
    if (cas > 1) return true;
  }
  return false;
}

// Kahn's algorithm: sorts what has no predecessor left; what cannot be sorted is on a cycle or
// after one.
bool has_cycle(const std::map<ValueId, std::set<ValueId>>& next) {
  std::map<ValueId, std::size_t> missing;
  for (const auto& [from, tos] : next) {
    missing.try_emplace(from, 0);
    for (const ValueId to : tos) ++missing[to];
  }
  std::vector<ValueId> ready;
  for (const auto& [block, count] : missing) {
    if (count == 0) ready.push_back(block);
  }
  std::size_t sorted = 0;
  while (!ready.empty()) {
    const ValueId block = ready.back();
    ready.pop_back();
    ++sorted;
    const auto out = next.find(block);
    if (out == next.end()) continue;
    for (const ValueId to : out->second) {
      if (--missing[to] == 0) ready.push_back(to);
    }
  }
  return sorted < missing.size();
}

ConsistencyAnswer ask(const KeyProblem& problem, const Budget&) {
  const auto versions = RegisterVersions::of(problem);
  if (!versions) {
    return {.detail = "decided only for registers in which every value is written once"};
  }
  const auto places = places_of(*versions);
  if (!places || branches(*versions)) {
    return {.holds = ConsistencyAnswer::Holds::kNo, .detail = "two cas saw one value"};
  }
  // Goes over the operations by invocation, which is the order of each process. Within a block a
  // process may only go up in level; from block to block it adds an edge.
  std::unordered_map<std::int64_t, Place> last;  // by process
  std::map<ValueId, std::set<ValueId>> next;
  for (const KeyOperation* operation : versions->operations()) {
    Place place = places->at(version_of(*operation));
    if (operation->written == kNoValue) ++place.level;
    const std::int64_t process = problem.source(*operation).process;
    const auto [before, first] = last.try_emplace(process, place);
    if (first) continue;
    if (before->second.root == place.root && before->second.level > place.level) {
      return {.holds = ConsistencyAnswer::Holds::kNo,
              .detail = "process " + std::to_string(process) + " went back to an older value"};
    }
    if (before->second.root != place.root) next[before->second.root].insert(place.root);
    before->second = place;
  }
  // Nothing comes before the initial value.
  for (const auto& [block, tos] : next) {
    if (!tos.contains(versions->initial())) continue;
    return {.holds = ConsistencyAnswer::Holds::kNo,
            .detail = "the initial value was seen again after a newer one by one process"};
  }
  if (has_cycle(next)) {
    return {.holds = ConsistencyAnswer::Holds::kNo,
            .detail = "processes saw values in orders that contradict each other"};
  }
  return {.holds = ConsistencyAnswer::Holds::kYes};
}

const ConsistencyModelRegistrar kRegistrar({
    .name = "sequential",
    .summary = "each process's own order is kept, though not real time (this key alone)",
    .ask = &ask,
});

}  // namespace
}  // namespace capsize::checker
