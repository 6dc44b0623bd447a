// History: all operations of one file, grouped by key, with the names of functions, keys, values
// and processes that operations store as numbers.
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

/// What lenient reading skipped.
struct Skipped {
  std::uint64_t count = 0;  ///< lines that could not be read and events that break a rule
  std::string first;        ///< what was wrong with the first of them
};

struct History {
  std::string file;                ///< as given by the caller; used in messages
  std::string format;              ///< name of the format that it was read with
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
  /// What the reader assumed or skipped, one sentence each: people need to know it to trust the
  /// verdict.
  std::vector<std::string> notes;
  ValueTable values;
  std::vector<std::uint64_t> file_index;  ///< position -> "index" of the file; empty: the same
  bool failed_cas_observes = false;       ///< as the format defines it, unless overridden
  bool cut_off = false;                   ///< the last line was incomplete and was left out
  /// Operations of the file may be missing here: skipped lines, or the truncated end of a file that
  /// is not in the order of events. An observed value may come from one of them, so no violation is
  /// certain.
  bool may_lack_operations = false;
  /// The clock error is so large that it made all operations of each key concurrent, although their
  /// times had an order.
  bool order_lost_to_clock_error = false;
  /// The unit that the times seem to have ("ms"), if they were read as nanoseconds and do not look
  /// like them.
  std::string likely_time_unit;
  Skipped skipped;
  double seconds_load = 0;

  [[nodiscard]] std::span<const Operation> of_key(KeyId key) const {
    return std::span(operations).subspan(key_begin[key], key_begin[key + 1] - key_begin[key]);
  }
  /// Returns the name of a process, or its number.
  [[nodiscard]] std::string process_text(std::int64_t process) const;
  /// Returns the "index" of an event in the file.
  [[nodiscard]] std::uint64_t index_of(Position position) const {
    return file_index.empty() ? position : file_index[position];
  }
  /// Whether any operation uses the function.
  [[nodiscard]] bool uses(FunctionId function) const;
  [[nodiscard]] std::uint64_t memory_bytes() const;
  /// Recomputes `counts`, except for the number of processes. O(operations).
  void count_outcomes();
};

}  // namespace capsize::checker
