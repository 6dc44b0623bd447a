// A workload generates operations and names the model that judges them. One file each, which
// registers itself; pure: it sees neither sockets nor clocks, and draws only from the stream that
// it is handed.
//
// Values are distinct: each is written at most once per key in a run, which is what lets the
// checker decide in the time of a sort (checker/ALGORITHMS.md).
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
  base::Json value;           // null for a read
  std::string asked_as = {};  // the node's word for `f`, where it is another one
};

/// A read, or a transaction of reads: changes nothing.
[[nodiscard]] bool only_reads(const Operation& operation);

/// What a client learnt; `value` is a read's result.
struct Completion {
  bool ok = false;
  const base::Json* value = nullptr;
};

/// The operations of one run. Called from one thread, in the order in which things happen.
class Generator {
 public:
  virtual ~Generator();
  /// The next operation of a client. A reader only reads: bound to a deposed leader, a client that
  /// also wrote would be stuck in its first write, and never see how old its reads are.
  virtual Operation next(std::size_t client, bool reader, base::Prng& prng) = 0;
  virtual void completed(std::size_t client, const Operation& operation,
                         const Completion& what) = 0;
  /// An operation that changes something: the proof that a node takes writes again.
  virtual Operation probe(base::Prng& prng) = 0;
  /// Reads that, at the end, on every node, show what is left of everything.
  [[nodiscard]] virtual std::vector<Operation> final_reads() const = 0;
};

class Workload {
 public:
  virtual ~Workload();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  /// Name of what judges the history: a model of checker/models, or, where a search for a legal
  /// order would be too slow, a check of checker/history_checks.
  [[nodiscard]] virtual std::string_view model() const = 0;
  /// Functions that a run must have seen succeed to have tested anything.
  [[nodiscard]] virtual std::vector<std::string> functions() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Generator> generator(std::size_t clients) const = 0;
};

using Workloads = base::Registry<Workload>;

}  // namespace capsize::workloads
