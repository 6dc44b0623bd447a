// Timeline: the events of a history in the order in which a file lists them.
//
// A History keeps only what a verdict depends on: where operations begin and where they certainly
// end. A timeline adds a place for the completion of an indeterminate operation (by its time,
// because its place has no influence), and process numbers that obey the rules for processes even
// if the operations do not (widened intervals overlap, lenient readers let a process continue).
#pragma once

#include <cstdint>
#include <vector>

#include "checker/history/builder.h"
#include "checker/history/history.h"

namespace capsize::checker {

struct TimelineEvent {
  std::uint32_t operation;  ///< place in History::operations
  EventType type;
};

class Timeline {
 public:
  /// O(n log n).
  explicit Timeline(const History& history);

  /// Invocations, and completions where there are any, in order. An indeterminate operation of
  /// which no completion is known has none.
  [[nodiscard]] const std::vector<TimelineEvent>& events() const { return events_; }
  /// The process of an operation: its own, or a new one if its own had another operation open.
  [[nodiscard]] std::int64_t process(std::uint32_t operation) const {
    return processes_[operation];
  }
  [[nodiscard]] std::uint64_t renamed() const { return renamed_; }
  [[nodiscard]] std::int64_t time(const TimelineEvent& event) const;

  /// Every event has a time, and the times alone say which operation precedes which.
  [[nodiscard]] bool times_give_the_order() const { return times_give_the_order_; }
  [[nodiscard]] bool has_times() const { return has_times_; }

 private:
  void order_events();
  void insert_indeterminate();
  void name_processes();
  void judge_times();

  const History& history_;
  std::vector<TimelineEvent> events_;
  std::vector<std::int64_t> processes_;
  std::uint64_t renamed_ = 0;
  bool times_give_the_order_ = true;
  bool has_times_ = false;
};

}  // namespace capsize::checker
