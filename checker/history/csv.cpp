#include "checker/history/csv.h"

#include <fmt/core.h>

#include "checker/history/malformed.h"

namespace capsize::checker {

void CsvRecord::clear() {
  cells_.clear();
  bytes_ = 0;
  in_quotes_ = false;
}

std::optional<CsvRecord::Error> CsvRecord::add_line(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > kBytesMax) {
    return Error{1, "a record that goes on",
                 fmt::format("at most {} bytes (is a closing quote missing?)", kBytesMax)};
  }
  if (in_quotes_) {
    cells_.back().text += '\n';
  } else {
    cells_.push_back({});
  }
  bool closed = false;  // behind the closing quote of a cell
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    CsvCell& cell = cells_.back();
    if (in_quotes_) {
      if (c != '"') {
        cell.text += c;
      } else if (at + 1 < line.size() && line[at + 1] == '"') {
        cell.text += line[++at];
      } else {
        in_quotes_ = false;
        closed = true;
      }
    } else if (c == ',') {
      cells_.push_back({{}, at + 2});
      closed = false;
    } else if (c == '\r' && at + 1 == line.size()) {
      break;
    } else if (closed || (c == '"' && !cell.text.empty())) {
      return Error{at + 1, fmt::format("\"{}\"", excerpt(line.substr(at))),
                   closed ? "a comma behind the closing quote"
                          : "a cell in quotes, with its own quotes doubled"};
    } else if (c == '"') {
      in_quotes_ = true;
    } else {
      cell.text += c;
    }
  }
  return std::nullopt;
}

void append_csv_cell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
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
