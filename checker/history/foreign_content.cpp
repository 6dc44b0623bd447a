#include "checker/history/foreign_content.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace capsize::checker {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  std::string_view found;
  std::string_view expected;
};

constexpr std::array<Magic, 12> kMagics = {{
    {"PK\x03\x04"sv, "a zip archive or a spreadsheet (.xlsx, .ods)",
     "the history in it (unzip -p), or the spreadsheet saved as CSV"},
    {"PK\x05\x06"sv, "an empty zip archive", "a history"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "an Excel workbook (.xls)",
     "the spreadsheet saved as CSV"},
    {"BZh"sv, "bzip2 data", "gzip, zstd, xz, or unpacked (bzip2 -dc FILE | capsize check -)"},
    {"7z\xbc\xaf\x27\x1c"sv, "a 7z archive", "the history in it (7z e -so)"},
    {"\x04\x22\x4d\x18"sv, "lz4 data",
     "gzip, zstd, xz, or unpacked (lz4 -dc FILE | capsize check -)"},
    {"JEPSEN\0"sv, "a test in Jepsen's binary store format",
     "its history as text: history.edn, which Jepsen writes beside test.jepsen"},
    {"SQLite format 3"sv, "a SQLite database",
     "its operations as a table (sqlite3 -csv -header FILE 'select ...')"},
    {"PAR1"sv, "a Parquet file", "its operations as CSV or JSON lines"},
    {"\xff\xfe"sv, "UTF-16 text", "UTF-8 (iconv -f UTF-16 -t UTF-8 converts it)"},
    {"\xfe\xff"sv, "UTF-16 text", "UTF-8 (iconv -f UTF-16 -t UTF-8 converts it)"},
    {"%PDF-"sv, "a PDF document", "a history"},
}};

// Latin letters in UTF-16 have a zero in every second byte.
std::optional<std::string_view> unmarked_utf16(std::string_view head) {
  constexpr std::size_t kPairs = 3;
  if (head.size() < 2 * kPairs) return std::nullopt;
  bool little = true;
  bool big = true;
  for (std::size_t i = 0; i < kPairs; ++i) {
    little = little && head[2 * i] != '\0' && head[2 * i + 1] == '\0';
    big = big && head[2 * i] == '\0' && head[2 * i + 1] != '\0';
  }
  // Binary numbers look similar, but do not contain letters.
  const auto is_text = [&](std::size_t from) {
    for (std::size_t i = from; i < 2 * kPairs; i += 2) {
      const char c = head[i];
      if (!(c >= ' ' && c <= '~') && c != '\n' && c != '\r' && c != '\t') return false;
    }
    return true;
  };
  if (little && is_text(0)) return "UTF-16LE";
  if (big && is_text(1)) return "UTF-16BE";
  return std::nullopt;
}

bool is_tar(std::string_view head) {
  constexpr std::size_t kPlace = 257;
  return head.size() > kPlace && head.substr(kPlace).starts_with("ustar");
}

std::string_view after_white_space(std::string_view head) {
  head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
  return head;
}

bool is_markup(std::string_view head) {
  std::string begin(after_white_space(head).substr(0, 16));
  for (char& c : begin) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return begin.starts_with("<!doctype") || begin.starts_with("<html") ||
         begin.starts_with("<?xml") || begin.starts_with("<head");
}

// PolySI writes w(1,2,3,4): key, value, session and transaction.
bool is_transaction_text(std::string_view head) {
  std::string_view line = after_white_space(head);
  if (!line.starts_with("w(") && !line.starts_with("r(")) return false;
  line = line.substr(2, line.find('\n') - 2);
  const std::size_t end = line.find(')');
  return end != std::string_view::npos &&
         std::count(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(end), ',') >= 2 &&
         line.substr(0, end).find_first_not_of("-0123456789, ") == std::string_view::npos;
}

}  // namespace

std::optional<SourceFailure> foreign_content(std::string_view head) {
  for (const Magic& magic : kMagics) {
    if (!head.starts_with(magic.bytes)) continue;
    return SourceFailure{std::string(magic.found), std::string(magic.expected)};
  }
  if (is_tar(head)) {
    return SourceFailure{"a tar archive",
                         "the history in it (tar -xOf FILE PATH | capsize check -)"};
  }
  if (const auto encoding = unmarked_utf16(head)) {
    return SourceFailure{"UTF-16 text",
                         fmt::format("UTF-8 (iconv -f {} -t UTF-8 converts it)", *encoding)};
  }
  constexpr std::size_t kTextBegins = 16;
  if (head.substr(0, kTextBegins).find('\0') != std::string_view::npos) {
    return SourceFailure{"binary data",
                         "a history as text (DBCop and Cobra write binary ones, without times)"};
  }
  if (is_markup(head)) {
    return SourceFailure{"an HTML or XML page", "the history itself, such as history.edn"};
  }
  if (is_transaction_text(head)) {
    return SourceFailure{"a history of transactions without times (PolySI, Cobra)",
                         "operations with times or in the order of events; isolation levels are "
                         "not judged here"};
  }
  return std::nullopt;
}

namespace {

class FailedSource final : public ByteSource {
 public:
  explicit FailedSource(SourceFailure failure) : failure_(std::move(failure)) {}
  std::size_t read(char*, std::size_t) override { return 0; }
  std::optional<SourceFailure> failure() const override { return failure_; }

 private:
  SourceFailure failure_;
};

}  // namespace

std::unique_ptr<ByteSource> refuse_foreign(std::unique_ptr<ByteSource> source) {
  constexpr std::size_t kTells = 16;
  std::string head(kForeignHeadBytes, '\0');
  std::size_t got = 0;
  while (got < head.size()) {
    const std::size_t more = source->read(head.data() + got, head.size() - got);
    got += more;
    const std::string_view so_far(head.data(), got);
    if (more == 0 || (got >= kTells && so_far.find('\n') != std::string_view::npos)) break;
  }
  head.resize(got);
  if (auto failure = foreign_content(head)) {
    return std::make_unique<FailedSource>(*std::move(failure));
  }
  return prefixed_source(std::move(head), std::move(source));
}

std::optional<Malformed> directory_instead_of_file(const std::filesystem::path& path) {
  std::error_code error;
  if (path == "-" || !std::filesystem::is_directory(path, error)) return std::nullopt;
  constexpr std::array<std::string_view, 5> kEndings = {".edn", ".jsonl", ".json", ".csv", ".log"};
  // Prefers history.edn, then the order of the extensions, then names.
  std::vector<std::pair<std::size_t, std::string>> candidates;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    const std::size_t dot = name.find('.');
    for (std::size_t rank = 0; rank < kEndings.size(); ++rank) {
      if (dot == std::string::npos || name.find(kEndings[rank], dot) != dot) continue;
      const bool is_usual = name.starts_with("history.");
      candidates.emplace_back(rank + (is_usual ? 0 : kEndings.size()), name);
    }
  }
  std::string expected = "a history";
  if (!candidates.empty()) {
    const auto& best = *std::min_element(candidates.begin(), candidates.end());
    expected += fmt::format(", such as {}", (path / best.second).string());
  }
  return Malformed{path.string(), 0, 0, "a directory", expected};
}

std::string quoted_line(std::string_view line) {
  const std::string_view shown = line.substr(0, 256);
  const bool has_control = std::any_of(shown.begin(), shown.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r';
  });
  if (has_control || !simdjson::validate_utf8(line)) return "bytes that are no text";
  return fmt::format("\"{}\"", excerpt(line));
}

}  // namespace capsize::checker
