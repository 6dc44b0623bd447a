// RecordSource: lays out nested text so that each record is on a line of its own.
//
// Histories come as one JSON array in a single line, as indented JSON, as an EDN vector or list,
// and as maps over several lines with comments between them. The layout does not change the content
// of the records, so this source changes it while the bytes are read, and every format sees one
// record per line. It buffers no records, so its memory does not depend on the file's size.
//
// A record's line number is that of its beginning in the file, as long as each record begins on a
// line of its own. If several records share a line, line numbers count records (numbers_records()).
//
// How it fails: text that is neither JSON nor EDN is passed on unchanged, for the format to refuse.
// A file that ends inside a record or before its bracket closes is cut off.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker/history/byte_source.h"

namespace capsize::checker {

enum class Notation : std::uint8_t { kJson, kEdn };

class RecordSource final : public ByteSource {
 public:
  RecordSource(Notation notation, std::unique_ptr<ByteSource> source);

  std::size_t read(char* buffer, std::size_t size) override;
  std::optional<SourceFailure> failure() const override { return source_->failure(); }
  bool cut_off() const override;
  bool numbers_records() const override { return numbers_records_; }
  std::uint64_t memory_bytes() const override;

 private:
  enum class State : std::uint8_t { kBetween, kInside, kText, kEscape, kCharacter, kComment };

  void lay_out(std::string_view text);
  std::size_t between(std::string_view text, std::size_t at);
  std::size_t inside(std::string_view text, std::size_t at);
  void special(char c);
  void begin_record();
  void end_record();
  void new_line();

  Notation notation_;
  std::unique_ptr<ByteSource> source_;
  std::vector<char> input_;
  std::string output_;
  std::size_t given_ = 0;  // of the output
  State state_ = State::kBetween;
  State resume_ = State::kBetween;  // after a comment
  std::uint64_t depth_ = 0;         // open brackets within the record
  std::uint64_t containers_ = 0;    // open brackets around the records
  std::uint64_t forms_ = 0;         // that the record still needs: #_ and ^ need one more each
  std::uint64_t lines_in_ = 0;      // line feeds read
  std::uint64_t lines_out_ = 0;     // line feeds written
  char before_ = ' ';               // the last byte of the record outside of strings
  bool line_has_record_ = false;
  bool has_tag_ = false;       // the record begins with a tag
  bool is_first_tag_ = false;  // the last byte was the first # of the record
  bool is_discarded_ = false;  // the record is a form to discard
  bool skips_indent_ = false;
  bool numbers_records_ = false;
  bool at_end_ = false;
};

/// Lays out EDN, and JSON that is not one object per line, as detected from its beginning; returns
/// any other source unchanged. Removes a byte order mark.
[[nodiscard]] std::unique_ptr<ByteSource> one_record_a_line(std::unique_ptr<ByteSource> source);

}  // namespace capsize::checker
