// history.jsonl as it grows (docs/FORMATS.md, Histories).
//
// The client thread writes an invocation before it sends the request and a completion after it has
// read the reply: the order of lines is the order of events, and an interval is never narrower than
// the truth. Lines reach the file in blocks, at least every `kFlushInterval`: a run that is killed
// leaves a prefix.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "checker/history/event_line.h"

namespace capsize::harness {

using checker::EventType;

struct HistoryEvent {
  base::Duration time{};  // since the start of the load
  std::uint64_t process = 0;
  EventType type = EventType::kInvoke;
  std::string_view f;
  std::string_view key;
  std::string_view value;  // JSON text
  std::string_view error;  // empty: none
};

class HistoryWriter {
 public:
  static constexpr base::Duration kFlushInterval = std::chrono::milliseconds(100);

  HistoryWriter() = default;
  ~HistoryWriter();
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;

  /// Creates the file; `header` is its first line, JSON text.
  base::Status open(const std::filesystem::path& path, std::string_view header);
  void write(const HistoryEvent& event);
  /// From any thread: a line for people, with process "nemesis". The client thread writes it before
  /// its next event. `value` is JSON text.
  void note(base::Duration time, std::string_view f, std::string_view value);
  /// Writes the block if kFlushInterval has passed. Errors are kept in status().
  void flush_if_due(base::Duration now);
  void flush();
  /// Disk full and the like.
  [[nodiscard]] const base::Status& status() const { return status_; }
  /// From any thread: errno of the first write that failed; 0: none has. The file is then a prefix
  /// of the events, without holes, and grows no more.
  [[nodiscard]] int error_number() const { return error_number_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t events() const { return index_; }

 private:
  /// A line for people that has no index yet.
  struct Note {
    base::Duration time{};
    std::string f;
    std::string value;  // JSON text
  };
  void take_notes();

  int file_ = -1;
  std::string path_;
  std::uint64_t index_ = 0;
  std::string buffer_;
  std::uint64_t blocks_ = 0;  // written
  base::Duration flushed_{};
  base::Status status_;
  std::atomic<int> error_number_{0};
  std::mutex notes_mutex_;
  std::vector<Note> notes_;
};

}  // namespace capsize::harness
