#include "checker/algorithms/distinct_text.h"

#include <algorithm>
#include <unordered_map>

#include "checker/algorithms/distinct_list.h"

namespace capsize::checker {

bool DistinctTextDecider::find_pieces(std::span<const KeyOperation> operations) {
  pieces_.clear();
  for (const KeyOperation& operation : operations) {
    if (operation.code == kCodeAppend) {
      pieces_.emplace_back(values_.as_text(operation.argument), operation.argument);
      if (pieces_.back().first.empty()) return false;
    } else if (operation.code != kCodeRead) {
      return false;
    }
  }
  std::sort(pieces_.begin(), pieces_.end());
  return std::adjacent_find(pieces_.begin(), pieces_.end(), [](const auto& a, const auto& b) {
           return b.first.starts_with(a.first);
         }) == pieces_.end();
}

std::vector<ValueId> DistinctTextDecider::take_apart(std::string_view text,
                                                     ValueTable& lists) const {
  std::vector<ValueId> elements;
  while (!text.empty()) {
    const auto above = std::upper_bound(
        pieces_.begin(), pieces_.end(), text,
        [](std::string_view rest, const auto& piece) { return rest < piece.first; });
    if (above == pieces_.begin() || !text.starts_with(std::prev(above)->first)) {
      elements.push_back(lists.text(text));
      break;
    }
    elements.push_back(lists.integer(std::prev(above)->second));
    text.remove_prefix(std::prev(above)->first.size());
  }
  return elements;
}

Decision DistinctTextDecider::decide(std::span<const KeyOperation> operations, ValueId initial) {
  const bool empty_at_first =
      initial == kNullValue ||
      (values_.kind(initial) == ValueTable::Kind::kText && values_.as_text(initial).empty());
  if (!empty_at_first || !find_pieces(operations)) return {Decision::Kind::kNotApplicable};
  // The same operations over lists, with a table of their own: pieces are numbers in it.
  ValueTable lists;
  std::vector<KeyOperation> as_lists(operations.begin(), operations.end());
  std::unordered_map<ValueId, ValueId> known;
  for (KeyOperation& operation : as_lists) {
    if (operation.code == kCodeAppend) {
      operation.argument = lists.integer(operation.argument);
      continue;
    }
    const ValueId seen = operation.observed;
    // Null and the empty text are two values: only the initial one of them was ever there.
    if (values_.kind(seen) != ValueTable::Kind::kText && seen != initial) {
      return {Decision::Kind::kNotApplicable};
    }
    if (seen != initial && values_.as_text(seen).empty()) {
      return {Decision::Kind::kNotApplicable};
    }
    const auto [entry, added] = known.try_emplace(seen, kEmptyList);
    if (added && seen != initial)
      entry->second = lists.list(take_apart(values_.as_text(seen), lists));
    operation.observed = entry->second;
  }
  return DistinctListDecider(lists).decide(as_lists, kEmptyList);
}

}  // namespace capsize::checker
