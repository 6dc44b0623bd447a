// Shared by several writers: buffered output, and phrases for common losses.
#pragma once

#include <string>
#include <vector>

#include "checker/convert/convert.h"
#include "checker/convert/timeline.h"

namespace capsize::checker {

/// Collects text and passes it on one block at a time, the rest on destruction.
class BlockText {
 public:
  explicit BlockText(const TextSink& sink) : sink_(sink) {}
  ~BlockText() { sink_(text_); }
  BlockText(const BlockText&) = delete;
  BlockText& operator=(const BlockText&) = delete;

  std::string& text() { return text_; }
  void end_line() {
    text_ += '\n';
    if (text_.size() < kBlockBytes) return;
    sink_(text_);
    text_.clear();
  }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

  const TextSink& sink_;
  std::string text_;
};

/// The key as JSON text; empty for the key of a history that names none.
[[nodiscard]] std::string key_json(const History& history, KeyId key);
/// The number of a process, or its name as JSON text.
[[nodiscard]] std::string process_json(const History& history, std::int64_t process);
/// The value of an event: the argument, or the result if it completes an observation.
[[nodiscard]] ValueId value_of(const Operation& operation, EventType type);

/// The header of JSON lines without its closing brace; empty if it would have no fields.
[[nodiscard]] std::string header_json(const History& history, std::string_view format);

/// Returns why JSON cannot represent the strings of the history, if it cannot.
[[nodiscard]] std::optional<std::string> refusal_by_json(const History& history);

// Phrases for Conversion::lost, added only if the history has what they name.
void note_lost_header(const History& history, std::vector<std::string>& lost);
void note_lost_meaning_of_failed_cas(const History& history, bool target_observes,
                                     std::vector<std::string>& lost);
void note_renamed(const Timeline& timeline, std::vector<std::string>& lost);

}  // namespace capsize::checker
