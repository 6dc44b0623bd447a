// LineReader: the lines of a file or of a buffer, one at a time, in bounded memory.
//
// The bytes of a line are followed by at least kPadding readable bytes, as simdjson wants them, so
// nothing is copied for the parser. The file is read in blocks and never held as a whole: a history
// can be larger than memory, and can come through a pipe.
//
// How it fails: a line longer than kLineBytesMax ends the reading, so does a source that fails;
// failure() says which.
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

/// Some whole lines one after the other, with their line feeds; the last of a file may have none.
struct TextBlock {
  std::vector<char> bytes;  ///< with padding before and behind the lines
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::string_view view() const { return {bytes.data() + begin, end - begin}; }
};

class LineReader {
 public:
  static constexpr std::size_t kLineBytesMax = std::size_t{64} << 20;
  static constexpr std::size_t kPadding = 64;

  explicit LineReader(std::unique_ptr<ByteSource> source);
  /// Reads from memory that outlives the reader.
  static LineReader of_text(std::string_view text);

  /// The next line, or nothing at the end or after a failure.
  std::optional<Line> next();
  /// Whether next() would have to ask the source for more.
  [[nodiscard]] bool would_wait() const;
  /// The next line without consuming it.
  std::optional<Line> peek();
  /// The lines that follow, as many as have been read already and at least one, in exchange for a
  /// block that is not needed any more. False where next() would give nothing. A block is followed
  /// by kPadding readable bytes too.
  bool take_block(TextBlock& block);
  /// A reader of blocks reports how many lines they had, so that line_number() is right.
  void count_lines(std::uint64_t lines) { number_ += lines; }
  /// How many lines have been returned.
  [[nodiscard]] std::uint64_t line_number() const { return number_; }

  /// Why there are no more lines, where that is not simply the end of `file`.
  [[nodiscard]] std::optional<Malformed> failure(const std::string& file) const;
  /// Reads on without keeping anything, a little: what cannot be understood may be the first of
  /// what the source is about to fail at, such as damage in a compressed file.
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
  std::size_t begin_ = 0;    // of what has not been returned yet
  std::size_t scanned_ = 0;  // no line feed in [begin_, scanned_)
  std::size_t end_ = 0;
  std::size_t feed_ = 0;  // where the next line ends, once read_whole_line() has found it
  std::uint64_t number_ = 0;
  bool at_end_ = false;
  bool too_long_ = false;
  std::optional<Line> peeked_;
};

}  // namespace capsize::checker
