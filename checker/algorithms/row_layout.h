// RowLayout: where things lie in the row of 64-bit words that is a configuration of the search.
//
//   place     completion and object state, and whether the state still waits to be seen
//   applied   a bit a slot: operations that were applied; what they did depends on the state
//   safe      a bit a slot: pure operations that were applied, blind writes that need not be any more
//   used      a bit a slot: blind writes that were applied
//   counts    indeterminate operations used, two classes a word
//
// Place and applied are the key. In the others more of `safe`, less of `used` and smaller counts
// can do whatever less, more and larger ones could (just_in_time_search.h says why), so among rows
// of one key some make others superfluous.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace capsize::checker {

struct RowLayout {
  /// Classes that leave the same value: a blind write, if there is one, and then others. A write can
  /// stand in for any of them, as it is possible in every state.
  struct Group {
    std::uint32_t first = 0;
    std::uint32_t last = 0;  ///< exclusive
    bool has_write = false;  ///< it is the first
  };

  std::size_t mask_words = 0;
  std::size_t classes = 0;
  std::vector<Group> groups = {};  ///< of all classes, in order

  [[nodiscard]] std::size_t applied() const { return 1; }
  [[nodiscard]] std::size_t safe() const { return applied() + mask_words; }
  [[nodiscard]] std::size_t used() const { return safe() + mask_words; }
  [[nodiscard]] std::size_t counts() const { return used() + mask_words; }
  [[nodiscard]] std::size_t key_words() const { return safe(); }
  [[nodiscard]] std::size_t width() const { return counts() + (classes + 1) / 2; }

  [[nodiscard]] std::uint32_t count(const std::uint64_t* row, std::size_t one) const {
    const std::uint64_t word = row[counts() + one / 2];
    return static_cast<std::uint32_t>(one % 2 == 0 ? word : word >> 32);
  }

  /// Whether `row` can do whatever `other`, a row of the same key, can.
  [[nodiscard]] bool dominates(const std::uint64_t* row, const std::uint64_t* other) const;

 private:
  [[nodiscard]] bool counts_dominate(const std::uint64_t* row, const std::uint64_t* other) const;
};

}  // namespace capsize::checker
