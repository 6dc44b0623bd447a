// Decider for registers in which every written value is different: O(n log n), cas and
// indeterminate operations included.
//
// Conditions (else kNotApplicable): all operations are reads, writes and cas; the values written by
// operations that did not fail are pairwise different and different from the initial one; no cas
// writes the value that it expects.
//
// Theorem (Gibbons & Korach, SIAM J. Comput. 26(4), 1997, extended by cas and indeterminate
// operations). Let a precede b iff a.complete < b.invoke. The operations are linearizable iff
//  1. after dropping every indeterminate operation whose value no operation observed, directly or
//     through other indeterminate cas that were themselves observed,
//  2. every observed value was written by some operation, and no two cas expect the same value;
//  3. every cas is reached from a block: a plain write (or the initial value) and the chain of cas
//     that begins at its value, in levels: write 0, reads of its value 1, cas on it 2, reads of the
//     new value 3, ...;
//  4. inside a block no operation precedes one of a lower level;
//  5. no two blocks A, B have f_A < s_B and f_B < s_A, where f is the block's smallest completion,
//     s its largest invocation, and f of the initial block is minus infinity.
//
// Proof sketch. Necessary: a value that is written once is the state during one contiguous stretch
// of any legal order, and the cas that expects it ends that stretch, so a block is contiguous and
// sorted by level; f_A < s_B says that some operation of A precedes one of B, so A as a whole must
// come first. Step 1 is sound: an unobserved value only has to be overwritten, and an indeterminate
// operation need not have happened. Sufficient: order the blocks by "A must come before B". In a
// shortest cycle of length three or more take A with the least f, P before A, Q before P: f_A <=
// f_Q < s_P, so A must also come before P, and A, P already clash. So pairs suffice. Inside a
// block, levels in order, and invocations in order within a level, respect precedence by step 4.
//
// Step 5 by zones: forward zones (f < s) must be disjoint as open intervals, and no backward zone
// (s <= f) may be inside a forward one; two backward zones never clash. Touching is legal, because
// precedence is strict.
#pragma once

#include <span>
#include <vector>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// Holds the scratch space, so that a thousand keys do not allocate a thousand times; one for each
/// thread. decide() leaves it clean.
class DistinctRegisterDecider {
 public:
  /// For values of the history, which are numbered from 0.
  explicit DistinctRegisterDecider(const ValueTable& values)
      : DistinctRegisterDecider(values.size()) {}
  explicit DistinctRegisterDecider(std::size_t values);

  /// `operations` in order of invocation. A legal order only where it is wanted.
  Decision decide(std::span<const KeyOperation> operations, ValueId initial,
                  bool want_order = false);

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  // What is known about one value, as places in operations_.
  struct ValueFacts {
    std::uint32_t writer = kNone;
    std::uint32_t cas = kNone;         // the live cas that expects it
    std::uint32_t first_read = kNone;  // with the smallest completion
    std::uint32_t last_read = kNone;   // with the largest invocation
  };
  struct Level {
    std::uint32_t smallest_complete = kNone;
    std::uint32_t largest_invoke = kNone;
  };
  struct Zone {
    std::int64_t f = 0;
    std::int64_t s = 0;
    std::uint32_t f_operation = kNone;  // kNone: the initial block's minus infinity
    std::uint32_t s_operation = kNone;
  };

  bool find_writers();
  std::optional<Decision> find_live();
  std::optional<Decision> gather();
  std::optional<Decision> build_block(ValueId value, std::uint32_t writer);
  std::optional<Decision> check_levels() const;
  std::optional<Decision> check_zones();
  void add_zone(bool initial);
  Decision cyclic_cas() const;
  Decision violation(std::initializer_list<std::uint32_t> clashing) const;
  Decision clash(const Zone& a, const Zone& b) const;
  void reset();

  std::span<const KeyOperation> operations_;
  ValueId initial_ = kNullValue;
  std::vector<ValueFacts> facts_;  // by ValueId; all kNone between calls
  std::vector<std::uint32_t>
      made_live_by_;  // by operation: the observer that made it live; itself = ok; kNone = not
  std::vector<std::uint32_t> pending_;  // live operations whose observation is still to be followed
  std::vector<Level> levels_;           // of the current block
  std::vector<Zone> forward_, backward_;
  std::size_t live_cas_ = 0;
  std::size_t reached_cas_ = 0;
};

extern const FastDecider kDistinctRegister;

}  // namespace capsize::checker
