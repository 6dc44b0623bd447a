// Decider for strings that are put, appended to and read whole, with distinct pieces: near-linear.
//
// Conditions (else kNotApplicable): all operations are reads of the whole string, appends and puts
// (writes of a string); the string is empty at first; the pieces that were put or appended by
// operations that did not fail are not empty, none is a prefix of a different one, and those that a
// read shows were put or appended once. "x 3 7 y" is such a piece, with its delimiters; "1" and
// "11" are not.
//
// Theorem. Pieces of which none is a prefix of another form a prefix code: a string is the
// concatenation of pieces in at most one way (Sardinas & Patterson, 1953, trivial case). So a read
// of "pqr" says: q was appended when the string was exactly "p", and r when it was exactly "pq". An
// append that a read shows is therefore a compare-and-set from the string before its piece to the
// string that ends with it; and as such a piece is appended once, a read that shows it after a
// different string is a violation at once. An append that no read shows was overwritten before any
// read, or came last: it is a blind write of a value of its own that is never read. It may stand
// wherever such a write may: not before an initial block that was read, not inside a block. A put
// is a blind write of the string that is its piece. The result is a register with distinct values,
// cas and indeterminate operations, which distinct_register.h decides: a legal order of the one is
// a legal order of the other. A string that cannot be decomposed was never written.
//
// Decomposition: among the sorted pieces only the last one that is not above the rest of the string
// can be its prefix, since every text between a piece and a string of which it is a prefix starts
// with that piece.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "checker/specification/decider.h"

namespace capsize::checker {

class DistinctTextDecider {
 public:
  explicit DistinctTextDecider(const ValueTable& values) : values_(values) {}

  /// `operations` in order of invocation. O(n log n + length of the different strings read, times
  /// the logarithm of the number of pieces).
  Decision decide(std::span<const KeyOperation> operations, ValueId initial,
                  bool want_order = false);

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;
  static constexpr std::uint32_t kInitialNode = 0;
  static constexpr std::uint32_t kPutNode = 1;  // what every put begins from; no string itself

  // A string that was read, or the beginning of one: its parent and one piece more.
  struct Node {
    std::uint32_t parent = kNone;
    std::uint32_t read = kNone;  // the first one that shows it
  };

  bool find_pieces(std::span<const KeyOperation> operations);
  [[nodiscard]] bool is_empty(ValueId value) const;
  [[nodiscard]] bool is_plain_read(const KeyOperation& read, ValueId initial) const;
  [[nodiscard]] std::uint32_t piece_that_begins(std::string_view text) const;
  std::uint32_t child(std::uint32_t parent, std::uint32_t piece, std::uint32_t read);
  std::optional<Decision> take_apart(std::uint32_t read, std::string_view text);
  std::optional<Decision> take_reads_apart(ValueId initial);
  std::vector<KeyOperation> as_register();
  void add_reads_that_show(Decision& decision) const;

  const ValueTable& values_;
  std::span<const KeyOperation> operations_;
  std::vector<std::pair<std::string_view, std::uint32_t>> pieces_;  // sorted, with their operation
  std::vector<Node> nodes_;
  std::unordered_map<std::uint64_t, std::uint32_t> children_;  // (node, piece) -> node
  std::unordered_map<ValueId, std::uint32_t> strings_;         // what was read -> node
  std::vector<std::uint32_t> node_of_;                         // by put or append; kNone: not seen
};

extern const FastDecider kDistinctText;

}  // namespace capsize::checker
