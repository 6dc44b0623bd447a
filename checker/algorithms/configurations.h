// Configurations: the states that a search has reached, each remembered once, with dominance.
//
// A configuration is a row of 64-bit words in one long array: the key (completion and object state,
// mask of applied open operations) and the counts of indeterminate operations used. A row whose key
// is known and that has used at least as many of each class can do nothing that the known one could
// not, and is refused.
//
// The memory it holds is known exactly and only grows, so whoever owns it can keep a bound.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace capsize::checker {

class Configurations {
 public:
  using Row = std::span<const std::uint64_t>;
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  /// Rows of `key_words` words of key and `count_words` words with two counts each.
  Configurations(std::size_t key_words, std::size_t count_words);

  /// The number of the row, or kNone if it is dominated by one that is there.
  std::uint32_t insert(Row row);
  [[nodiscard]] Row row(std::uint32_t number) const {
    return std::span(words_).subspan(std::size_t{number} * width_, width_);
  }
  [[nodiscard]] std::size_t size() const { return next_.size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const;
  /// Forgets all rows but these, which keep their order and get the numbers 0, 1, 2, ...
  void keep_only(std::span<const std::uint32_t> numbers);

 private:
  [[nodiscard]] std::uint64_t hash(Row row) const;
  [[nodiscard]] bool same_key(std::uint32_t number, Row other) const;
  [[nodiscard]] bool dominates(std::uint32_t number, Row other) const;
  void grow();
  [[nodiscard]] std::size_t find(Row row) const;

  std::size_t key_words_;
  std::size_t width_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> next_;   // by row: an older row with the same key
  std::vector<std::uint32_t> heads_;  // open addressing, power of two: newest row of a key
  std::size_t keys_ = 0;
};

}  // namespace capsize::checker
