// A workload generates operations and names the model that checks them. One file each, which
// registers itself. Pure: it has no access to sockets or clocks, and draws only from the random
// stream that is passed in.
//
// Values are distinct: each is written at most once per key in a run, which allows the checker to
// decide in O(n log n) instead of searching (checker/ALGORITHMS.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include "base/json.h"

#include "base/prng.h"
#include "base/registry.h"

namespace capsize::workloads {

struct Operation {
  std::string f;
  std::string key;
  base::Json value;          // null for a read
  std::string sent_as = {};  // the node's name for `f`, if it differs
};

/// Whether the operation is a read, or a transaction of reads only.
[[nodiscard]] bool only_reads(const Operation& operation);

/// The outcome for the client; `value` is a read's result.
struct Completion {
  bool ok = false;
  const base::Json* value = nullptr;
};

/// Generates the operations of one run. Called from one thread, in the order of events.
class Generator {
 public:
  virtual ~Generator();
  /// The next operation of a client. A `reader` only reads: connected to a deposed leader, a client
  /// that also writes would block in its first write and never observe a stale read.
  virtual Operation next(std::size_t client, bool reader, base::Prng& prng) = 0;
  virtual void completed(std::size_t client, const Operation& operation,
                         const Completion& what) = 0;
  /// An operation that changes something, to prove that a node accepts writes again.
  virtual Operation probe(base::Prng& prng) = 0;
  /// Reads for the end of the run, on every node, that together show the final state of all keys.
  [[nodiscard]] virtual std::vector<Operation> final_reads() const = 0;
};

class Workload {
 public:
  virtual ~Workload();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  /// The name of the model that checks the history, or, where a search for a linearization would be
  /// too slow, of a history check (`capsize list models`).
  [[nodiscard]] virtual std::string_view model() const = 0;
  /// The functions that must succeed at least once; otherwise the run has tested nothing (vacuous).
  [[nodiscard]] virtual std::vector<std::string> functions() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Generator> generator(std::size_t clients) const = 0;
};

using Workloads = base::Registry<Workload>;

}  // namespace capsize::workloads
