#include "checker/search/configurations.h"

#include <bit>
#include <utility>

namespace capsize::checker {
namespace {

constexpr std::uint64_t kComparedWordsMax = std::uint64_t{1} << 16;  // by one insert
constexpr std::size_t kFirstHeads = 8;

}  // namespace

Configurations::Configurations(const RowLayout& layout)
    : layout_(&layout),
      key_words_(layout.key_words()),
      width_(layout.width()),
      piece_shift_(static_cast<unsigned>(
          std::bit_width(std::max<std::size_t>(1, kPieceWords / (width_ + 1))) - 1)) {}

std::uint64_t Configurations::hash(const std::uint64_t* row) const {
  std::uint64_t hash = 0x9E3779B97F4A7C15u;
  for (std::size_t i = 0; i < key_words_; ++i) {
    hash = (hash ^ row[i]) * 0xD6E8FEB86659FD93u;
    hash ^= hash >> 32;
  }
  return hash;
}

bool Configurations::same_key(std::uint32_t number, const std::uint64_t* other) const {
  const std::uint64_t* mine = at(number);
  return std::equal(mine, mine + key_words_, other);
}

std::size_t Configurations::find(const Heads& heads, const std::uint64_t* wanted,
                                 std::uint64_t hash) const {
  const std::size_t mask = heads.size() - 1;
  std::size_t place = (hash >> 8) & mask;
  while (heads[place] != kNone && !same_key(heads[place], wanted)) place = (place + 1) & mask;
  return place;
}

std::uint32_t& Configurations::head_for(const std::uint64_t* row) {
  const std::uint64_t key_hash = hash(row);
  Shard& shard = shards_[key_hash % kShards];
  if ((shard.keys + 1) * 2 > shard.heads.size()) grow(shard);
  std::uint32_t& head = shard.heads[find(shard.heads, row, key_hash)];
  if (head == kNone) ++shard.keys;
  return head;
}

std::uint32_t Configurations::append(const std::uint64_t* row, std::uint32_t parent,
                                     std::uint32_t& head) {
  const auto number = static_cast<std::uint32_t>(size_);
  const std::size_t rows_a_piece = std::size_t{1} << piece_shift_;
  if ((size_ >> piece_shift_) == pieces_.size()) {
    pieces_.push_back(std::make_unique_for_overwrite<std::uint64_t[]>(rows_a_piece * (width_ + 1)));
  }
  std::uint64_t* mine = const_cast<std::uint64_t*>(at(number));
  std::copy(row, row + width_, mine);
  mine[width_] = (std::uint64_t{parent} << 32) | head;
  head = number;
  ++size_;
  return number;
}

// Walks the list of rows with the same key, newest first. A row that dominates the new one ends it;
// rows that the new one dominates are unlinked on the way and marked, since the search may still
// hold their numbers. The walk is bounded: a missed dominance costs work, never correctness.
std::uint32_t Configurations::insert(Row added, std::uint32_t parent) {
  std::uint32_t& head = head_for(added.data());
  std::uint64_t compared = 0;
  std::uint32_t newer = kNone;
  for (std::uint32_t older = head; older != kNone && compared < kComparedWordsMax;) {
    compared += 2 + width_ - key_words_;
    const std::uint64_t* row = at(older);
    if (layout_->dominates(row, added.data())) {
      work_ += compared;
      return kNone;
    }
    const std::uint32_t next = link(row);
    if (!layout_->dominates(added.data(), row)) {
      newer = older;
    } else {
      if (newer == kNone) {
        head = next;
      } else {
        set_link(newer, next);
      }
      set_link(older, kSuperseded);
    }
    older = next;
  }
  work_ += compared + width_;
  return append(added.data(), parent, head);
}

void Configurations::grow(Shard& shard) {
  Heads old(std::max(kFirstHeads, shard.heads.size() * 2), kNone);
  old.swap(shard.heads);
  head_slots_ += shard.heads.size() - old.size();
  for (const std::uint32_t head : old) {
    if (head == kNone) continue;
    const std::uint64_t* row = at(head);
    shard.heads[find(shard.heads, row, hash(row))] = head;
  }
  work_ += shard.heads.size() * 4;
}

void Configurations::keep_only(std::span<const std::uint32_t> numbers) {
  Configurations kept(*layout_);
  for (const std::uint32_t number : numbers) {
    // None of them dominates another, or it would have been refused; later ones may still
    // dominate earlier ones, which is why each is linked and none is looked up.
    const std::uint64_t* row = at(number);
    kept.append(row, kNone, kept.head_for(row));
  }
  kept.work_ = work_;
  *this = std::move(kept);
}

std::uint64_t Configurations::memory_bytes() const {
  return (pieces_.size() << piece_shift_) * (width_ + 1) * sizeof(std::uint64_t) +
         head_slots_ * sizeof(std::uint32_t) + sizeof(*this);
}

}  // namespace capsize::checker
