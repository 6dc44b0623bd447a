// LineReader: the lines of a file or of a buffer, one at a time, in bounded memory.
//
// At least kPadding readable bytes follow a line, as simdjson requires, so no line is copied for
// the parser. The file is read in blocks and never held as a whole: a history can be larger than
// memory, and can come through a pipe.
//
// How it fails: a line longer than kLineBytesMax and a failing source end the reading; failure()
// returns the cause.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/byte_source.h"
#include "checker/history/malformed.h"

namespace capsize::checker {

struct Line {
  std::string_view text;     ///< without the line feed; valid until the next call of next()
  std::uint64_t number = 0;  ///< from 1
  bool terminated = true;    ///< false: the file ends here without a line feed
};

/// Consecutive whole lines with their line feeds; the last line of a file may lack one.
struct TextBlock {
  std::vector<char> bytes;  ///< with padding before and after the lines
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::string_view view() const { return {bytes.data() + begin, end - begin}; }
};

class LineReader {
 public:
  static constexpr std::size_t kLineBytesMax = std::size_t{64} << 20;
  static constexpr std::size_t kPadding = 64;

  explicit LineReader(std::unique_ptr<ByteSource> source);
  /// Reads from memory, which must outlive the reader.
  static LineReader of_text(std::string_view text);

  /// Returns the next line, or nothing at the end or after a failure.
  std::optional<Line> next();
  /// Whether next() would have to read from the source.
  [[nodiscard]] bool would_wait() const;
  /// Returns the next line without consuming it.
  std::optional<Line> peek();
  /// Replaces `block`, whose memory is reused, with the lines that have been read already, at least
  /// one. Returns false if next() would return nothing. At least kPadding readable bytes follow the
  /// block.
  bool take_block(TextBlock& block);
  /// Must be called with the number of lines of each block, so that line_number() is correct.
  void count_lines(std::uint64_t lines) { number_ += lines; }
  /// The number of lines that have been returned.
  [[nodiscard]] std::uint64_t line_number() const { return number_; }

  /// Returns why there are no more lines, if not because of the end of `file`.
  [[nodiscard]] std::optional<Malformed> failure(const std::string& file) const;
  /// Reads a little more and discards it. A line that cannot be parsed may be the first sign of a
  /// failure that the source is about to report, such as damage in a compressed file.
  void look_ahead();
  /// The source ended in the middle of something, such as a compressed block.
  [[nodiscard]] bool cut_off() const { return source_->cut_off(); }
  /// Lines are numbered records of the file, not its lines.
  [[nodiscard]] bool numbers_records() const { return source_->numbers_records(); }
  [[nodiscard]] std::uint64_t memory_bytes() const {
    return buffer_.capacity() + source_->memory_bytes();
  }

 private:
  bool fill();
  bool read_whole_line();

  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    // of the bytes that have not been returned yet
  std::size_t scanned_ = 0;  // no line feed in [begin_, scanned_)
  std::size_t end_ = 0;
  std::size_t feed_ = 0;  // end of the next line, once read_whole_line() has found it
  std::uint64_t number_ = 0;
  bool at_end_ = false;
  bool too_long_ = false;
  std::optional<Line> peeked_;
};

}  // namespace capsize::checker
