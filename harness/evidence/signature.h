// Signatures: failures with one cause should have one signature, whatever the seed, the keys, the
// values, the nodes and the times; failures with two causes should have two.
//
// A signature is a hash of a failure's MEANING, a small JSON object that results.json shows next to
// it. It never contains a sentence, the name of a scenario or of a seeded bug, or the active
// faults: a partition and a pause expose the same stale read.
//
//   check         meaning
//   invariants    the property, and whether the node that violated it led
//   crash         exit code or signal
//   linearizable  what the traces prove about an acknowledged write: that no node had committed it,
//                 or that no leader had appended it. That is the cause, so nothing else counts:
//                 which anomaly it becomes depends on the operations that happen to follow
//   linearizable  otherwise the anomaly; the function and the outcome of the operation that
//                 observed it; the outcomes of the others that the sentence names; and of stale
//                 reads the term and role of the node that served them instead
//   live          what did not come back, and whether the nodes had elected a leader
//
// The trade-off. Too fine a meaning splits one cause into many groups, and then no group shows how
// often it happens. Measured over the seeded bugs, these differ between runs by chance alone, and
// are left out:
//
//   - whether the newer value was written by a write or a cas, and how many operations explain it;
//   - whether later operations prove a stale read to be one ("stale read or lost write"), once the
//     traces say which node served it;
//   - a role of candidates, and how many keys, nodes and processes are affected.
//
// Too coarse a meaning hides a second cause in a known group. That happens where the nodes' traces
// do not tell two causes apart: reads served by a deposed leader look alike whether it does not ask
// a majority or trusts a lease too long. Without traces (other systems, or --retries, where the
// history does not say which node answered) only the anomaly and the operations remain.
//
// Where the traces prove that writes were acknowledged too early, the other violations of the same
// history are consequences, and are no failures of their own: which of them show up is chance.
//
// Which failure is the main one? A run has several, one for each key and check, and consequences
// outnumber causes. The order is by how much a failure says about the cause:
//
//   invariants, in the order in which Raft's proof builds one on the other
//   crash
//   linearizable: proofs from the traces, then anomalies that only one kind of mistake produces
//     (duplicate append, garbage read), then lost writes, then stale reads: first those that only
//     a wrong node could have served (in the newest term), then those of deposed leaders, then
//     those of unknown servers
//   live
#pragma once

#include <string>
#include <vector>

#include "harness/evidence/trace_facts.h"
#include "harness/judge/outcome.h"

namespace capsize::harness {

/// Returns the failures of all checks that are invalid, the main one first. Failures with the same
/// signature are one, which counts them. Pure: reads no file.
[[nodiscard]] std::vector<Failure> failures_of(const Outcome& outcome, const TraceFacts& traces);

/// 16 hexadecimal digits.
[[nodiscard]] std::string signature_of(const base::Json& meaning);
/// A few words: "stale read, leader of an older term".
[[nodiscard]] std::string label_of(const base::Json& meaning);

}  // namespace capsize::harness
