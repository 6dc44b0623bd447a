#include "nemesis/crash_fault.h"

#include "nemesis/asking.h"
#include "nemesis/lives.h"

namespace capsize::nemesis {
namespace {

using base::Json;

// Under load every member of a cluster that serves is sent something far sooner; of one that just
// lost its leader, or sits on a busy disk, not.
constexpr base::Duration kHeldBound = std::chrono::milliseconds(1000);

}  // namespace

Act CrashFault::begin(const Strike& strike, Cluster& cluster) const {
  // Held first, stalled then: a sync that began before stalls with nothing held, and nothing is
  // appended behind it.
  Act stalled = cluster.control(strike.nodes, {{"op", "disk"}, {"hold-unsynced", true}});
  if (stalled.done) stalled = cluster.control(strike.nodes, {{"op", "disk"}, {"stall", true}});
  if (!stalled.done) {
    return take_back(cluster, strike.nodes, stalled,
                     {{"op", "disk"}, {"hold-unsynced", false}, {"stall", false}});
  }
  // Who holds nothing by then dies all the same; the evidence tells.
  cluster.control_until(
      strike.nodes, {{"op", "status"}},
      [](Node, const Json& status) { return status.value("bytes-held", 0) > 0; }, kHeldBound);
  return cluster.crash(strike.nodes, keep(strike.params));
}

Act CrashFault::end(const Strike& strike, Cluster& cluster) const {
  return cluster.restart(strike.nodes);
}

bool CrashFault::proven(const Json& evidence) const {
  bool any = false;
  for (const auto& [node, death] : evidence["begin"].items()) {
    any =
        any || bit(death.value("held", std::uint64_t{0}), death.value("written", std::uint64_t{0}));
  }
  return any && lived_again(evidence["begin"], evidence["end"], 9);
}

}  // namespace capsize::nemesis
