// CsvRecord: one record of comma-separated values (RFC 4180), also with the delimiters that
// spreadsheets write: semicolons, tabs or bars.
//
// A quoted cell may contain delimiters, line feeds and doubled quotes, so a record may span several
// lines. Blanks around a cell are dropped, blanks inside quotes are kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capsize::checker {

struct CsvCell {
  std::string text;
  std::uint64_t column = 1;  ///< of its first character, in the last line of the record
};

class CsvRecord {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{16} << 20;
  static constexpr std::string_view kDelimiters = ",;\t|";

  explicit CsvRecord(char delimiter = ',') : delimiter_(delimiter) {}

  struct Error {
    std::uint64_t column;
    std::string found;
    std::string expected;
  };

  /// Takes one more line (without its line feed). The record is complete unless is_open().
  [[nodiscard]] std::optional<Error> add_line(std::string_view line);
  [[nodiscard]] bool is_open() const { return in_quotes_; }

  [[nodiscard]] const std::vector<CsvCell>& cells() const { return cells_; }
  void clear();

 private:
  [[nodiscard]] bool is_blank(char c) const { return (c == ' ' || c == '\t') && c != delimiter_; }
  [[nodiscard]] std::optional<Error> add_byte(std::string_view line, std::size_t& at);
  void end_cell();

  char delimiter_;
  std::vector<CsvCell> cells_;
  std::size_t bytes_ = 0;
  bool in_quotes_ = false;
  bool was_quoted_ = false;  // the last cell had quotes, and they are closed
};

/// Returns a text as a cell, quoted if necessary.
void append_csv_cell(std::string& out, std::string_view text);

}  // namespace capsize::checker
