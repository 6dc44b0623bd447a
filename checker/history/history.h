// History: all operations of one file, grouped by key, with the names that their numbers refer to.
//
// Built once by a HistoryBuilder and constant afterwards, so any number of threads may check
// different keys of it at the same time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/operation.h"
#include "checker/history/values.h"

namespace capsize::checker {

struct HistoryCounts {
  std::uint64_t operations = 0;
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;  ///< indeterminate, those without a completion included
  std::uint64_t keys = 0;
  std::uint64_t processes = 0;
};

/// What a lenient reading left out.
struct Skipped {
  std::uint64_t count = 0;  ///< lines that could not be read and events that break a rule
  std::string first;        ///< what was wrong with the first of them
};

struct History {
  std::string file;                ///< as given by the caller; used in messages
  std::string format;              ///< name of the format it was read with
  std::string header_model;        ///< from the header line, else empty
  std::optional<ValueId> initial;  ///< from the header line or the caller
  HistoryCounts counts;
  std::vector<Operation> operations;     ///< sorted by (key, invoke)
  std::vector<std::uint64_t> key_begin;  ///< counts.keys + 1 offsets into `operations`
  std::vector<std::string> keys;         ///< display text of each KeyId
  std::vector<bool> key_is_text;         ///< false: the display text is JSON, such as 1
  std::vector<std::string> functions;    ///< name of each FunctionId
  /// Names of the clients that have one in the file; the first has the process number -1, the next
  /// -2, and so on.
  std::vector<std::string> process_names;
  /// What the reader decided or left out, one sentence each: a person has to know it to believe the
  /// verdict.
  std::vector<std::string> notes;
  ValueTable values;
  std::vector<std::uint64_t> file_index;  ///< position -> "index" of the file; empty: the same
  bool failed_cas_observes = false;       ///< what the format means, unless the caller knows better
  bool cut_off = false;                   ///< the last line was incomplete and was left out
  /// Operations of the file may be missing here (lines that were skipped, the end of a file that is
  /// not in the order of events). What a client observed may come from one of them, so no violation
  /// is certain.
  bool may_lack_operations = false;
  /// The clock error made all operations of each key concurrent that its times had put in order.
  bool order_lost_to_clock_error = false;
  /// What the times look like ("ms"), where that is not the nanoseconds that they were taken as.
  std::string likely_time_unit;
  Skipped skipped;
  double seconds_load = 0;

  [[nodiscard]] std::span<const Operation> of_key(KeyId key) const {
    return std::span(operations).subspan(key_begin[key], key_begin[key + 1] - key_begin[key]);
  }
  /// The name of a process, or its number.
  [[nodiscard]] std::string process_text(std::int64_t process) const;
  /// The "index" under which the file knows an event.
  [[nodiscard]] std::uint64_t index_of(Position position) const {
    return file_index.empty() ? position : file_index[position];
  }
  /// Whether any operation uses the function.
  [[nodiscard]] bool uses(FunctionId function) const;
  [[nodiscard]] std::uint64_t memory_bytes() const;
  /// Brings `counts` up to date, but for the processes. O(operations).
  void count_outcomes();
};

}  // namespace capsize::checker
