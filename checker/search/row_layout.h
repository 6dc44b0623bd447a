// RowLayout: where things lie in the row of 64-bit words that is a configuration of the search.
//
//   place     completion and object state, and whether the state still waits to be seen
//   applied   a bit a slot: operations that were applied; what they did depends on the state
//   safe      a bit a slot: applied pure operations, blind writes that need not be any more
//   used      a bit a slot: blind writes that were applied
//   counts    indeterminate operations used, a lane of bits a class
//   cost      uses of indeterminate operations beyond what there was, and all uses
//   overused  a bit a group of classes that leave one value: whether it was used beyond that
//
// Place and applied are the key. In the others more of `safe`, less of `used`, smaller counts and
// cost can do whatever less, more and larger ones could (just_in_time_search.h says why), so among
// rows of one key some make others superfluous. Counts that are not tracked are not compared: of
// their classes there is no end then, and cost and overused say how much that was made use of.
//
// A lane is as wide as its largest count needs, and one bit more that is always 0: one subtraction
// a word then compares all lanes in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace capsize::checker {

class RowLayout {
 public:
  /// A class of indeterminate operations that are alike.
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
  /// And with it all classes that leave the same value, as one can stand in for another.
  void track(std::size_t one);
  [[nodiscard]] bool is_tracked(std::size_t one) const {
    return ((tracked_[lanes_[one].word - counts()] >> lanes_[one].shift) & lanes_[one].guard) != 0;
  }

  [[nodiscard]] std::uint32_t count(const std::uint64_t* row, std::size_t one) const {
    const Lane& lane = lanes_[one];
    return static_cast<std::uint32_t>((row[lane.word] >> lane.shift) & lane.mask);
  }
  /// Precondition: less than count_max so far.
  void add_one(std::uint64_t* row, std::size_t one) const {
    row[lanes_[one].word] += std::uint64_t{1} << lanes_[one].shift;
  }

  void mark_overused(std::uint64_t* row, std::size_t one) const {
    const std::uint32_t group = lanes_[one].group;
    row[overused() + group / kWordBits] |= std::uint64_t{1} << (group % kWordBits);
  }
  /// From now on also what this row has overused.
  void track_overused(const std::uint64_t* row);

  /// Whether `row` can do whatever `other`, a row of the same key, can.
  [[nodiscard]] bool dominates(const std::uint64_t* row, const std::uint64_t* other) const;

 private:
  static constexpr unsigned kWordBits = 64;

  struct Lane {
    std::size_t word = 0;
    unsigned shift = 0;
    std::uint64_t mask = 0;
    std::uint64_t guard = 0;  // shifted as the mask is
    std::uint32_t group = 0;
  };
  // Classes that leave one value. What is used of others beyond another row can be made good by
  // writes of the same value that were not used: a write can stand in for any of them.
  struct Group {
    std::uint32_t first = 0;
    std::uint32_t last = 0;  // exclusive
    bool has_write = false;  // it is the first
  };

  [[nodiscard]] bool made_good(const Group& group, const std::uint64_t* row,
                               const std::uint64_t* other) const;

  std::size_t mask_words_ = 0;
  std::vector<std::uint64_t> guards_;          // by word of counts: the highest bit of each lane
  std::vector<std::uint64_t> tracked_;         // of them those whose lanes are compared
  std::vector<Lane> lanes_;                    // by class
  std::vector<std::uint32_t> group_of_guard_;  // by bit of the counts
  std::vector<Group> groups_;
};

}  // namespace capsize::checker
