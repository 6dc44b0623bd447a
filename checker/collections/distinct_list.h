// Decider for append-only lists with distinct elements: one sweep over the events.
//
// Conditions (else kNotApplicable): all operations are appends and reads of the whole list; the
// elements appended by operations that did not fail are pairwise different; the initial list is
// empty.
//
// Theorem. Let L be the longest list that was read, and give each operation a level: the append of
// the i-th element of L (from 1) 2i-1, a read of length k 2k, an acknowledged append that is not in
// L infinity. Indeterminate appends that are not in L are dropped. The operations are linearizable
// iff every read is a prefix of L, every element of L was appended and occurs once, and no
// operation precedes one of a lower level.
//
// Proof sketch. Necessary: the list only grows at its end, so of any two reads one is a prefix of
// the other; elements come from appends; the level says between which elements an operation
// belongs. An acknowledged append that is not in L comes after every read. Sufficient: sort by
// level, and by invocation within a level (only reads of the same list, or appends that no read
// shows, share a level). Every read then returns exactly what was appended before it. If a precedes
// b, then level(a) <= level(b) by the last condition, and with equal levels a.invoke <= a.complete
// < b.invoke puts a first; so precedence is respected. An indeterminate append in L has no
// completion, so it precedes nothing and may stand wherever its level says.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// Holds the scratch space; one for each thread. decide() leaves it clean.
class DistinctListDecider {
 public:
  explicit DistinctListDecider(const ValueTable& values);

  /// `operations` in order of invocation. O(n log n + total length of the different lists read).
  Decision decide(std::span<const KeyOperation> operations, ValueId initial,
                  bool want_order = false);

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  struct ElementFacts {
    std::uint32_t appender = kNone;
    std::uint32_t place = 0;  // in the longest list, from 1; 0 = not there
  };

  bool find_appenders();
  void find_longest();
  std::optional<Decision> check_longest();
  std::optional<Decision> check_prefixes() const;
  [[nodiscard]] std::uint64_t level(const KeyOperation& operation) const;
  [[nodiscard]] std::vector<std::uint64_t> all_levels() const;
  [[nodiscard]] std::uint32_t shortest_read_with(std::uint64_t place) const;
  Decision out_of_order(std::uint32_t first, std::uint32_t second) const;
  void reset();

  const ValueTable& values_;
  std::span<const KeyOperation> operations_;
  std::vector<ElementFacts> facts_;  // by ValueId; empty between calls
  std::uint32_t longest_ = kNone;    // a read
};

extern const FastDecider kDistinctList;

}  // namespace capsize::checker
