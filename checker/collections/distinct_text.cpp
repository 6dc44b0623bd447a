#include "checker/collections/distinct_text.h"

#include <algorithm>

#include "checker/registers/distinct_register.h"

namespace capsize::checker {
namespace {

bool is_put(const KeyOperation& operation) {
  return operation.code == kCodeWrite;
}

Decision clash_of(std::uint32_t a, std::uint32_t b) {
  Decision decision;
  decision.kind = Decision::Kind::kViolation;
  decision.counterexample = {std::min(a, b)};
  if (a != b) decision.counterexample.push_back(std::max(a, b));
  return decision;
}

}  // namespace

bool DistinctTextDecider::is_empty(ValueId value) const {
  return value == kNullValue ||
         (values_.kind(value) == ValueTable::Kind::kText && values_.as_text(value).empty());
}

// Null and the empty text are two values: only the initial one of them was ever there.
bool DistinctTextDecider::is_plain_read(const KeyOperation& read, ValueId initial) const {
  if (!read.pure || read.observed == kNoValue) return false;
  return read.observed == initial ||
         (values_.kind(read.observed) == ValueTable::Kind::kText && !is_empty(read.observed));
}

bool DistinctTextDecider::find_pieces(std::span<const KeyOperation> operations) {
  operations_ = operations;
  pieces_.clear();
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    const KeyOperation& operation = operations[i];
    if (operation.code == kCodeRead) continue;
    if (operation.code != kCodeAppend && !is_put(operation)) return false;
    const ValueId piece = is_put(operation) ? operation.written : operation.argument;
    if (values_.kind(piece) != ValueTable::Kind::kText || is_empty(piece)) return false;
    pieces_.emplace_back(values_.as_text(piece), i);
  }
  std::sort(pieces_.begin(), pieces_.end());
  return std::adjacent_find(pieces_.begin(), pieces_.end(), [](const auto& a, const auto& b) {
           return b.first.starts_with(a.first) && a.first != b.first;
         }) == pieces_.end();
}

// The place in pieces_, kNone if there is none.
std::uint32_t DistinctTextDecider::piece_that_begins(std::string_view text) const {
  const auto above =
      std::upper_bound(pieces_.begin(), pieces_.end(), text,
                       [](std::string_view rest, const auto& piece) { return rest < piece.first; });
  if (above == pieces_.begin() || !text.starts_with(std::prev(above)->first)) return kNone;
  return static_cast<std::uint32_t>(above - pieces_.begin() - 1);
}

std::uint32_t DistinctTextDecider::child(std::uint32_t parent, std::uint32_t piece,
                                         std::uint32_t read) {
  const std::uint64_t key = (std::uint64_t{parent} << 32) | piece;
  const auto [found, added] = children_.try_emplace(key, static_cast<std::uint32_t>(nodes_.size()));
  if (added) nodes_.push_back({parent, read});
  return found->second;
}

// Decomposes a string into pieces and walks the tree of prefixes: a node is a string that was
// certainly there, its child the string with one piece more. After reads of "ab" and "abc" the
// append of c is the edge from "ab" to "abc". Returns a decision where a piece is read in two
// different places (a violation, as it was appended once), or where two operations wrote equal
// pieces (not applicable).
std::optional<Decision> DistinctTextDecider::take_apart(std::uint32_t read, std::string_view text) {
  std::uint32_t node = kInitialNode;
  const std::size_t length = text.size();
  while (!text.empty()) {
    const std::uint32_t piece = piece_that_begins(text);
    const bool twice =
        piece != kNone && piece > 0 && pieces_[piece - 1].first == pieces_[piece].first;
    if (twice) return Decision{.kind = Decision::Kind::kNotApplicable};
    const std::uint32_t writer = piece == kNone ? kNone : pieces_[piece].second;
    const bool put = writer != kNone && is_put(operations_[writer]);
    if (writer == kNone || (put && text.size() < length)) {
      // A node of its own, which no operation writes: a put leaves nothing before its piece.
      nodes_.push_back({node, read});
      node = static_cast<std::uint32_t>(nodes_.size() - 1);
      break;
    }
    node = child(put ? kPutNode : node, writer, read);
    if (node_of_[writer] == kNone) node_of_[writer] = node;
    // The same piece after two different strings: it was read in two places.
    if (node_of_[writer] != node) return clash_of(nodes_[node_of_[writer]].read, read);
    text.remove_prefix(pieces_[piece].first.size());
  }
  strings_[operations_[read].observed] = node;
  return std::nullopt;
}

std::optional<Decision> DistinctTextDecider::take_reads_apart(ValueId initial) {
  nodes_.assign(2, Node{});
  children_.clear();
  strings_.clear();
  strings_[initial] = kInitialNode;
  node_of_.assign(operations_.size(), kNone);
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (operations_[i].code != kCodeRead || strings_.contains(operations_[i].observed)) continue;
    if (auto found = take_apart(i, values_.as_text(operations_[i].observed))) return found;
  }
  return std::nullopt;
}

// The same operations over nodes instead of strings: a read observes a node, an append that was
// read is a cas from the parent to the node, a put and an append that was never read are blind
// writes.
std::vector<KeyOperation> DistinctTextDecider::as_register() {
  std::vector<KeyOperation> operations(operations_.begin(), operations_.end());
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    KeyOperation& operation = operations[i];
    if (operation.code == kCodeRead) {
      operation.observed = strings_.at(operation.observed);
      continue;
    }
    const bool seen = node_of_[i] != kNone;
    if (!seen) {
      node_of_[i] = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({});
    }
    const Node& node = nodes_[node_of_[i]];
    operation.blind = is_put(operation) || !seen;
    operation.observed = operation.blind ? kNoValue : node.parent;
    operation.written = node_of_[i];
  }
  return operations;
}

// The place of an append is known only from a read that shows it, so that read belongs to the
// counterexample.
void DistinctTextDecider::add_reads_that_show(Decision& decision) const {
  auto& counterexample = decision.counterexample;
  const std::size_t clashing = counterexample.size();
  for (std::size_t i = 0; i < clashing; ++i) {
    if (operations_[counterexample[i]].code == kCodeRead) continue;
    const std::uint32_t read = nodes_[node_of_[counterexample[i]]].read;
    if (read != kNone) counterexample.push_back(read);
  }
  std::sort(counterexample.begin(), counterexample.end());
  counterexample.erase(std::unique(counterexample.begin(), counterexample.end()),
                       counterexample.end());
}

Decision DistinctTextDecider::decide(std::span<const KeyOperation> operations, ValueId initial,
                                     bool want_order) {
  const auto is_strange = [&](const KeyOperation& operation) {
    return operation.code == kCodeRead && !is_plain_read(operation, initial);
  };
  if (!is_empty(initial) || !find_pieces(operations) ||
      std::any_of(operations.begin(), operations.end(), is_strange)) {
    return {.kind = Decision::Kind::kNotApplicable};
  }
  if (auto found = take_reads_apart(initial)) return *std::move(found);
  const auto translated = as_register();
  Decision decision =
      DistinctRegisterDecider(nodes_.size()).decide(translated, kInitialNode, want_order);
  add_reads_that_show(decision);
  return decision;
}

constinit const FastDecider kDistinctText{"distinct-text", &make_with_scratch<DistinctTextDecider>};

}  // namespace capsize::checker
