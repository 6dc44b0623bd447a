// Chunked: a vector in chunks. Growing neither copies its items nor needs memory for two copies of
// them, and chunks can be freed from the front.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace capsize::checker {

template <class T>
class Chunked {
 public:
  static constexpr std::size_t kShift =
      11;  // most histories are small, and each pays for a whole piece
  static constexpr std::size_t kChunk = std::size_t{1} << kShift;

  void push_back(const T& item) {
    if ((size_ & (kChunk - 1)) == 0) chunks_.push_back(std::make_unique_for_overwrite<T[]>(kChunk));
    chunks_.back()[size_++ & (kChunk - 1)] = item;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::size_t i) { return chunks_[i >> kShift][i & (kChunk - 1)]; }
  [[nodiscard]] const T& operator[](std::size_t i) const {
    return chunks_[i >> kShift][i & (kChunk - 1)];
  }
  /// Frees the chunks of items below `end`, rounded down to whole chunks. Those items must not be
  /// read any more.
  void release_before(std::size_t end) {
    for (; released_ < (end >> kShift); ++released_) chunks_[released_].reset();
  }
  [[nodiscard]] std::uint64_t memory_bytes() const {
    return (chunks_.size() - released_) * kChunk * sizeof(T);
  }

 private:
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
  std::size_t released_ = 0;
};

}  // namespace capsize::checker
