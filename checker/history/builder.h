// HistoryBuilder: turns the events of a file, in whatever order they stand there, into a History.
//
// It is the one place that knows the rules which events of a process must follow (a process has one
// open operation; a completion completes the operation that its process has open; after an
// indeterminate completion the process is never seen again), so every format obeys the same ones.
// It pairs events only when all have been read, because the order is that of `index`, not of the
// lines.
//
// How it fails: finish() returns the first event, in order, that breaks a rule. A lenient builder
// counts such events instead and takes from each what can only widen an interval: an invocation
// leaves the operation that is still open indeterminate, a completion of something else is skipped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "checker/budget.h"
#include "checker/history/chunked.h"
#include "checker/history/history.h"
#include "checker/history/intervals.h"
#include "checker/history/malformed.h"
#include "checker/history/read_options.h"

namespace capsize::checker {

enum class EventType : std::uint8_t { kInvoke, kOk, kFail, kInfo };

struct Event {
  std::int64_t time = kNoTime;
  std::int64_t process = 0;
  std::uint64_t index = 0;  ///< as in the file; ignored unless all events have one
  ValueId value = kNullValue;
  KeyId key = 0;
  std::uint32_t line = 0;
  FunctionId function = 0;
  EventType type = EventType::kInvoke;
  bool has_key = true;
  bool mismatch = false;
};

class HistoryBuilder {
 public:
  /// Events are counted in 32 bits, with room for "never".
  static constexpr std::uint64_t kEventsMax = 0xFFFFFFF0u;
  static constexpr std::size_t kFunctionsMax = 4096;

  explicit HistoryBuilder(std::string file, const ReadOptions& options = {});

  ValueTable& values() { return history_.values; }
  History& history() { return history_; }
  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] const Vocabulary& vocabulary() const { return options_.vocabulary; }
  /// By name: invoke, ok, fail, info, or what the vocabulary says means one of them.
  [[nodiscard]] std::optional<EventType> type(std::string_view name) const;
  /// The same for an operation in one piece: ok, fail, info.
  [[nodiscard]] std::optional<Outcome> outcome(std::string_view name) const;
  /// The key 1 and the key "1" are two, though both are shown as 1.
  KeyId key(std::string_view text, bool is_string = true);
  /// Nothing when there are more than kFunctionsMax.
  std::optional<FunctionId> function(std::string_view name);
  void add(const Event& event) {
    is_dense_ = is_dense_ && event.index == events_.size();
    events_.push_back(event);
    if (event.type != EventType::kInvoke) return;
    if (event.key >= invocations_.size()) invocations_.resize(event.key + 1);
    ++invocations_[event.key];
    ++operations_;
  }
  /// For formats with one line an operation; a file has these or events, not both.
  void add_interval(const Interval& interval) { intervals_.add(interval); }
  /// Formats whose files number their events call this; else the order of add() counts.
  void order_by_index() { ordered_by_index_ = true; }

  /// The format writes [key value] in place of a value where a test has several keys (Jepsen's
  /// independent). Taken apart if all invocations look like that, reads being [key nil].
  void allow_tuples() { tuples_allowed_ = true; }

  /// True, and counted, if the reading is lenient; false if the error ends it.
  bool tolerate(const Malformed& malformed);

  /// What was added so far, for whoever looks at events as they come and never calls finish().
  [[nodiscard]] const Chunked<Event>& raw_events() const { return events_; }
  [[nodiscard]] bool has_intervals() const { return !intervals_.empty(); }
  [[nodiscard]] bool ordered_by_index() const { return ordered_by_index_; }
  [[nodiscard]] bool tuples_allowed() const { return tuples_allowed_; }

  [[nodiscard]] std::uint64_t events() const { return events_.size() + 2 * intervals_.size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const;

  /// Ends the builder. O(n), plus a sort where the lines are not in the order of their index.
  [[nodiscard]] std::variant<History, Malformed, LimitReached> finish(const Budget& budget);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Process {
    std::uint32_t open = kNever;   // place in history_.operations of its open operation
    std::uint32_t ended_line = 0;  // line of its indeterminate completion, 0 = none
    bool ended = false;
    bool known = false;
  };
  // Numbers below are looked up in an array, which is where clients have theirs.
  static constexpr std::int64_t kDenseProcesses = std::int64_t{1} << 20;

  std::optional<Malformed> sort_by_index();
  [[nodiscard]] bool are_all_tuples() const;
  void split_tuples();
  void find_places();
  std::optional<std::variant<Malformed, LimitReached>> pair_events(const Budget& budget);
  Process& process(std::int64_t number);
  std::optional<Malformed> pair(const Event& event, Position at);
  [[nodiscard]] std::optional<Malformed> forbids_invocation(const Event& event,
                                                            const Process& process) const;
  [[nodiscard]] std::optional<Malformed> forbids_completion(const Event& event,
                                                            const Process& process) const;
  void invoke(const Event& event, Position at, Process& process);
  void complete(const Event& event, Position at, Process& process);
  [[nodiscard]] Malformed wrong(const Event& event, std::string found, std::string expected) const;

  ReadOptions options_;
  History history_;
  Chunked<Event> events_;
  Intervals intervals_;
  std::vector<std::uint64_t> invocations_;  // by key; while pairing: where its next operation goes
  std::uint64_t operations_ = 0;
  std::vector<Process> dense_processes_;
  std::unordered_map<std::int64_t, Process> other_processes_;
  // [0] by JSON text, [1] by the content of strings
  std::unordered_map<std::string, KeyId, TextHash, std::equal_to<>> key_ids_[2];
  std::unordered_map<std::string, FunctionId, TextHash, std::equal_to<>> function_ids_;
  bool ordered_by_index_ = false;
  bool is_dense_ = true;  // the events have come with the indexes 0, 1, 2, ...
  bool tuples_allowed_ = false;
};

}  // namespace capsize::checker
