#include "nemesis/clock_fault.h"

#include "nemesis/asking.h"

namespace capsize::nemesis {
namespace {

using base::Json;

// Both clocks are read at one moment, so that a true one has no offset at all.
constexpr std::int64_t kLeastNs = 1'000'000;

/// +1 if every node that both have has gained, -1 if each has lost, otherwise 0.
int direction(const Json& before, const Json& after) {
  int found = 0;
  for (const auto& [node, reading] : before.items()) {
    if (!after.contains(node) || !after[node].contains("offset-ns")) continue;
    const auto grew =
        after[node]["offset-ns"].get<std::int64_t>() - reading["offset-ns"].get<std::int64_t>();
    const int sign = grew >= kLeastNs ? 1 : grew <= -kLeastNs ? -1 : 0;
    if (sign == 0 || sign == -found) return 0;
    found = sign;
  }
  return found;
}

}  // namespace

Json offsets(const Json& replies) {
  Json all = Json::object();
  for (const auto& [node, reply] : replies.items()) {
    if (!reply.contains("clock") || !reply.contains("true-clock")) {
      all[node] = reply;  // of a node that is down
      continue;
    }
    all[node]["offset-ns"] =
        reply["clock"].get<std::int64_t>() - reply["true-clock"].get<std::int64_t>();
  }
  return all;
}

Act ClockFault::begin(const Strike& strike, Cluster& cluster) const {
  const Act before = cluster.control(strike.nodes, {{"op", "clock"}});
  if (!before.done) return before;
  Act act = cluster.control(strike.nodes, request(strike.params));
  if (!act.done) {
    return take_back(cluster, strike.nodes, act, {{"op", "clock"}, {"rate", 1}});
  }
  act.evidence = {{"before", offsets(before.evidence)}, {"after", offsets(act.evidence)}};
  return act;
}

Act ClockFault::end(const Strike& strike, Cluster& cluster) const {
  Act act = ask_to_heal(cluster, strike.nodes, {{"op", "clock"}, {"rate", 1}});
  act.evidence = offsets(act.evidence);
  return act;
}

bool ClockFault::proven(const Json& evidence) const {
  const auto& begin = evidence["begin"];
  return (direction(begin["before"], begin["after"]) != 0 ||
          direction(begin["before"], evidence["end"]) != 0) &&
         healed(begin["before"], evidence["end"]);
}

}  // namespace capsize::nemesis
