// Failure: one way in which a run went wrong, with a signature that groups it with the same failure
// of other runs. harness/evidence/signature.h says what a signature is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace capsize::harness {

struct Failure {
  std::string signature;  // 16 hexadecimal digits: a hash of `meaning`
  std::string check;      // "linearizable", "invariants", "live", "crash"
  std::string anomaly;    // "stale read"; of invariants the property; otherwise empty
  base::Json meaning = base::Json::object();
  std::string label;                          // a few words that follow from `meaning`
  std::string sentence;                       // for people: with keys, values, nodes and times
  std::vector<std::string> faults;            // kinds that were active around it, sorted
  std::uint64_t count = 1;                    // failures of the run with this signature
  std::optional<std::size_t> violation = {};  // in the report of the linearizability check
  base::Duration begin{};  // since the start of the load; the faults active until `end` count
  base::Duration end{};
  /// The earliest of the `count` failures had happened then.
  base::Duration at = base::Duration::max();
};

}  // namespace capsize::harness
