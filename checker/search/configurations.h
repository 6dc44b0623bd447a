// Configurations: the states that a search has reached, each stored once, with dominance.
//
// A configuration is a row of 64-bit words (row_layout.h). A new row is refused if a stored row of
// the same key can do everything that it could; a new row supersedes stored rows that can do
// nothing that it could not.
//
// The owner keeps bounds of time and memory, so no single step here is large: rows are stored in
// chunks that never move, and the table of keys consists of many small ones, each of which grows by
// itself. Doubling one array of two gigabytes would take seconds and six gigabytes.
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

  /// The layout has to outlive it.
  explicit Configurations(const RowLayout& layout);

  /// The number of the row, or kNone if it is dominated by one that is there. Compares a bounded
  /// number of rows of the same key; what it misses is work done twice, never a wrong verdict.
  std::uint32_t insert(Row row, std::uint32_t parent);
  /// Whether a later row can do whatever this one can: it need not be expanded.
  [[nodiscard]] bool is_superseded(std::uint32_t number) const {
    return link(at(number)) == kSuperseded;
  }
  [[nodiscard]] Row row(std::uint32_t number) const { return {at(number), width_}; }
  /// As given to insert(), until keep_only().
  [[nodiscard]] std::uint32_t parent(std::uint32_t number) const {
    return static_cast<std::uint32_t>(at(number)[width_] >> 32);
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Exact, and never more than a few megabytes above what it was one insert() earlier.
  [[nodiscard]] std::uint64_t memory_bytes() const;
  /// Words compared so far, as a measure of the work done.
  [[nodiscard]] std::uint64_t work() const { return work_; }
  /// Forgets all rows but these, which keep their order and get the numbers 0, 1, 2, ...
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
  /// The head of the row's key, after growing its shard if need be.
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
