#include "checker/algorithms/configurations.h"

namespace capsize::checker {

Configurations::Configurations(std::size_t key_words, std::size_t count_words)
    : key_words_(key_words), width_(key_words + count_words), heads_(64, kNone) {}

std::uint64_t Configurations::hash(Row row) const {
  std::uint64_t hash = 0x9E3779B97F4A7C15u;
  for (std::size_t i = 0; i < key_words_; ++i) {
    hash = (hash ^ row[i]) * 0xD6E8FEB86659FD93u;
    hash ^= hash >> 32;
  }
  return hash;
}

bool Configurations::same_key(std::uint32_t number, Row other) const {
  const Row mine = row(number);
  return std::equal(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(key_words_),
                    other.begin());
}

bool Configurations::dominates(std::uint32_t number, Row other) const {
  const Row mine = row(number);
  for (std::size_t i = key_words_; i < width_; ++i) {
    const std::uint64_t low = 0xFFFFFFFFu;
    if ((mine[i] & low) > (other[i] & low) || (mine[i] >> 32) > (other[i] >> 32)) return false;
  }
  return true;
}

std::size_t Configurations::find(Row wanted) const {
  const std::size_t mask = heads_.size() - 1;
  std::size_t at = hash(wanted) & mask;
  while (heads_[at] != kNone && !same_key(heads_[at], wanted)) at = (at + 1) & mask;
  return at;
}

std::uint32_t Configurations::insert(Row added) {
  if ((keys_ + 1) * 2 > heads_.size()) grow();
  const std::size_t at = find(added);
  for (std::uint32_t older = heads_[at]; older != kNone; older = next_[older]) {
    if (dominates(older, added)) return kNone;
  }
  if (heads_[at] == kNone) ++keys_;
  const auto number = static_cast<std::uint32_t>(next_.size());
  words_.insert(words_.end(), added.begin(), added.end());
  next_.push_back(heads_[at]);
  heads_[at] = number;
  return number;
}

void Configurations::grow() {
  std::vector<std::uint32_t> old(heads_.size() * 2, kNone);
  old.swap(heads_);
  for (const std::uint32_t head : old) {
    if (head == kNone) continue;
    heads_[find(row(head))] = head;
  }
}

void Configurations::keep_only(std::span<const std::uint32_t> numbers) {
  std::vector<std::uint64_t> old;
  old.swap(words_);
  next_.clear();
  keys_ = 0;
  std::fill(heads_.begin(), heads_.end(), kNone);
  for (const std::uint32_t number : numbers) {
    const Row kept = std::span<const std::uint64_t>(old).subspan(number * width_, width_);
    // None of them dominates another, or it would have been refused; later ones may still
    // dominate earlier ones, which is why each is linked and none is looked up.
    if ((keys_ + 1) * 2 > heads_.size()) grow();
    const std::size_t at = find(kept);
    if (heads_[at] == kNone) ++keys_;
    words_.insert(words_.end(), kept.begin(), kept.end());
    next_.push_back(heads_[at]);
    heads_[at] = static_cast<std::uint32_t>(next_.size() - 1);
  }
}

std::uint64_t Configurations::memory_bytes() const {
  return words_.capacity() * sizeof(std::uint64_t) +
         (next_.capacity() + heads_.capacity()) * sizeof(std::uint32_t);
}

}  // namespace capsize::checker
