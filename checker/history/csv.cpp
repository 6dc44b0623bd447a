#include "checker/history/csv.h"

#include <fmt/core.h>

#include <string_view>

#include "checker/history/malformed.h"

namespace capsize::checker {

void CsvRecord::clear() {
  cells_.clear();
  bytes_ = 0;
  in_quotes_ = was_quoted_ = false;
}

// Removes trailing blanks and the carriage return of a CRLF line.
void CsvRecord::end_cell() {
  if (was_quoted_) return;
  std::string& text = cells_.back().text;
  while (!text.empty() && is_blank(text.back())) text.pop_back();
}

std::optional<CsvRecord::Error> CsvRecord::add_line(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > kBytesMax) {
    return Error{1, "a record that is too long",
                 fmt::format("at most {} bytes (is a closing quote missing?)", kBytesMax)};
  }
  if (in_quotes_) {
    cells_.back().text += '\n';
  } else {
    cells_.push_back({});
  }
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (!in_quotes_ && line[at] == '\r' && at + 1 == line.size()) break;
    if (auto error = add_byte(line, at)) return error;
  }
  if (!in_quotes_) end_cell();
  return std::nullopt;
}

std::optional<CsvRecord::Error> CsvRecord::add_byte(std::string_view line, std::size_t& at) {
  const char c = line[at];
  CsvCell& cell = cells_.back();
  if (in_quotes_) {
    if (c != '"') {
      cell.text += c;
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      cell.text += line[++at];
    } else {
      in_quotes_ = false;
      was_quoted_ = true;
    }
    return std::nullopt;
  }
  if (c == delimiter_) {
    end_cell();
    cells_.push_back({{}, at + 2});
    was_quoted_ = false;
  } else if (is_blank(c) && (was_quoted_ || cell.text.empty())) {
    if (!was_quoted_) ++cell.column;
  } else if (was_quoted_ || (c == '"' && !cell.text.empty())) {
    return Error{at + 1, fmt::format("\"{}\"", excerpt(line.substr(at))),
                 was_quoted_ ? "a delimiter after the closing quote"
                             : "a cell in quotes, with its own quotes doubled"};
  } else if (c == '"') {
    in_quotes_ = true;
  } else {
    cell.text += c;
  }
  return std::nullopt;
}

void append_csv_cell(std::string& out, std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const bool has_blanks = !text.empty() && (kBlanks.find(text.front()) != std::string_view::npos ||
                                            kBlanks.find(text.back()) != std::string_view::npos);
  if (!has_blanks && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace capsize::checker
