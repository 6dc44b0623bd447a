// RowLayout: the layout of a configuration of the search, a row of 64-bit words.
//
//   place     completion and object state, and whether the state has not been observed yet
//   applied   one bit per slot: operations that were applied and whose effect depends on the state
//   safe      one bit per slot: applied pure operations, and blind writes that no longer need to be
//             applied
//   used      one bit per slot: blind writes that were applied
//   counts    one bit field per class: indeterminate operations that were used
//   cost      uses of indeterminate operations beyond those that exist, and all uses
//   overused  one bit per group of classes that leave the same value: whether it was used beyond
//             the operations that exist
//
// `place` and `applied` are the key. Among rows with the same key, one with more bits in `safe`,
// fewer in `used`, smaller counts and a smaller cost can do whatever the other can
// (just_in_time_search.h says why), so some rows dominate others. Counts of classes that are not
// tracked are not compared: these classes are unlimited, and `cost` and `overused` record how far
// they were overused.
//
// A field has the width of its largest count, plus a guard bit that is always 0, so that one
// subtraction per word compares all fields in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"

namespace capsize::checker {

class RowLayout {
 public:
  /// A class of indeterminate operations that do the same.
  struct Class {
    std::size_t count_max = 0;
    bool joins = false;     ///< it leaves the same value as the class before it
    bool is_write = false;  ///< possible in every state. Among those that join, the first only
  };

  RowLayout() = default;
  RowLayout(std::size_t slots, const std::vector<Class>& classes);

  [[nodiscard]] std::size_t mask_words() const { return mask_words_; }
  [[nodiscard]] std::size_t applied() const { return 1; }
  [[nodiscard]] std::size_t safe() const { return applied() + mask_words_; }
  [[nodiscard]] std::size_t used() const { return safe() + mask_words_; }
  [[nodiscard]] std::size_t counts() const { return used() + mask_words_; }
  [[nodiscard]] std::size_t key_words() const { return safe(); }
  [[nodiscard]] std::size_t cost() const { return counts() + guards_.size(); }
  [[nodiscard]] std::size_t overused() const { return cost() + 1; }
  [[nodiscard]] std::size_t width() const {
    return overused() + (groups_.size() + kWordBits - 1) / kWordBits;
  }

  void track_nothing();
  /// Also tracks all classes that leave the same value, because one can replace another.
  void track(std::size_t one);
  [[nodiscard]] bool is_tracked(std::size_t one) const {
    return ((tracked_[fields_[one].word - counts()] >> fields_[one].shift) & fields_[one].guard) !=
           0;
  }

  [[nodiscard]] std::uint32_t count(const std::uint64_t* row, std::size_t one) const {
    const Field& field = fields_[one];
    return static_cast<std::uint32_t>((row[field.word] >> field.shift) & field.mask);
  }
  /// Precondition: less than count_max so far.
  void add_one(std::uint64_t* row, std::size_t one) const {
    CHECK(count(row, one) < fields_[one].mask, "a count stays within its bits");
    row[fields_[one].word] += std::uint64_t{1} << fields_[one].shift;
  }

  void mark_overused(std::uint64_t* row, std::size_t one) const {
    const std::uint32_t group = fields_[one].group;
    row[overused() + group / kWordBits] |= std::uint64_t{1} << (group % kWordBits);
  }
  /// Also tracks, from now on, the classes that this row has overused.
  void track_overused(const std::uint64_t* row);

  /// Whether `row` can do whatever `other`, a row of the same key, can.
  [[nodiscard]] bool dominates(const std::uint64_t* row, const std::uint64_t* other) const;

 private:
  static constexpr unsigned kWordBits = 64;

  struct Field {
    std::size_t word = 0;
    unsigned shift = 0;
    std::uint64_t mask = 0;
    std::uint64_t guard = 0;  // shifted as the mask is
    std::uint32_t group = 0;
  };
  // Classes that leave the same value. Unused writes of that value compensate for overused
  // operations of the other classes, because a write can replace any of them.
  struct Group {
    std::uint32_t first = 0;
    std::uint32_t last = 0;  // exclusive
    bool has_write = false;  // it is the first
  };

  [[nodiscard]] bool made_good(const Group& group, const std::uint64_t* row,
                               const std::uint64_t* other) const;

  std::size_t mask_words_ = 0;
  std::vector<std::uint64_t> guards_;          // by word of counts: the highest bit of each field
  std::vector<std::uint64_t> tracked_;         // those of the fields that are compared
  std::vector<Field> fields_;                  // by class
  std::vector<std::uint32_t> group_of_guard_;  // by bit of the counts
  std::vector<Group> groups_;
};

}  // namespace capsize::checker
