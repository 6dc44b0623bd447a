// Interned: sequences of numbers or characters, each stored once, numbered from 0 in order of
// appearance.
//
// A search makes millions of them within its bounds of time and memory, so they are stored
// contiguously in large chunks that never move and are quick to free. Freeing millions of vectors
// would take as long as making them, after the time is up.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace capsize::checker {

template <typename T>
class Interned {
 public:
  /// Returns the number of an equal stored sequence, or stores a new one.
  std::uint32_t number_of(std::span<const T> sequence) {
    const std::uint64_t hash = hash_of(sequence);
    Shard& shard = shards_[hash % kShards];
    if ((shard.used + 1) * 2 > shard.slots.size()) grow(shard);
    std::uint32_t& slot = shard.slots[find(shard, sequence, hash)];
    if (slot != kNone) return slot;
    ++shard.used;
    slot = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({keep(sequence), sequence.size(), hash});
    return slot;
  }

  [[nodiscard]] std::span<const T> operator[](std::uint32_t number) const {
    return {entries_[number].begin, entries_[number].size};
  }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// Includes the temporary memory of the next doubling of its entries.
  [[nodiscard]] std::uint64_t memory_bytes() const {
    return kept_bytes_ + slots_ * sizeof(std::uint32_t) + 3 * entries_.capacity() * sizeof(Entry);
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;
  static constexpr std::size_t kShards = 64;  // each grows by itself: no table doubles at once
  static constexpr std::size_t kFirstSlots = 4;
  static constexpr std::size_t kPieceBytes = std::size_t{1} << 16;

  struct Entry {
    const T* begin;
    std::size_t size;
    std::uint64_t hash;
  };
  struct Shard {
    std::vector<std::uint32_t> slots;  // open addressing, power of two
    std::size_t used = 0;
  };

  static std::uint64_t hash_of(std::span<const T> sequence) {
    std::uint64_t hash = sequence.size() * 0x9E3779B97F4A7C15u;
    for (const T one : sequence) {
      hash = (hash ^ static_cast<std::uint32_t>(one)) * 0xD6E8FEB86659FD93u;
      hash ^= hash >> 32;
    }
    return hash;
  }

  std::size_t find(const Shard& shard, std::span<const T> sequence, std::uint64_t hash) const {
    const std::size_t mask = shard.slots.size() - 1;
    std::size_t at = (hash / kShards) & mask;
    for (; shard.slots[at] != kNone; at = (at + 1) & mask) {
      const Entry& entry = entries_[shard.slots[at]];
      if (entry.hash == hash && std::ranges::equal(std::span(entry.begin, entry.size), sequence)) {
        break;
      }
    }
    return at;
  }

  void grow(Shard& shard) {
    std::vector<std::uint32_t> old(std::max(kFirstSlots, shard.slots.size() * 2), kNone);
    old.swap(shard.slots);
    slots_ += shard.slots.size() - old.size();
    const std::size_t mask = shard.slots.size() - 1;
    for (const std::uint32_t number : old) {
      if (number == kNone) continue;
      std::size_t at = (entries_[number].hash / kShards) & mask;
      while (shard.slots[at] != kNone) at = (at + 1) & mask;
      shard.slots[at] = number;
    }
  }

  const T* keep(std::span<const T> sequence) {
    if (sequence.size() > room_) {
      room_ = std::max(kPieceBytes / sizeof(T), sequence.size());
      pieces_.push_back(std::make_unique_for_overwrite<T[]>(room_));
      next_ = pieces_.back().get();
      kept_bytes_ += room_ * sizeof(T);
    }
    T* const begin = next_;
    next_ = std::copy(sequence.begin(), sequence.end(), next_);
    room_ -= sequence.size();
    return begin;
  }

  std::vector<std::unique_ptr<T[]>> pieces_;
  T* next_ = nullptr;  // in the last chunk, which has room for this many
  std::size_t room_ = 0;
  std::uint64_t kept_bytes_ = 0;
  std::vector<Entry> entries_;
  std::array<Shard, kShards> shards_;
  std::uint64_t slots_ = 0;
};

}  // namespace capsize::checker
