#include "workloads/workload.h"

#include <algorithm>

namespace capsize::workloads {

Generator::~Generator() = default;
Workload::~Workload() = default;

bool only_reads(const Operation& operation) {
  if (operation.f != "txn") return operation.f == "read";
  return std::all_of(operation.value.begin(), operation.value.end(),
                     [](const base::Json& step) { return step[0] == "r"; });
}

}  // namespace capsize::workloads
