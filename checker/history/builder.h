// HistoryBuilder: turns the events of a file, in any order, into a History.
//
// Only this class checks the rules for the events of a process, so they are the same for every
// format: a process has at most one open operation; a completion completes the open operation of
// its process; after an indeterminate completion the process has no further events. It pairs events
// only after all have been read, because `index` orders them, not the lines.
//
// Clients have numbers or names. A name may be used again after an indeterminate operation, because
// a client that reconnects keeps it. A number may not: tests that number their clients assign a new
// number then, so a reused one is a mistake of the recorder.
//
// How it fails: finish() returns the first event, in order, that breaks a rule. A lenient builder
// counts such events instead and lets each of them only widen an interval: an invocation makes the
// operation that is still open indeterminate, and a completion that matches no open operation is
// skipped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "checker/core/budget.h"
#include "checker/history/chunked.h"
#include "checker/history/event_line.h"
#include "checker/history/history.h"
#include "checker/history/intervals.h"
#include "checker/history/malformed.h"
#include "checker/history/read_options.h"
#include "checker/history/times.h"

namespace capsize::checker {

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
  [[nodiscard]] const ReadOptions& options() const { return options_; }
  /// Returns the type of this name: invoke, ok, fail, info, or a name that the vocabulary maps to
  /// one of them; nothing for any other name.
  [[nodiscard]] std::optional<EventType> type(std::string_view name) const;
  /// The same for formats with one line per operation: ok, fail, info.
  [[nodiscard]] std::optional<Outcome> outcome(std::string_view name) const;
  /// The keys 1 and "1" are different, although both are shown as 1.
  KeyId key(std::string_view text, bool is_string = true);
  /// Returns nothing if the file has more than kFunctionsMax functions.
  std::optional<FunctionId> function(std::string_view name);
  /// Returns the (negative) number of a client with a name.
  std::int64_t process(std::string_view name);
  /// Whether an event is a client's. A process with a name may be the nemesis, whose functions no
  /// model knows. Counts the events that are not a client's.
  bool is_client(std::int64_t process, FunctionId function) {
    if (process >= 0 || function_is_known_[function]) return true;
    ++skipped_events_[static_cast<std::size_t>(-1 - process)];
    return false;
  }
  /// Whether the value of an event has to be kept. The completion of a mutation only repeats its
  /// argument.
  [[nodiscard]] bool needs_value(const Event& event) const {
    const bool mutation = event.function >= kWrite && event.function <= kDelete;
    return event.type == EventType::kInvoke || (event.type == EventType::kOk && !mutation) ||
           options_.sequence;
  }
  /// Converts a time of the file to nanoseconds, using the unit of its times
  /// (ReadOptions::time_unit). Returns nothing for a value that is not a time.
  [[nodiscard]] std::int64_t time(std::int64_t in_file) const {
    return options_.time_unit ? scaled_time(in_file, *options_.time_unit) : in_file;
  }
  [[nodiscard]] std::optional<std::int64_t> time(double in_file) const;
  [[nodiscard]] std::optional<std::int64_t> time(std::string_view in_file) const;
  /// Describes a valid time of this file, for the "expected" part of an error.
  [[nodiscard]] std::string time_expected() const;
  /// Counts a line that holds no operation, such as a marker between phases of a test.
  void skip_line() { ++skipped_lines_; }
  /// Returns the error of a file without any operation; nothing if it has one. `expected` describes
  /// an operation of the format.
  [[nodiscard]] std::optional<Malformed> holds_nothing(std::string expected) const;
  /// The number of events of named processes that is_client() rejected.
  [[nodiscard]] std::uint64_t skipped_events() const;
  void add(const Event& event) {
    is_dense_ = is_dense_ && event.index == events_.size();
    events_.push_back(event);
    if (event.type != EventType::kInvoke) return;
    if (event.key >= invocations_.size()) invocations_.resize(event.key + 1);
    ++invocations_[event.key];
    ++operations_;
  }
  /// For formats with one line per operation. A file has either intervals or events.
  void add_interval(const Interval& interval) { intervals_.add(interval); }
  /// Operations of one process may overlap in this file.
  void allow_overlap() { intervals_.allow_overlap(); }
  /// Called by formats whose files number their events; otherwise events are ordered as added.
  void order_by_index() { ordered_by_index_ = true; }

  /// What a skipped part of the file may have contained.
  enum class MayHide : std::uint8_t { kNothing, kOperations };
  /// Returns true, and counts the error, if reading is lenient; false if the error ends reading.
  bool tolerate(const Malformed& malformed, MayHide may_hide = MayHide::kOperations);

  /// The events added so far, for a caller that reads them as they arrive and never calls finish().
  [[nodiscard]] const Chunked<Event>& raw_events() const { return events_; }
  [[nodiscard]] bool has_intervals() const { return !intervals_.empty(); }
  [[nodiscard]] bool ordered_by_index() const { return ordered_by_index_; }

  [[nodiscard]] std::uint64_t events() const { return events_.size() + 2 * intervals_.size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const;

  /// Returns the history. The builder must not be used afterwards. O(n), plus a sort if the lines
  /// are not in the order of their index.
  [[nodiscard]] std::variant<History, Malformed, LimitReached> finish(const Budget& budget);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Process {
    std::uint32_t open = kNever;   // position of its open operation in history_.operations
    std::uint32_t ended_line = 0;  // line of its indeterminate completion, 0 = none
    bool ended = false;
    bool known = false;
  };
  // Processes with smaller numbers, as clients usually have, are looked up in an array.
  static constexpr std::int64_t kDenseProcesses = std::int64_t{1} << 20;

  std::optional<Malformed> sort_by_index();
  std::optional<Malformed> expand_sequence();
  void translate_steps();
  void take_empty_text_as_initial();
  std::optional<Malformed> split_tuples();
  void note_what_was_skipped();
  void complete_history();
  [[nodiscard]] std::string process_text(std::int64_t process) const;
  void find_places();
  std::optional<std::variant<Malformed, LimitReached>> pair_events(const Budget& budget);
  Process& state_of(std::int64_t process);
  std::optional<Malformed> pair(const Event& event, Position at);
  [[nodiscard]] std::string invocation_expected() const;
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
  std::unordered_set<std::int64_t> without_key_;  // clients whose open operation is left out
  // [0] by JSON text, [1] by the content of strings
  std::unordered_map<std::string, KeyId, TextHash, std::equal_to<>> key_ids_[2];
  std::unordered_map<std::string, FunctionId, TextHash, std::equal_to<>> function_ids_;
  std::vector<bool> function_is_known_;  // by FunctionId
  std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> process_ids_;
  std::vector<std::uint64_t> skipped_events_;  // of the processes with names
  std::uint64_t skipped_lines_ = 0;
  bool ordered_by_index_ = false;
  bool is_dense_ = true;  // the events have come with the indexes 0, 1, 2, ...
  bool in_order_ = true;  // of their index
  bool calls_get_and_put_ = false;
};

}  // namespace capsize::checker
