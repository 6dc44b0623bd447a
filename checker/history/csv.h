// CsvRecord: one record of comma-separated values, as RFC 4180 has it.
//
// A cell in quotes may hold commas, line feeds and, doubled, quotes; so a record may go over
// several lines, and is collected from them.
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
  std::uint64_t column = 1;  ///< where it begins, in the line where the record ends
};

class CsvRecord {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{16} << 20;

  struct Error {
    std::uint64_t column;
    std::string found;
    std::string expected;
  };

  /// Takes one more line (without its line feed). The record is complete unless is_open().
  std::optional<Error> add_line(std::string_view line);
  [[nodiscard]] bool is_open() const { return in_quotes_; }

  [[nodiscard]] const std::vector<CsvCell>& cells() const { return cells_; }
  void clear();

 private:
  std::vector<CsvCell> cells_;
  std::size_t bytes_ = 0;
  bool in_quotes_ = false;
};

/// A text as a cell: in quotes where it has to be.
void append_csv_cell(std::string& out, std::string_view text);

}  // namespace capsize::checker
