// Configurations: the states that a search has reached, each stored once, with dominance.
//
// A configuration is a row of 64-bit words (row_layout.h). A new row is refused if a stored row of
// the same key can do everything that it could; a new row supersedes stored rows that can do
// nothing that it could not.
//
// The owner enforces bounds of time and memory, so no single step here is large: rows are stored in
// chunks that never move, and the table of keys consists of many small tables, each of which grows
// separately. Doubling one array of two gigabytes would take seconds and six gigabytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "checker/search/row_layout.h"

namespace capsize::checker {

class Configurations {
 public:
  using Row = std::span<const std::uint64_t>;
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  /// The layout must outlive this object.
  explicit Configurations(const RowLayout& layout);

  /// Returns the number of the row, or kNone if a stored row dominates it. Compares a bounded
  /// number of rows with the same key; a missed dominance costs repeated work, never a wrong
  /// verdict.
  std::uint32_t insert(Row row, std::uint32_t parent);
  /// Whether a later row dominates this one, so that it need not be expanded.
  [[nodiscard]] bool is_superseded(std::uint32_t number) const {
    return link(at(number)) == kSuperseded;
  }
  [[nodiscard]] Row row(std::uint32_t number) const { return {at(number), width_}; }
  /// As given to insert(), until keep_only().
  [[nodiscard]] std::uint32_t parent(std::uint32_t number) const {
    return static_cast<std::uint32_t>(at(number)[width_] >> 32);
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Exact. One insert() adds at most a few megabytes.
  [[nodiscard]] std::uint64_t memory_bytes() const;
  /// Words compared so far, as a measure of the work done.
  [[nodiscard]] std::uint64_t work() const { return work_; }
  /// Removes all rows but these, which keep their order and get the numbers 0, 1, 2, ...
  void keep_only(std::span<const std::uint32_t> numbers);

 private:
  static constexpr std::size_t kShards = 256;
  static constexpr std::size_t kPieceWords = std::size_t{1} << 14;
  using Heads = std::vector<std::uint32_t>;  // open addressing, power of two: newest row of a key

  static constexpr std::uint32_t kSuperseded = kNone - 1;  // in place of a link

  struct Shard {
    Heads heads;
    std::size_t keys = 0;
  };

  [[nodiscard]] const std::uint64_t* at(std::uint32_t number) const {
    return pieces_[number >> piece_shift_].get() +
           (number & ((std::uint32_t{1} << piece_shift_) - 1)) * (width_ + 1);
  }
  // The newest older row with the same key that is not superseded.
  [[nodiscard]] std::uint32_t link(const std::uint64_t* row) const {
    return static_cast<std::uint32_t>(row[width_]);
  }
  void set_link(std::uint32_t number, std::uint32_t older) {
    std::uint64_t& word = const_cast<std::uint64_t*>(at(number))[width_];
    word = (word & ~std::uint64_t{kNone}) | older;
  }
  [[nodiscard]] std::uint64_t hash(const std::uint64_t* row) const;
  [[nodiscard]] bool same_key(std::uint32_t number, const std::uint64_t* other) const;
  [[nodiscard]] std::size_t find(const Heads& heads, const std::uint64_t* row,
                                 std::uint64_t hash) const;
  /// Returns the head of the row's key, after growing its shard if necessary.
  std::uint32_t& head_for(const std::uint64_t* row);
  std::uint32_t append(const std::uint64_t* row, std::uint32_t parent, std::uint32_t& head);
  void grow(Shard& shard);

  const RowLayout* layout_;
  std::size_t key_words_;
  std::size_t width_;
  unsigned piece_shift_;  // rows in a piece, as a power of two
  // Each row is followed by one word: its parent, and the number of an older row with the same key.
  std::vector<std::unique_ptr<std::uint64_t[]>> pieces_;
  std::size_t size_ = 0;
  std::array<Shard, kShards> shards_;
  std::uint64_t head_slots_ = 0;
  std::uint64_t work_ = 0;
};

}  // namespace capsize::checker
